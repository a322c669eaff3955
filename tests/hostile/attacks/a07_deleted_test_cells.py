"""7. No test cells: what is not there cannot fail."""

from tests.hostile.course import tests

STOCK = "no grade, or the old one"
SAFE = True


def change(notebook):
    gone = [cell["id"] for cell in tests(notebook)]
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] not in gone]
