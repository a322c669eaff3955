"""The same grade inside a plain nbgrader test cell.

The build writes these lines into the hidden part of every test cell, so stock nbgrader, which
runs test cells in the student's own process, gives honest work the same points. Our plugins
never run them: they grade outside the student's process.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grader.exercises.catalogue import find_course_root, load_exercises


def points_earned(exercise: str, value: Any, **kwargs: Any) -> float:
    """Return the points `value` earns for ``"assignment/exercise_id"``.

    Keyword arguments (``student_id`` for drills) go to the exercise.
    """
    assignment, exercise_id = exercise.split("/")
    root = find_course_root(Path.cwd())
    return float(load_exercises(root, assignment)[exercise_id].grade(value, **kwargs).earned)
