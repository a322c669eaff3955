"""60. As many busy processes as it can start, at the highest priority it can get."""

STOCK = "not limited"
SAFE = False
CODE = """\
import os
try:
    os.nice(-20)
except OSError:
    pass
for _ in range(8):
    if os.fork() == 0:
        while True:
            pass
"""
