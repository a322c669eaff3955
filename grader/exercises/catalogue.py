"""Find the course and load the definitions of an assignment."""

from __future__ import annotations

import importlib.util
from functools import lru_cache
from pathlib import Path

from grader.exercises.definition import Exercise

DEFINITIONS = "exercises.py"


class CourseNotFound(Exception):
    """There is no course here; the message says what was looked for and what to do."""


def find_course_root(start: Path) -> Path:
    """Return the closest folder at or above `start` with ``solutions`` and the nbgrader config.

    Raises
    ------
    CourseNotFound
        When no folder above has both.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir():
            return folder
    raise CourseNotFound(
        f"No course at or above {start}: expected nbgrader_config.py beside a folder solutions/. "
        "Change into the course folder and try again."
    )


def assignments(root: Path) -> list[str]:
    """Return the names of all assignments, in teaching order."""
    return sorted(path.parent.name for path in (root / "solutions").glob(f"*/{DEFINITIONS}"))


def load_exercises(root: Path, assignment: str) -> dict[str, Exercise]:
    """Return the exercises of `assignment` by id, in the order of the definition file.

    An assignment without a definition file has none (a plain nbgrader assignment).

    Raises
    ------
    ValueError
        When two exercises share an id.
    """
    path = root / "solutions" / assignment / DEFINITIONS
    if not path.is_file():
        return {}
    return _load(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=64)
def _load(path: Path, _modified: int) -> dict[str, Exercise]:
    name = f"_exercises_of_{path.parent.name}"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    exercises: dict[str, Exercise] = {}
    for exercise in module.EXERCISES:
        if exercise.id in exercises:
            raise ValueError(f"{path}: exercise id {exercise.id!r} is defined twice.")
        exercises[exercise.id] = exercise
    return exercises
