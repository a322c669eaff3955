"""32. A value that makes the partial credit infinite."""

STOCK = "the student fails"
SAFE = True
CODE = """\
class Many(list):
    def __iter__(self): return iter([float("inf")] * 10)
primes = Many([1, 1])
"""
