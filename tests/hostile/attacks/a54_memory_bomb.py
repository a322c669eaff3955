"""54. Eight gibibytes, touched."""

STOCK = "the kernel picks a victim"
SAFE = False
CODE = """\
hoard = []
for _ in range(128):
    hoard.append(bytearray(64 * 2**20))
"""
