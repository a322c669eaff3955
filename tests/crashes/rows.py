"""Everything a gradebook holds, as rows that can be compared: random keys become names."""

from __future__ import annotations

from sqlalchemy import text

from tests.classes import Course

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


def rows(course: Course, assignment: str) -> list[tuple]:
    """Return the rows of all submissions of an assignment, and how many rows each table has."""
    found: list[tuple] = []
    with course.gradebook() as book:
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
