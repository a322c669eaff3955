"""44. A model description with a billion units."""

STOCK = "memory bomb"
SAFE = False
CODE = """\
import keras
class Big:
    def get_config(self): return {"units": 10**9}
primes = [Big()] * 6
def double(x):
    return {"class": "Dense", "options": {"units": 10**12}}
"""
