"""40. An endless generator, a list that lies about its length, and an object that computes when
read.
"""

STOCK = "hangs until the timeout"
SAFE = False
CODE = """\
class Endless(list):
    def __len__(self): return 6
    def __iter__(self):
        while True:
            yield 4
primes = Endless([4])
def double(x):
    def forever():
        while True:
            yield x
    return forever()
"""
