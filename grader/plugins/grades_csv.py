"""``nbgrader export``: nbgrader's table of grades, safe to open in a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any

from nbgrader.api import Assignment, Gradebook, MissingEntry, Student
from nbgrader.plugins import CsvExportPlugin

COLUMNS = (
    "assignment", "duedate", "timestamp", "student_id", "last_name", "first_name", "email",
    "raw_score", "late_submission_penalty", "score", "max_score",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def cell(value: Any) -> str:
    """Return `value` as a cell: text that a spreadsheet would compute gets an apostrophe.

    >>> cell("=1+1"), cell("Ada"), cell(-0.5), cell(None)
    ("'=1+1", 'Ada', '-0.5', '')
    """
    if value is None:
        return ""
    text = str(value)
    return f"'{text}" if isinstance(value, str) and text.startswith(_FORMULA) else text


class SafeCsvExport(CsvExportPlugin):
    """Writes the columns of nbgrader's own export, with text quoted and formulas made text."""

    def export(self, gradebook: Gradebook) -> None:
        """Write the grades to ``--to``, or to grades.csv."""
        target = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", target)
        students, assignments = (
            {str(one) for one in all} for all in (self.student, self.assignment)
        )
        with open(target, "w", encoding="utf-8", newline="") as file:
            table = csv.writer(file, lineterminator="\n")
            table.writerow(COLUMNS)
            for assignment in gradebook.assignments:
                if not assignments or assignment.name in assignments:
                    for student in gradebook.students:
                        if not students or student.id in students:
                            table.writerow(map(cell, _row(gradebook, assignment, student)))


def _row(gradebook: Gradebook, assignment: Assignment, student: Student) -> Iterator[Any]:
    timestamp, raw, penalty = "", 0.0, 0.0  # what stands for work that was not handed in
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        pass
    else:
        timestamp, raw = submission.timestamp, submission.score
        penalty = submission.late_submission_penalty
    yield from (assignment.name, assignment.duedate, timestamp)
    yield from (student.id, student.last_name, student.first_name, student.email)
    yield from (raw, penalty, max(0.0, raw - penalty), assignment.max_score)
