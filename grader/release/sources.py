"""Read a notebook's text source and complete what the definitions already know.

The author writes py:percent text with short nbgrader metadata. This module fills in schema,
points (from the definitions), hidden tests (from the ``check`` lines), the shared front cells
and cell ids (from ``grade_id`` or position, never random).
"""

from __future__ import annotations

from pathlib import Path

import jupytext
from nbformat import NotebookNode

from grader.exercises.catalogue import load_exercises
from grader.exercises.definition import Exercise
from grader.exercises.testcells import CheckLine, check_lines
from grader.release.front import badges, setup_source

TAG_SETUP = "setup"
TAG_BADGES = "badges"
TAG_DEMONSTRATION = "demonstration"
TAG_FILL_IN = "fill-in"
"""A solution cell that is released as it is, such as STUDENT_ID."""

HIDDEN_TESTS = """\
### BEGIN HIDDEN TESTS
from grader.exercises import points_earned
{points}
### END HIDDEN TESTS"""


class SourceError(Exception):
    """A notebook source contradicts its definitions; the message names file, cell and remedy."""


def source_path(root: Path, assignment: str) -> Path:
    """Return the text source of an assignment's notebook."""
    return root / "solutions" / assignment / f"{assignment}.py"


def read_source(root: Path, assignment: str) -> NotebookNode:
    """Return the complete, not yet executed solution notebook of `assignment`.

    Raises
    ------
    SourceError
        When cells and definitions do not fit together.
    """
    path = source_path(root, assignment)
    notebook = jupytext.read(path, fmt="py:percent")
    exercises = load_exercises(root, assignment)
    for position, cell in enumerate(notebook.cells):
        tags = cell.metadata.get("tags", [])
        if TAG_SETUP in tags:
            cell.source = setup_source(root)
        if TAG_BADGES in tags:
            cell.source = badges(root, assignment)
        cell.metadata = _metadata(path, cell, exercises)
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id and cell.metadata.nbgrader.grade and not cell.metadata.nbgrader.solution:
            cell.source = _with_hidden_tests(assignment, cell.source, exercises)
        cell.id = grade_id or f"cell-{position:03d}"
    _require_all_exercises(path, notebook, exercises)
    notebook.metadata = NotebookNode(
        jupytext=NotebookNode(formats="ipynb,py:percent"),
        kernelspec=NotebookNode(display_name="Python 3", language="python", name="python3"),
        language_info=NotebookNode(name="python"),
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    return notebook


def _metadata(path: Path, cell: NotebookNode, exercises: dict[str, Exercise]) -> NotebookNode:
    metadata = NotebookNode()
    tags = list(cell.metadata.get("tags", []))
    given = cell.metadata.get("nbgrader")
    if given:
        grade_id = given.get("grade_id")
        if not grade_id:
            raise SourceError(f"{path}: a cell has nbgrader metadata without grade_id.")
        complete = {
            "grade": False,
            "grade_id": grade_id,
            "locked": False,
            "schema_version": 3,
            "solution": False,
            "task": False,
            **given,
        }
        if complete["grade"]:
            complete["points"] = _points(path, cell, complete, exercises)
            if not complete["solution"]:
                complete["locked"] = True
                tags.append("nbval-check-output")
        metadata.nbgrader = NotebookNode(complete)
    if tags:
        metadata.tags = tags
    return metadata


def _points(path, cell: NotebookNode, given: dict, exercises: dict[str, Exercise]) -> float:
    grade_id = given["grade_id"]
    ids = [grade_id] if given["solution"] else [c.exercise for c in check_lines(cell.source)]
    unknown = [name for name in ids if name not in exercises]
    if unknown:
        raise SourceError(
            f"{path}: cell {grade_id!r} checks {', '.join(unknown)}, which exercises.py beside it "
            "does not define."
        )
    if not ids:
        if "points" not in given:
            raise SourceError(f"{path}: graded cell {grade_id!r} has no check line and no points.")
        return given["points"]
    return sum(exercises[name].points for name in ids)


def _with_hidden_tests(assignment: str, source: str, exercises: dict[str, Exercise]) -> str:
    lines = check_lines(source)
    if not lines or "BEGIN HIDDEN TESTS" in source:
        return source
    points = " + ".join(_points_call(assignment, line) for line in lines)
    return f"{source.rstrip()}\n{HIDDEN_TESTS.format(points=points)}"


def _points_call(assignment: str, line: CheckLine) -> str:
    student = f", student_id={line.student_id_name}" if line.student_id_name else ""
    return f'points_earned("{assignment}/{line.exercise}", {line.name}{student})'


def _require_all_exercises(
    path: Path, notebook: NotebookNode, exercises: dict[str, Exercise]
) -> None:
    used = {line.exercise for cell in notebook.cells for line in check_lines(cell.source)}
    used |= {cell.metadata.get("nbgrader", {}).get("grade_id") for cell in notebook.cells}
    practice = {name for name in exercises if exercises[name].points == 0}
    missing = [name for name in exercises if name not in used | practice]
    if missing:
        raise SourceError(f"{path}: defined but not asked: {', '.join(missing)}.")
