"""8. The answer cell is emptied and renamed; a right answer stands in a new cell behind it. Right
work in the wrong place is still right.
"""

from tests.hostile.course import cell_of

STOCK = "executed, and counted"
SAFE = True
BASE, HONEST = "right", 4.0


def change(notebook):
    cells = notebook["cells"]
    place = cells.index(cell_of(notebook, "double"))
    new = {
        "cell_type": "code",
        "id": "new",
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "source": cells[place]["source"],
    }
    cells[place]["source"] = ""
    cells.insert(place + 1, new)
