"""48. Signals to every process it can name, and a look into their memory."""

STOCK = "allowed"
SAFE = False
CODE = """\
import os
found = []
for name in os.listdir("/proc"):
    if name.isdigit() and int(name) != os.getpid():
        try:
            found.append(open(f"/proc/{name}/mem", "rb"))
        except OSError:
            pass
        try:
            os.kill(int(name), 15)
        except OSError:
            pass
"""
