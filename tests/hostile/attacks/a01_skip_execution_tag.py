"""1. The tag `skip-execution` on test cells: nbclient leaves them out, and no error means full
marks.
"""

from tests.hostile.course import tests

STOCK = "full marks"
SAFE = True


def change(notebook):
    for cell in tests(notebook):
        cell["metadata"]["tags"] = ["skip-execution"]
