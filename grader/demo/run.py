"""``make demo``: hand in, grade with plain nbgrader, show what came out."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from nbgrader.api import Gradebook
from rich.console import Console

from grader.demo import course, tables
from grader.demo.classroom import SAMPLES


class DemoError(Exception):
    """A step of the demonstration failed; the message says which and where its log is."""


def run(root: Path, console: Console, folder: Path | None = None) -> None:
    """Grade the sample class in `folder` (``classroom/demo``) and print the results.

    Raises
    ------
    DemoError
        When an nbgrader command fails.
    """
    folder = folder or root / "classroom" / "demo"
    log = folder / "nbgrader.log"
    with console.status("A sample class hands in its notebooks"):
        course.set_up(root, folder)
    console.print(f"{len(SAMPLES)} submissions for {len(course.assignments())} assignments.")
    for assignment in course.assignments():
        with console.status(f"nbgrader generate_assignment {assignment}"):
            _nbgrader(folder, log, "generate_assignment", assignment)
    _set_due_dates(folder)
    for assignment in course.assignments():
        console.print(f"[bold]$ nbgrader autograde {assignment}[/bold]")
        _nbgrader(folder, log, "autograde", assignment, show_progress=True)
    with console.status("nbgrader generate_feedback"), ThreadPoolExecutor() as pool:
        feedback = [
            pool.submit(_nbgrader, folder, log, "generate_feedback", assignment)
            for assignment in course.assignments()
        ]
        for done in feedback:
            done.result()
    with console.status("nbgrader export"):
        _nbgrader(folder, log, "export")
    tables.show(folder, console)
    console.print()
    tables.show_paths(
        console,
        {
            "gradebook": folder / "classroom" / "gradebook.db",
            "grades as CSV": folder / "grades.csv",
            "feedback": folder / "classroom" / "feedback",
            "graded notebooks": folder / "classroom" / "autograded",
            "log": log,
        },
    )


def gradebook(folder: Path) -> Gradebook:
    """Open the sample course's gradebook."""
    return Gradebook(f"sqlite:///{folder / 'classroom' / 'gradebook.db'}", "demo")


def _set_due_dates(folder: Path) -> None:
    with gradebook(folder) as book:
        for assignment in course.assignments():
            book.update_or_create_assignment(assignment, duedate=course.DUE.replace(tzinfo=None))


def _nbgrader(folder: Path, log: Path, verb: str, *arguments: str, show_progress=False) -> None:
    command = [sys.executable, "-m", "nbgrader", verb, *arguments]
    environment = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONUNBUFFERED": "1"}
    with log.open("ab") as file:
        file.write(f"\n$ nbgrader {verb} {' '.join(arguments)}\n".encode())
        file.flush()
        done = subprocess.run(
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=None if show_progress else file,
            stderr=file,
            check=False,
        )
    if done.returncode != 0:
        raise DemoError(f"nbgrader {verb} {' '.join(arguments)} failed: see {log}")
