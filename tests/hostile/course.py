"""A plain nbgrader course, its attacks, and the class that hands them in."""

from __future__ import annotations

import copy
import importlib
import json
import pkgutil
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from nbformat.v4 import new_markdown_cell, new_notebook

from grader.demo.saved import Notebook, cell_of
from tests.checker.plain_course import NAME, code
from tests.classes import Course
from tests.hostile import attacks

__all__ = ["ATTACKS", "NAME", "Attack", "HostileCourse", "cell_of", "tests"]

MARKER = "hidden-marker"
CELLS = [
    new_markdown_cell("# Problem set"),
    code("import numpy as np\n\ndef agree(a, b):\n    assert a == b"),
    code(
        "def double(x):\n    ### BEGIN SOLUTION\n    return 2 * x\n    ### END SOLUTION",
        "double",
        solution=True,
    ),
    code(
        "agree(double(3), 6)\n"
        "### BEGIN HIDDEN TESTS\n"
        f"marker = '{MARKER}'\n"
        "agree(double(-17), -34)\n"
        "assert np.array_equal(double(np.arange(4)), np.arange(4) * 2)\n"
        "### END HIDDEN TESTS",
        "test1",
        points=2.0,
    ),
    code(
        "primes = ...\n### BEGIN SOLUTION\nprimes = [2, 3, 5, 7, 11, 13]\n### END SOLUTION",
        "primes",
        solution=True,
    ),
    code(
        "assert len(primes) == 6\n"
        "### BEGIN HIDDEN TESTS\n"
        "share = sum(prime in primes for prime in (2, 3, 5, 7, 11, 13)) / 6\n"
        "assert all(abs(prime) < 14 for prime in primes)\n"
        "### END HIDDEN TESTS\n"
        "2 * share",
        "test2",
        points=2.0,
    ),
    code("# Show that you understood.", "man", points=3.0, solution=True),
    new_markdown_cell(
        "YOUR ANSWER",
        metadata={
            "nbgrader": {
                "grade_id": "written",
                "grade": True,
                "solution": True,
                "locked": False,
                "task": False,
                "points": 1.0,
                "schema_version": 3,
            }
        },
    ),
]
WRONG = {
    "double": "def double(x):\n    return x",
    "primes": "primes = [4, 6, 8, 9, 10, 12]",
    "man": "print('my own example')",
    "written": "Because it is so.",
}
RIGHT = {
    **WRONG,
    "double": "def double(x):\n    return x + x",
    "primes": "primes = [2, 3, 5, 7, 11, 13]",
}


def tests(notebook: Notebook) -> list[dict[str, Any]]:
    """Return the automatic test cells."""
    return [cell_of(notebook, name) for name in ("test1", "test2")]


@dataclass(frozen=True)
class Attack:
    """One row of the list."""

    number: int
    name: str
    module: ModuleType

    @property
    def idea(self) -> str:
        return " ".join(self.module.__doc__.split()).partition(". ")[2]

    @property
    def honest(self) -> float:
        """The automatic points an honest marker gives."""
        return getattr(self.module, "HONEST", 0.0)

    @property
    def student(self) -> str:
        return f"attack-{self.number:02d}"

    @property
    def why_not(self) -> str:
        """Why it cannot be handed in here, or nothing."""
        return getattr(self.module, "WHY_NOT", "")

    def hand_in(self, course: HostileCourse) -> None:
        """Put the submission where nbgrader looks for it."""
        module = self.module
        folder = course.folder / "classroom" / "submitted" / self.student / NAME
        folder.mkdir(parents=True)
        answers = dict(RIGHT if getattr(module, "BASE", "wrong") == "right" else WRONG)
        answers |= getattr(module, "ANSWER", {})
        if hasattr(module, "CODE"):
            answers["double"] = f"{answers['double']}\n\n{module.CODE}"
        notebook = course.filled(answers)
        if hasattr(module, "plant"):
            module.plant(folder, notebook)
            return
        if hasattr(module, "change"):
            module.change(notebook)
        data = module.write(notebook) if hasattr(module, "write") else json.dumps(notebook).encode()
        (folder / f"{NAME}.ipynb").write_bytes(data)


def _attacks() -> list[Attack]:
    names = sorted(one.name for one in pkgutil.iter_modules(attacks.__path__))
    return [
        Attack(int(name[1:3]), name[4:], importlib.import_module(f"{attacks.__name__}.{name}"))
        for name in names
    ]


ATTACKS = _attacks()


class HostileCourse(Course):
    """The attacked course in a folder of its own."""

    def __init__(self, folder: Path, *, plugins: bool = True):
        self.folder = folder
        source = folder / "solutions" / NAME
        source.mkdir(parents=True)
        nbformat.write(new_notebook(cells=copy.deepcopy(CELLS)), source / f"{NAME}.ipynb")
        self.configure(plugins=plugins, cell_seconds=2.0, more="c.Grader.wall_seconds = 8.0\n")
        self.nbgrader("generate_assignment", NAME)

    def filled(self, answers: dict[str, str]) -> Notebook:
        """Return the released notebook with `answers` by grade id."""
        notebook = self.released(NAME)
        for grade_id, source in answers.items():
            cell_of(notebook, grade_id)["source"] = source
        return notebook
