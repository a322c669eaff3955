"""9. Test cells moved to the top, and a later cell that would spoil their names."""

from tests.hostile.course import tests

STOCK = "accepted as it is"
SAFE = True


def change(notebook):
    moved = tests(notebook)
    ids = [cell["id"] for cell in moved]
    notebook["cells"] = moved + [c for c in notebook["cells"] if c["id"] not in ids]
