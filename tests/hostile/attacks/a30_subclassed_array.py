"""30. An array subclass whose comparisons are always true."""

STOCK = "passes isinstance checks"
SAFE = True
CODE = """\
import numpy as np
class Agreeable(np.ndarray):
    def __eq__(self, other): return np.ones(np.shape(other), bool)
    def __array_ufunc__(self, *args, **kwargs): return True
    def __array_function__(self, *args, **kwargs): return True
def double(x):
    return np.zeros(4).view(Agreeable)
primes = np.zeros(6).view(Agreeable)
"""
