"""47. `os.kill(os.getppid(), 9)`."""

STOCK = "kills nbgrader: the rest of the class is not graded"
SAFE = False
CODE = """\
import os
for _ in range(3):
    os.kill(os.getppid(), 9)
"""
