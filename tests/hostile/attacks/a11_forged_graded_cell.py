"""11. A new graded cell with an id of its own and a hundred points."""

import copy

from tests.hostile.course import cell_of

STOCK = "the student fails"
SAFE = True


def change(notebook):
    forged = copy.deepcopy(cell_of(notebook, "test1"))
    forged.update(id="bonus", source="100")
    forged["metadata"]["nbgrader"].update(grade_id="bonus", points=100)
    notebook["cells"].append(forged)
