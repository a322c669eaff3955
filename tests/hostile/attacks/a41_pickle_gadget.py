"""41. An object whose pickle would run a command."""

STOCK = "not pickled"
SAFE = True
CODE = """\
import os
class Gadget:
    def __reduce__(self): return (os.system, ("touch /tmp/owned-by-pickle",))
primes = Gadget()
def double(x):
    return Gadget()
"""
