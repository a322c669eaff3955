"""``nbgrader export`` writes a table that no spreadsheet computes anything in."""

from __future__ import annotations

import csv

import pytest

from grader.demo.answers import answered
from grader.demo.saved import jupyter
from grader.plugins.grades_csv import COLUMNS, cell
from tests.classes import Course

NAME = "02_padding_and_strides"
STOCK = "nbgrader.plugins.export.CsvExportPlugin"
FORMULA = '=HYPERLINK("http://example.org","grades")'


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_text_that_would_be_computed_gets_an_apostrophe(text):
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("value", [-1.5, 3, 0.0])
def test_numbers_stay_numbers(value):
    assert float(cell(value)) == value


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("export"), [NAME], cell_seconds=30)
    right = answered(course.released(NAME), course.solution(NAME), "ada")
    course.hand_in("ada", NAME, jupyter(right))
    course.nbgrader("autograde", NAME, "--create")
    with course.gradebook() as book:
        book.update_or_create_student("ada", last_name="Lovelace, née Byron", first_name=FORMULA)
        book.update_or_create_student("bob", email="@bob", last_name="O'Hara\n-1")
    return course


def rows_of(course: Course, *options: str) -> list[dict[str, str]]:
    course.nbgrader("export", "--to", "out.csv", *options)
    with open(course.folder / "out.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_names_are_one_cell_each_and_no_formula(course):
    ada, bob = rows_of(course)
    assert tuple(ada) == COLUMNS
    assert (ada["last_name"], ada["first_name"]) == ("Lovelace, née Byron", f"'{FORMULA}")
    assert (bob["email"], bob["last_name"]) == ("'@bob", "O'Hara\n-1")
    assert (bob["score"], bob["timestamp"]) == ("0.0", "")
    with course.gradebook() as book:
        assert float(ada["score"]) == book.find_submission(NAME, "ada").score > 0


def test_options_choose_as_nbgraders_own_do(course):
    assert [row["student_id"] for row in rows_of(course, "--student=['bob']")] == ["bob"]
    assert rows_of(course, "--assignment=['another']") == []


def test_an_ordinary_table_is_nbgraders_own_byte_for_byte(course):
    with course.gradebook() as book:
        book.update_or_create_student("ada", last_name="Lovelace", first_name="Ada")
        book.update_or_create_student("bob", last_name="Hara", email="bob@example.org")
    for name, more in (("ours.csv", []), ("stock.csv", ["--exporter", STOCK])):
        course.nbgrader("export", "--to", name, *more)
    ours, stock = ((course.folder / name).read_bytes() for name in ("ours.csv", "stock.csv"))
    assert ours == stock
