"""31. A value that makes the partial credit NaN."""

STOCK = "full marks"
SAFE = True
CODE = """\
class Strange(list):
    def __contains__(self, item): return float("nan")
primes = [float("nan")] * 6
"""
