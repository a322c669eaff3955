"""Recording one submission reads what belongs to it, however many grades the course has."""

from __future__ import annotations

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import text

from grader.plugins.recorder import comments_of, grades_of

STUDENTS, CELLS = ("ada", "bob"), ("one", "two", "three")


@pytest.fixture
def gradebook(tmp_path, new_gradebooks):
    with Gradebook(f"sqlite:///{tmp_path / 'gradebook.db'}") as book:
        for assignment in ("ps1", "ps2"):
            book.add_assignment(assignment)
            book.add_notebook("problem", assignment)
            for cell in CELLS:
                book.add_grade_cell(cell, "problem", assignment, max_score=1, cell_type="code")
                book.add_solution_cell(cell, "problem", assignment)
            for student in STUDENTS:
                book.update_or_create_student(student)
                book.add_submission(assignment, student)
        yield book


@pytest.mark.parametrize("query", [grades_of, comments_of])
def test_only_the_submissions_own_rows_are_read(gradebook, query):
    submission = gradebook.find_submission_notebook("problem", "ps1", "ada")
    found = query(gradebook, submission).all()
    assert sorted(row.name for row in found) == sorted(CELLS)
    assert {row.student.id for row in found} == {"ada"}
    assert {row.assignment.name for row in found} == {"ps1"}


@pytest.mark.parametrize(("query", "table"), [(grades_of, "grade"), (comments_of, "comment")])
def test_no_table_that_grows_with_the_class_is_read_whole(gradebook, query, table):
    submission = gradebook.find_submission_notebook("problem", "ps1", "ada")
    statement = query(gradebook, submission).statement.compile(
        gradebook.engine, compile_kwargs={"literal_binds": True}
    )
    steps = [row[3] for row in gradebook.db.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]
    assert any(step.startswith(f"SEARCH {table} ") for step in steps), steps
    assert not any(step.startswith(f"SCAN {table}") for step in steps), steps
