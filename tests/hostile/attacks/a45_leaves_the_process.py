"""45. `os._exit` in the first answer."""

STOCK = "all credit lost, the old grade kept"
SAFE = True
CODE = """\
import os
os._exit(0)
"""
