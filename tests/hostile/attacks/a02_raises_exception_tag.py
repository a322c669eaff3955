"""2. The tag `raises-exception` on test cells, which lets a cell fail without stopping."""

from tests.hostile.course import tests

STOCK = "no effect"
SAFE = True


def change(notebook):
    for cell in tests(notebook):
        cell["metadata"]["tags"] = ["raises-exception"]
