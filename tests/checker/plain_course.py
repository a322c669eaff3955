"""A course of plain nbgrader cells: no definitions, no check lines, only asserts."""

from __future__ import annotations

import copy
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from grader.demo.saved import Notebook, cell_of
from tests.classes import Course

NAME = "ps1"


def code(source: str, grade_id: str = "", **role: object) -> nbformat.NotebookNode:
    """Return a code cell; with `grade_id` and `points`, `solution=True` ... an nbgrader one."""
    if not grade_id:
        return new_code_cell(source)
    marks = {"grade": "points" in role, "solution": False, "locked": not role.get("solution")}
    metadata = {"grade_id": grade_id, "schema_version": 3, "task": False, **marks, **role}
    return new_code_cell(source, metadata={"nbgrader": metadata})


CELLS = [
    new_markdown_cell("# Problem set 1"),
    code(
        "%matplotlib inline\n"
        "import numpy as np\n\n"
        "def close(a, b):\n"
        '    """Tell whether two numbers are nearly equal."""\n'
        "    return abs(a - b) < 1e-6"
    ),
    code(
        "def square(x):\n"
        "    ### BEGIN SOLUTION\n"
        "    if isinstance(x, str):\n"
        '        raise ValueError("a number, please")\n'
        "    return x * x\n"
        "    ### END SOLUTION",
        "square",
        solution=True,
    ),
    code(
        "def agree(x, expected):\n"
        '    assert square(x) == expected, f"square({x}) should be {expected}"\n\n'
        "agree(3, 9)\n"
        'assert close(square(0.5), 0.25), "half of a half"\n'
        "### BEGIN HIDDEN TESTS\n"
        "agree(-1234, 1522756)\n"
        "assert np.array_equal(square(np.arange(4)), np.arange(4) ** 2)\n"
        "### END HIDDEN TESTS",
        "test_square",
        points=2.0,
    ),
    code(
        "try:\n"
        '    square("three")\n'
        "except ValueError:\n"
        "    pass\n"
        "else:\n"
        '    raise AssertionError("square should refuse text")',
        "test_square_refuses",
        points=1.0,
    ),
    code(
        "primes = ...  # a list\n"
        "### BEGIN SOLUTION\n"
        "primes = [2, 3, 5, 7, 11, 13]\n"
        "### END SOLUTION",
        "primes",
        solution=True,
    ),
    code(
        "earned = 0\n"
        "assert len(primes) > 0\n"
        "### BEGIN HIDDEN TESTS\n"
        "for prime in (2, 3, 5, 7, 11, 13):\n"
        "    if prime in primes:\n"
        "        earned += 0.5\n"
        "earned -= sum(1 for p in primes if p in (4, 6, 8, 9, 10, 12))\n"
        "### END HIDDEN TESTS\n"
        "max(earned, 0)",
        "test_primes",
        points=3.0,
    ),
    code(
        "agree(2, 4)\n### BEGIN HIDDEN TESTS\nratio = square(2) / square(4)\n### END HIDDEN TESTS\n"
        "2 - abs(2 - 8 * ratio)",
        "test_ratio",
        points=2.0,
    ),
]

RIGHT = {
    "square": "def square(x):\n"
    "    if isinstance(x, str):\n"
    "        raise ValueError(x)\n"
    "    return x ** 2",
    "primes": "primes = [2, 3, 5, 7, 11, 13]",
}


class PlainCourse(Course):
    """The plain course in a folder of its own."""

    def __init__(self, folder: Path, *, plugins: bool = True):
        self.folder = folder
        source = folder / "solutions" / NAME
        source.mkdir(parents=True)
        nbformat.write(new_notebook(cells=copy.deepcopy(CELLS)), source / f"{NAME}.ipynb")
        self.configure(plugins=plugins)
        self.nbgrader("generate_assignment", NAME)

    def filled(self, answers: dict[str, str]) -> Notebook:
        """Return the released notebook with `answers` by grade id."""
        notebook = self.released(NAME)
        for grade_id, source in answers.items():
            cell_of(notebook, grade_id)["source"] = source
        return notebook
