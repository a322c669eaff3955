"""13. Cells that claim to be tasks, three times the same."""

STOCK = "kept three times"
SAFE = True


def change(notebook):
    for number in range(3):
        nbgrader = {
            "grade_id": "task",
            "task": True,
            "grade": False,
            "solution": False,
            "locked": False,
            "points": 50,
            "schema_version": 3,
        }
        notebook["cells"].append(
            {
                "cell_type": "markdown",
                "id": f"task{number}",
                "metadata": {"nbgrader": nbgrader},
                "source": "x",
            }
        )
