"""57. Every file descriptor it can get, and an environment of a megabyte."""

STOCK = "the host's"
SAFE = False
CODE = """\
import os, socket
kept = []
try:
    while True:
        kept.append(os.open("/dev/null", os.O_RDONLY))
except OSError:
    pass
os.environ["BIG"] = "x" * 10**6
"""
