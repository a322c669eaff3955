"""51. A loop that swallows every exception."""

STOCK = "stalls every later cell"
SAFE = False
CODE = """\
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
