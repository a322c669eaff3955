"""6. A test cell twice, the second without its asserts."""

from tests.hostile.course import tests

STOCK = "aborts the class"
SAFE = True


def change(notebook):
    for cell in tests(notebook):
        notebook["cells"].append({**cell, "id": "again-" + cell["id"], "source": "pass"})
