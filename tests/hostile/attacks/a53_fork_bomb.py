"""53. Processes that make processes."""

STOCK = "the whole machine"
SAFE = False
CODE = """\
import os
for _ in range(100_000):
    try:
        os.fork()
    except OSError:
        pass
"""
