"""A gradebook that was open already is opened again without asking for every table."""

from __future__ import annotations

import sqlite3

import pytest
from nbgrader.api import Course, Gradebook
from sqlalchemy import event

pytestmark = pytest.mark.usefixtures("shared_engines")


def courses(gradebook: Gradebook) -> list[str]:
    return sorted(course.id for course in gradebook.db.query(Course))


def test_the_second_opening_sends_nothing_and_sees_everything(tmp_path):
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    with Gradebook(url, "ml") as first:
        first.add_student("ada")
        sent = []
        event.listen(first.engine, "before_cursor_execute", lambda *given: sent.append(given[2]))
    with Gradebook(url, "ml") as second:
        assert sent == []
        assert [student.id for student in second.students] == ["ada"]
        assert (second.course_id, second.engine) == ("ml", first.engine)


def test_nobody_waits_for_a_gradebook_that_is_not_open(tmp_path):
    file = tmp_path / "gradebook.db"
    for _ in range(2):
        with Gradebook(f"sqlite:///{file}", "ml") as gradebook:
            gradebook.update_or_create_student("ada")
        with sqlite3.connect(file, timeout=0) as somebody_else:
            somebody_else.execute("BEGIN EXCLUSIVE")


def test_another_course_is_made_in_the_same_gradebook(tmp_path):
    url = f"sqlite:///{tmp_path / 'gradebook.db'}"
    for course in ("ml", "vision", "ml"):
        with Gradebook(url, course) as gradebook:
            seen = courses(gradebook)
    assert seen == ["ml", "vision"]


@pytest.mark.parametrize("replaced", [True, False])
def test_a_gradebook_that_was_deleted_is_made_anew(tmp_path, replaced):
    file = tmp_path / "gradebook.db"
    for _ in range(2):
        with Gradebook(f"sqlite:///{file}", "ml") as gradebook:
            assert courses(gradebook) == ["ml"]
            gradebook.add_student("ada")
        if replaced:
            (tmp_path / "empty.db").touch()
            (tmp_path / "empty.db").replace(file)
        else:
            file.unlink()
