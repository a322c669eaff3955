"""Everything a gradebook holds, as rows that can be compared: random keys become names."""

from __future__ import annotations

from nbgrader.api import Gradebook
from sqlalchemy import text

_TABLES = (
    "student",
    "assignment",
    "notebook",
    "base_cell",
    "source_cell",
    "submitted_assignment",
    "submitted_notebook",
    "grade",
    "comment",
)


def rows(database: str, assignment: str) -> list[tuple]:
    """Return the rows of all submissions of an assignment, and how many rows each table has.

    Parameters
    ----------
    database : str
        SQLAlchemy's address of the gradebook.
    """
    found: list[tuple] = []
    with Gradebook(database, "test") as book:
        for submission in book.assignment_submissions(assignment):
            student = submission.student.id
            found.append(("submission", student, submission.timestamp, submission.extension))
            for notebook in submission.notebooks:
                found.append(("notebook", student, notebook.name, notebook.late_submission_penalty))
                found += (
                    (
                        "grade",
                        student,
                        grade.name,
                        grade.auto_score,
                        grade.manual_score,
                        grade.extra_credit,
                        grade.needs_manual_grade,
                    )
                    for grade in notebook.grades
                )
                found += (
                    ("comment", student, one.name, one.auto_comment, one.manual_comment)
                    for one in notebook.comments
                )
        for table in _TABLES:
            found.append((table, book.db.execute(text(f"SELECT count(*) FROM {table}")).scalar()))
    return sorted(found, key=repr)


def students(rows: list[tuple]) -> set[str]:
    """Return whose submissions are among `rows`."""
    return {row[1] for row in rows if row[0] == "submission"}
