"""Say what to type, before a run starts, when it could not work."""

from __future__ import annotations

import difflib
from pathlib import Path

from nbgrader.api import Gradebook, MissingEntry
from nbgrader.coursedir import CourseDirectory

from grader.plugins.settings import Grader
from grader.runner import IsolationUnavailable
from grader.runner.machine import require_isolation


def problem(coursedir: CourseDirectory, settings: Grader) -> str | None:
    """Return one line that names what is missing and what to type, or None."""
    if settings.isolation == "auto":
        try:
            require_isolation()
        except IsolationUnavailable as missing:
            return str(missing)
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
    with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
        try:
            gradebook.find_assignment(assignment)
        except MissingEntry:
            return (
                f"The gradebook does not know {assignment} yet. Type first: "
                f"nbgrader generate_assignment {assignment}"
            )
    return None
