"""78. Escape sequences and line breaks for the instructor's terminal."""

STOCK = "printed"
SAFE = True
CODE = """\
import sys
print("\\x1b[2J\\x1b]0;owned\\x07 all graded\\r\\n")
sys.stderr.write("\\x1b[31m[AutogradeApp | INFO] everyone has full marks\\x1b[0m\\n")
raise ValueError("\\x1b[2J\\x1b]0;owned\\x07")
"""
