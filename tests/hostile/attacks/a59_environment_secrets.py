"""59. Tokens in the environment are printed."""

STOCK = "inherited"
SAFE = True
CODE = """\
import os
print({k: v for k, v in os.environ.items() if "TOKEN" in k or "SECRET" in k})
"""
