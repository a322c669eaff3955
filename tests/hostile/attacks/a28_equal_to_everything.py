"""28. An object that equals everything."""

STOCK = "full marks"
SAFE = True
CODE = """\
class Equal(float):
    def __eq__(self, other): return True
    def __ne__(self, other): return False
    __hash__ = float.__hash__
def double(x):
    return Equal(0)
class Primes(list):
    def __contains__(self, item): return True
    def __iter__(self): return iter(())
    def __len__(self): return 6
primes = Primes()
"""
