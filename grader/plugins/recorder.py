"""The only writer of grades: every graded cell, every run, one transaction; then penalties."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader.api import BaseCell, Comment, Grade, Gradebook, SubmittedNotebook
from nbgrader.preprocessors import AssignLatePenalties
from nbgrader.preprocessors.base import NbGraderPreprocessor
from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Query, joinedload, undefer

from grader.plugins.graded import Graded
from grader.plugins.plan import earned_points


class RecordGrades(NbGraderPreprocessor):
    """Write automatic scores and comments; manual scores and comments are never touched."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Record the outcome the exporter holds for this notebook."""
        where = resources["nbgrader"]
        exporter = self.parent
        coursedir = exporter.parent.coursedir
        with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
            submission = gradebook.find_submission_notebook(
                where["notebook"], where["assignment"], where["student"]
            )
            record(gradebook, submission, exporter.graded)
            exporter.late = (
                submission.late_submission_penalty is not None
                or submission.assignment.total_seconds_late > 0
            )
            gradebook.db.commit()
        return nb, resources


class LatePenalties(AssignLatePenalties):
    """nbgrader's step, which opens the gradebook again, only where there is work for it."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Set or remove the penalty of a notebook that is late, or was."""
        return super().preprocess(nb, resources) if self.parent.late else (nb, resources)


def record(gradebook: Gradebook, submission: SubmittedNotebook, graded: Graded) -> None:
    """Set the automatic score of each of the submission's grades, also of missing answers."""
    answered = {
        cell.grade_id: cell.answered for cell in graded.rebuilt.cells if cell.role == "solution"
    }
    for grade in grades_of(gradebook, submission):
        grade.auto_score = _auto_score(grade.name, grade.max_score, graded, answered)
        # As nbgrader does: ungraded work and work graded by hand before need a second look.
        grade.needs_manual_grade = (
            graded.needs_review or grade.manual_score is not None or grade.auto_score is None
        )
    for comment in comments_of(gradebook, submission):
        comment.auto_comment = None if answered.get(comment.name) else "No response."


def grades_of(gradebook: Gradebook, submission: SubmittedNotebook) -> Query:
    """Query all grades at once; `submission.grades` would send three statements for each."""
    grades = gradebook.db.query(Grade).options(joinedload(Grade.cell), undefer(Grade.max_score))
    return grades.filter(*_within(Grade, submission))


def comments_of(gradebook: Gradebook, submission: SubmittedNotebook) -> Query:
    """Query all comments at once."""
    comments = gradebook.db.query(Comment).options(joinedload(Comment.cell))
    return comments.filter(*_within(Comment, submission))


def _within(
    table: type[Grade] | type[Comment], submission: SubmittedNotebook
) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """Name the cells as well: nbgrader's index of these tables begins with the cell.

    Without it the database reads every grade that the course has ever given, for each submission.
    """
    cells = select(BaseCell.id).where(BaseCell.notebook_id == submission.notebook_id)
    return table.cell_id.in_(cells), table.notebook_id == submission.id


def _auto_score(
    grade_id: str, most: float, graded: Graded, answered: dict[str, bool]
) -> float | None:
    """Return the automatic score, or None for work that a person must grade."""
    if graded.unreadable:
        return 0.0
    if grade_id in graded.verdicts:
        return earned_points(float(most), graded.verdicts[grade_id])
    # Written answers left as released earn nothing; everything else waits for a person.
    return 0.0 if answered.get(grade_id) is False else None
