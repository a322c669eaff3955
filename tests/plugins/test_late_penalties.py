"""Late work loses what nbgrader's plugin says, and work handed in anew in time gets it back."""

from __future__ import annotations

import pytest

from grader.demo.saved import jupyter
from tests.classes import Course, automatic

ASSIGNMENT = "03_max_pooling"
PENALTY = 0.5
CONFIG = f"""
from nbgrader.plugins import LateSubmissionPlugin


class HalfAPoint(LateSubmissionPlugin):
    def late_submission_penalty(self, student_id, score, total_seconds_late):
        assert total_seconds_late > 0
        return {PENALTY}


c.AssignLatePenalties.plugin_class = HalfAPoint
"""
DUE, IN_TIME, LATE = (f"2026-10-0{day} 12:00:00 UTC" for day in (2, 1, 3))


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    one = Course(tmp_path_factory.mktemp("late"), [ASSIGNMENT], more=CONFIG)
    with one.gradebook() as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate=DUE)
    return one


def penalties(course: Course, times: dict[str, str]) -> dict[str, float | None]:
    """Hand the solution in at these times, grade it, and return each student's penalty."""
    for student, time in times.items():
        folder = course.hand_in(student, ASSIGNMENT, jupyter(course.solution(ASSIGNMENT)))
        (folder / "timestamp.txt").write_text(time)
    course.nbgrader("autograde", ASSIGNMENT, "--force")
    with course.gradebook() as book:
        return {
            submission.student.id: notebook.late_submission_penalty
            for submission in book.assignment_submissions(ASSIGNMENT)
            for notebook in submission.notebooks
        }


def test_the_penalty_follows_the_newest_work(course):
    assert penalties(course, {"ada": IN_TIME, "bob": LATE}) == {"ada": None, "bob": PENALTY}
    full = {name: automatic(scores) for name, scores in course.scores(ASSIGNMENT).items()}
    assert penalties(course, {"ada": LATE, "bob": IN_TIME}) == {"ada": PENALTY, "bob": None}
    assert {name: automatic(scores) for name, scores in course.scores(ASSIGNMENT).items()} == full


def test_a_later_due_date_takes_the_penalty_back(course):
    assert penalties(course, {"ada": LATE})["ada"] == PENALTY
    with course.gradebook() as book:
        book.update_or_create_assignment(ASSIGNMENT, duedate="2026-10-09 12:00:00 UTC")
    assert penalties(course, {"ada": LATE})["ada"] is None
