"""42. Arrays of objects, and one that says it has a trillion elements."""

STOCK = "compared in place"
SAFE = False
CODE = """\
import numpy as np
def double(x):
    return np.lib.stride_tricks.as_strided(np.zeros(1), (10**6, 10**6), (0, 0))
primes = np.array([object()] * 6)
"""
