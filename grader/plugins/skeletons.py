"""What was released: the notebook students received, and the gradebook's tests and points."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from nbformat.notebooknode import from_dict
from nbgrader.api import Gradebook, Notebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.nbgraderformat import MetadataValidator, ValidationError
from nbgrader.nbgraderformat.common import SchemaMismatchError

from grader.checker.testcell import PlainTest, plain_tests
from grader.intake import Skeleton

UNUSABLE = (
    OSError, ValueError, TypeError, KeyError, AttributeError, ValidationError, SchemaMismatchError,
)  # fmt: skip
"""What a file that is no released notebook makes its readers raise."""
_HIDDEN = re.compile(r"^.*BEGIN HIDDEN TESTS.*$.*?^.*END HIDDEN TESTS.*$\n?", re.M | re.S)


class ReleaseDamaged(ValueError):
    """A released notebook cannot be used; the message names it and says what to type."""


@dataclass(frozen=True)
class Released:
    """One released notebook of an assignment.

    Parameters
    ----------
    skeleton : Skeleton
        The cells students received, in order.
    tests : dict
        Source of each test cell by grade id, hidden tests included. Never leaves this process.
    points : dict
        Most points by grade id, for every graded cell of the gradebook.
    kernelspec : dict
        For the autograded file.
    nbgrader : dict
        nbgrader's metadata of each course cell by grade id, as released.
    """

    skeleton: Skeleton
    tests: dict[str, str]
    points: dict[str, float]
    kernelspec: dict[str, Any]
    nbgrader: dict[str, dict[str, Any]]

    @cached_property
    def plain_tests(self) -> dict[str, PlainTest]:
        """Test cells without check lines, by grade id."""
        return plain_tests(self.skeleton, self.tests, self.points)


def load_released(
    coursedir: CourseDirectory, gradebook: Gradebook, assignment: str, notebook: str
) -> Released:
    """Read what was released as `notebook` of `assignment`.

    The gradebook decides about graded cells. The release folder, where it exists, adds the
    ungraded cells between them; a course graded without one still works.

    Raises
    ------
    ReleaseDamaged
        When the released notebook is none, or nbgrader's metadata in it is not as it writes it.
    """
    path = Path(
        coursedir.format_path(coursedir.release_directory, ".", assignment), f"{notebook}.ipynb"
    )
    try:
        return _load(path, gradebook.find_notebook(notebook, assignment))
    except UNUSABLE as error:
        reason = getattr(error, "message", None) or f"{type(error).__name__}: {error}"
        raise ReleaseDamaged(
            f"The released notebook {path} cannot be used: {reason}. Type `nbgrader "
            f"generate_assignment {assignment} --force`, then this command again; no grade was "
            "changed."
        ) from error


def _load(path: Path, stored: Notebook) -> Released:
    points = {cell.name: float(cell.max_score) for cell in stored.grade_cells}
    points |= {cell.name: float(cell.max_score) for cell in stored.task_cells}
    solutions = {cell.name for cell in stored.solution_cells}
    tests = {
        cell.name: cell.source or ""
        for cell in stored.source_cells
        if cell.name in points and cell.name not in solutions and cell.cell_type == "code"
    }
    if path.is_file():
        document = json.loads(path.read_text(encoding="utf-8"))
        missing = {cell.name for cell in stored.source_cells} - _grade_ids(document)
    else:
        document, missing = {}, {None}
    if missing:
        document = _from_gradebook(stored, points, solutions)
    MetadataValidator().validate_nb(from_dict(document))
    nbgrader = [cell["metadata"].get("nbgrader", {}) for cell in document["cells"]]
    return Released(
        skeleton=Skeleton.from_notebook(document),
        tests=tests,
        points=points,
        kernelspec=document.get("metadata", {}).get("kernelspec", {}),
        nbgrader={given["grade_id"]: given for given in nbgrader if "grade_id" in given},
    )


def without_hidden_tests(source: str) -> str:
    """Return the source of a test cell as students see it."""
    return _HIDDEN.sub("", source).rstrip()


def _grade_ids(document: dict[str, Any]) -> set[str]:
    return {
        cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in document.get("cells", [])
    }


def _from_gradebook(stored: Any, points: dict[str, float], solutions: set[str]) -> dict[str, Any]:
    tasks = {cell.name for cell in stored.task_cells}
    cells = []
    for cell in stored.source_cells:
        nbgrader = {
            "grade_id": cell.name,
            "grade": cell.name in points and cell.name not in tasks,
            "solution": cell.name in solutions,
            "locked": cell.locked,
            "task": cell.name in tasks,
            "schema_version": 3,
            "checksum": cell.checksum,
            "cell_type": cell.cell_type,
        }
        if cell.name in points:
            nbgrader["points"] = points[cell.name]
        source = without_hidden_tests(cell.source or "")
        metadata = {"nbgrader": nbgrader}
        cells.append({"cell_type": cell.cell_type, "source": source, "metadata": metadata})
    kernelspec = json.loads(stored.kernelspec) if stored.kernelspec else {}
    return {"cells": cells, "metadata": {"kernelspec": kernelspec}}
