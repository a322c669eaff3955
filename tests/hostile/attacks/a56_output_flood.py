"""56. Gigabytes on stdout and ten thousand displays."""

STOCK = "held in the grader's memory"
SAFE = False
CODE = """\
import sys
from IPython.display import display
for _ in range(2000):
    print("x" * 1_000_000)
for _ in range(10_000):
    display("y" * 1000)
"""
