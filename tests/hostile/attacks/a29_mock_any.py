"""29. `unittest.mock.ANY` and a MagicMock as answers."""

STOCK = "full marks"
SAFE = True
CODE = """\
from unittest.mock import ANY, MagicMock
def double(x):
    return ANY
primes = MagicMock()
primes.__contains__.return_value = True
primes.__len__.return_value = 6
primes.__iter__.return_value = iter(())
"""
