"""38. A function that returns right results for the numbers it has learnt to expect."""

STOCK = "works where tests repeat themselves"
SAFE = True
CODE = """\
calls = []
def double(x):
    calls.append(x)
    return 6 if x == 3 else x
"""
