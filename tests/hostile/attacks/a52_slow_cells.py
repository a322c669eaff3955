"""52. Sleeping just under the limit, again and again."""

STOCK = "hours"
SAFE = False
CODE = """\
import time
def double(x):
    time.sleep(0.9)
    return x
time.sleep(2)
"""
