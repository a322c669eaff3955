"""The same submissions graded by stock nbgrader and by ours, one after the other in one run.

Usage: ``python -m grader bench [--students 20] [--assignment 03_max_pooling]``. Wall clock of the
plain command ``nbgrader autograde``, everything included; scores must be identical.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from nbgrader.api import Gradebook
from rich.console import Console
from rich.table import Table

from grader.demo.answers import answered, read_notebook, unanswered
from grader.demo.saved import jupyter
from grader.exercises import Written
from grader.exercises.catalogue import load_exercises
from grader.release.sources import TAG_DEMONSTRATION

CONFIG = """\
from pathlib import Path

from grader import configure

c = get_config()
c.CourseDirectory.course_id = "bench"
configure(c, root=Path(__file__).parent, plugins={plugins})
"""


def compare(
    root: Path, assignment: str, students: int, console: Console, *, demonstrations: bool = True
) -> float:
    """Print the table and return how many times faster our grading was.

    Stock nbgrader runs the demonstrations (figures, training) that ours skips. Without
    `demonstrations` they are deleted from the submissions, and both run the same cells.

    Raises
    ------
    RuntimeError
        When a command fails, or when the two do not give the same scores.
    """
    with tempfile.TemporaryDirectory() as scratch:
        seconds, scores = {}, {}
        for kind, plugins in (("stock nbgrader", False), ("with our plugins", True)):
            folder = Path(scratch) / ("ours" if plugins else "stock")
            _set_up(root, folder, assignment, students, plugins, demonstrations)
            start = time.perf_counter()
            _nbgrader(folder, "autograde", assignment)
            seconds[kind] = time.perf_counter() - start
            scores[kind] = _scores(folder, assignment)
    stock, ours = seconds.values()
    if scores["stock nbgrader"] != scores["with our plugins"]:
        raise RuntimeError(f"the scores differ: {scores}")
    table = Table("grader", "seconds", "per submission", "ratio")
    kept = "" if demonstrations else " without demonstrations"
    table.title = f"{students} submissions of {assignment}{kept}, {os.cpu_count()} cores"
    for kind, wall in seconds.items():
        table.add_row(kind, f"{wall:.1f}", f"{wall / students:.2f}", f"{stock / wall:.1f}x")
    console.print(table)
    console.print(f"All {students} scores are identical.")
    return stock / ours


def _set_up(
    root: Path,
    folder: Path,
    assignment: str,
    students: int,
    plugins: bool,
    demonstrations: bool,
) -> None:
    for part in ("solutions", "notebooks"):
        shutil.copytree(root / part / assignment, folder / part / assignment)
    (folder / "nbgrader_config.py").write_text(CONFIG.format(plugins=plugins), encoding="utf-8")
    released = read_notebook(folder / "notebooks" / assignment / f"{assignment}.ipynb")
    solution = read_notebook(folder / "solutions" / assignment / f"{assignment}.ipynb")
    exercises = load_exercises(folder, assignment)
    automatic = [n for n, e in exercises.items() if e.points and not isinstance(e, Written)]
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id") for c in released["cells"]}
    automatic = [name for name in automatic if name in cells]
    for number in range(students):
        student = f"student{number:03d}"
        notebook = answered(released, solution, student)
        missing = automatic[: number % len(automatic)]
        notebook = unanswered(notebook, released, missing)
        if not demonstrations:
            notebook["cells"] = [
                cell
                for cell in notebook["cells"]
                if TAG_DEMONSTRATION not in cell["metadata"].get("tags", [])
            ]
        target = folder / "classroom" / "submitted" / student / assignment
        target.mkdir(parents=True)
        (target / f"{assignment}.ipynb").write_bytes(jupyter(notebook))
    _nbgrader(folder, "generate_assignment", assignment)


def _nbgrader(folder: Path, *arguments: str) -> None:
    command = [sys.executable, "-m", "nbgrader", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError(f"nbgrader {' '.join(arguments)} failed:\n{done.stderr[-3000:]}")


def _scores(folder: Path, assignment: str) -> dict[str, float]:
    with Gradebook(f"sqlite:///{folder / 'classroom' / 'gradebook.db'}", "bench") as gradebook:
        return {
            submission.student.id: round(submission.score, 3)
            for submission in gradebook.assignment_submissions(assignment)
        }
