"""Say what to type, before a run starts, when it could not work."""

from __future__ import annotations

import difflib
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from grader.exercises.catalogue import (
    DEFINITIONS,
    CourseNotFound,
    find_course_root,
    load_exercises,
)
from grader.plugins.pools import cluster_problem
from grader.plugins.settings import Grader
from grader.runner import IsolationUnavailable
from grader.runner.machine import require_isolation


def problem(coursedir: CourseDirectory, settings: Grader) -> str | None:
    """Return one line that names what is missing and what to type, or None."""
    with ThreadPoolExecutor(1) as beside:  # another process tries it, for a tenth of a second
        isolation = beside.submit(_missing_isolation, settings)
        course = _course_problem(coursedir)
        missing = isolation.result()
    if not missing and settings.scheduler:
        missing = cluster_problem(settings, coursedir.root)
    return missing or course


def _missing_isolation(settings: Grader) -> str | None:
    try:
        require_isolation(settings.isolation)
    except IsolationUnavailable as missing:
        return str(missing)
    return None


def _course_problem(coursedir: CourseDirectory) -> str | None:
    root, assignment = Path(coursedir.root), coursedir.assignment_id
    source = root / coursedir.source_directory
    if not source.is_dir():
        return (
            f"No folder {source}. Change into the course folder (the one with "
            "nbgrader_config.py) and type the command again."
        )
    known = sorted(path.name for path in source.iterdir() if any(path.glob("*.ipynb")))
    if assignment not in known:
        close = difflib.get_close_matches(assignment, known, n=1, cutoff=0.4)
        meant = f"Did you mean: nbgrader autograde {close[0]}" if close else ""
        return f"No assignment {assignment!r}. There are: {', '.join(known)}. {meant}".rstrip()
    broken = _broken_definitions(root, assignment)
    if broken:
        return broken
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            return (
                f"The gradebook does not know {assignment} yet. Type first: "
                f"nbgrader generate_assignment {assignment}"
            )
    return None


def _broken_definitions(root: Path, assignment: str) -> str | None:
    try:
        load_exercises(find_course_root(root), assignment)
    except CourseNotFound:
        return None
    except Exception as error:  # the file is the teacher's program: it may fail in any way
        place = _place(error)
        return (
            f"solutions/{assignment}/{DEFINITIONS}{place}: {type(error).__name__}: {error}. "
            "Mend the definitions and type the command again; no grade was changed."
        )
    return None


def _place(error: Exception) -> str:
    """Return the line of the definitions in which `error` was raised, as ", line 3"."""
    if isinstance(error, SyntaxError):
        return f", line {error.lineno}"
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename.endswith(DEFINITIONS)
    ]
    return f", line {lines[-1]}" if lines else ""
