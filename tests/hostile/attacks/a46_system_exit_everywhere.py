"""46. SystemExit in a cell and in a destructor."""

STOCK = "an error of the cell"
SAFE = True
CODE = """\
class Bye:
    def __del__(self): raise SystemExit
bye = Bye()
def double(x):
    raise KeyboardInterrupt
raise SystemExit
"""
