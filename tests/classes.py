"""Make a course folder with submissions, grade it with nbgrader's own command, read the scores."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from nbgrader.api import Gradebook

from grader.demo.answers import read_notebook
from tests.conftest import ROOT

CONFIG = """\
from pathlib import Path

from grader import configure

c = get_config()
c.CourseDirectory.course_id = "test"
configure(c, root=Path(__file__).parent, plugins={plugins})
c.Grader.cell_seconds = {cell_seconds}
"""


class Course:
    """A copy of some assignments of the course, in a folder of its own."""

    def __init__(
        self,
        folder: Path,
        assignments: list[str],
        *,
        plugins: bool = True,
        cell_seconds: float = 5.0,
        more: str = "",
    ):
        self.folder = folder
        for assignment in assignments:
            for part in ("solutions", "notebooks"):
                shutil.copytree(ROOT / part / assignment, folder / part / assignment)
        self.configure(plugins=plugins, cell_seconds=cell_seconds, more=more)
        for assignment in assignments:
            self.nbgrader("generate_assignment", assignment)

    def configure(self, *, plugins: bool = True, cell_seconds: float = 5.0, more: str = "") -> None:
        """Write the folder's configuration; `more` is added below it."""
        text = CONFIG.format(plugins=plugins, cell_seconds=cell_seconds) + more
        (self.folder / "nbgrader_config.py").write_text(text)

    def released(self, assignment: str) -> dict:
        return read_notebook(self.folder / "notebooks" / assignment / f"{assignment}.ipynb")

    def solution(self, assignment: str) -> dict:
        return read_notebook(self.folder / "solutions" / assignment / f"{assignment}.ipynb")

    def hand_in(self, student: str, assignment: str, data: bytes) -> Path:
        folder = self.folder / "classroom" / "submitted" / student / assignment
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{assignment}.ipynb").write_bytes(data)
        return folder

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-W", "ignore", "-m", "nbgrader", *arguments]

    @property
    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT)}

    def nbgrader(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess:
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if check:
            assert done.returncode == 0, done.stderr[-4000:]
        return done

    @property
    def database(self) -> str:
        return f"sqlite:///{self.folder / 'classroom' / 'gradebook.db'}"

    def gradebook(self) -> Gradebook:
        return Gradebook(self.database, "test")

    def scores(self, assignment: str) -> dict[str, dict[str, float | None]]:
        """Return the automatic score of each graded cell, by student."""
        with self.gradebook() as book:
            return {
                submission.student.id: {
                    grade.name: grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in book.assignment_submissions(assignment)
            }


def automatic(scores: dict[str, float | None]) -> float:
    return sum(score or 0.0 for score in scores.values())
