"""A class in the middle of its term: half of it graded and marked by hand, the rest handed in."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

from tests.hostile.course import NAME, RIGHT, WRONG, HostileCourse

SECONDS_OF_A_RUN = 0.4
"""Some length, so that it can be hit."""
WORKERS = 2
"""On a larger machine a class would be over before it can be hit."""
MANUAL_SCORE, MANUAL_COMMENT = 2.5, "Well explained."
CONFIG = f"""\
import tests.crashes.cut

c.Grader.workers = {WORKERS}
"""


class CrashCourse(HostileCourse):
    """A class of `size`: every second student was graded before, every sixth handed in again."""

    def __init__(self, folder: Path, size: int):
        super().__init__(folder)
        config = folder / "nbgrader_config.py"
        config.write_text(config.read_text() + CONFIG)
        self.students = [f"student-{number:02d}" for number in range(size)]
        for number, student in enumerate(self.students[::2]):
            self.write(student, 10 + number, day=1)
        self.nbgrader("autograde", NAME)
        self._mark_by_hand()
        for number, student in enumerate(self.students):
            if number % 2 or number % 6 == 0:
                self.write(student, number, day=2)

    def write(self, student: str, number: int, day: int) -> None:
        """Hand in right, half right or wrong answers, depending on `number`."""
        answers = dict(RIGHT if number % 3 else WRONG)
        if number % 3 == 1:
            answers["primes"] = "primes = [2, 3, 5]"
        slowly = f"import time\ntime.sleep({SECONDS_OF_A_RUN})\n"
        answers["double"] = f"{slowly}{answers['double']}\n# {student}'s own work"
        folder = self.hand_in(student, NAME, json.dumps(self.filled(answers)).encode())
        (folder / "timestamp.txt").write_text(f"2026-03-0{day} 12:00:00 UTC")

    def _mark_by_hand(self) -> None:
        with self.gradebook() as book:
            for student in self.students[::4]:
                (notebook,) = book.find_submission(NAME, student).notebooks
                for grade in notebook.grades:
                    if grade.name in ("man", "test2"):
                        grade.manual_score, grade.needs_manual_grade = MANUAL_SCORE, False
                for comment in notebook.comments:
                    comment.manual_comment = MANUAL_COMMENT
            book.db.commit()

    def copied(self, folder: Path) -> CrashCourse:
        """Return the same class at the same point, in another folder."""
        shutil.copytree(self.folder, folder)
        twin = copy.copy(self)
        twin.folder = folder
        return twin

    def written_since(self, moment: float) -> int:
        """Return how many graded notebooks nbgrader wrote after `moment`."""
        count = 0
        for path in (self.folder / "classroom" / "autograded").glob(f"*/{NAME}/{NAME}.ipynb"):
            try:
                count += path.stat().st_mtime >= moment
            except FileNotFoundError:
                pass  # it makes room for newer work
        return count
