"""3. `solution: false` on a cell that a person should grade: it has no error, so it earns
everything.
"""

from tests.hostile.course import cell_of

STOCK = "full marks for the manual cell, and no flag"
SAFE = True


def change(notebook):
    cell_of(notebook, "man")["metadata"]["nbgrader"]["solution"] = False
