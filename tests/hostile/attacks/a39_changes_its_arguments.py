"""39. A function that changes the arrays it is given, so that later comparisons hold."""

STOCK = "later checks affected"
SAFE = True
CODE = """\
import numpy as np
def double(x):
    if isinstance(x, np.ndarray):
        x[...] = 0
        return x
    return x
"""
