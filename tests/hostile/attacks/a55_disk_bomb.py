"""55. Files without end: large, small and sparse."""

STOCK = "fills the course's disk"
SAFE = False
CODE = """\
import os
for number in range(200_000):
    try:
        with open(f"file{number}", "wb") as file:
            file.write(bytes(2**20))
    except OSError:
        break
"""
