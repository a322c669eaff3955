"""Plain ``nbgrader autograde`` with our plugins, and the same honest work with stock nbgrader."""

from __future__ import annotations

import json

import pytest

from grader.demo import saved
from grader.demo.answers import answered, unanswered, with_answers
from grader.exercises import Number, NumberList, Shape, ShapeList, Written
from grader.exercises.catalogue import assignments, load_exercises
from grader.release.sources import TAG_DEMONSTRATION
from tests.classes import Course, automatic
from tests.conftest import ROOT

NAMES = assignments(ROOT)
# Stock nbgrader runs every cell of every submission, so it gets the first three notebooks.
WITH_STOCK = NAMES[:3]


def without_ids(notebook: dict) -> dict:
    """Format 4.0 as a bare converter writes it: no cell ids, nbgrader metadata kept."""
    changed = json.loads(json.dumps(notebook))
    changed["nbformat_minor"] = 0
    for cell in changed["cells"]:
        cell.pop("id", None)
    return changed


def partly(course: Course, name: str) -> dict:
    """A typical mistake in the first answer that has one; of the others every second missing."""
    exercises = load_exercises(ROOT, name)
    right = answered(course.released(name), course.solution(name), "partly")
    cells = {c["metadata"].get("nbgrader", {}).get("grade_id") for c in right["cells"]}
    asked = [n for n, e in exercises.items() if n in cells and not isinstance(e, Written)]
    wrong = next(
        exercises[n]
        for n in asked
        if isinstance(exercises[n], (Number, NumberList, Shape, ShapeList))
        and exercises[n].mistakes
        and exercises[n].mistakes[0].values
    )
    others = [n for n in asked if n != wrong.id]
    changed = unanswered(right, course.released(name), others[1::2])
    value = wrong.mistakes[0].values[0]
    return with_answers(changed, {wrong.id: f"{wrong.id} = {value!r}"})


def without_demonstrations(notebook: dict) -> dict:
    changed = json.loads(json.dumps(notebook))
    changed["cells"] = [
        cell
        for cell in changed["cells"]
        if TAG_DEMONSTRATION not in cell["metadata"].get("tags", [])
    ]
    return changed


@pytest.fixture(scope="module")
def honest(tmp_path_factory):
    """The same honest submissions in two courses: with our plugins and without."""
    graded = {}
    for kind, plugins in (("ours", True), ("stock", False)):
        folder = tmp_path_factory.mktemp(kind)
        names = NAMES if plugins else WITH_STOCK
        course = Course(folder, names, plugins=plugins, cell_seconds=300.0)
        for name in names:
            solution = answered(course.released(name), course.solution(name), "perfect")
            course.hand_in("perfect", name, saved.jupyter(solution))
            # Stock nbgrader runs every demonstration; one submission of each is enough for that.
            half = without_demonstrations(partly(course, name))
            course.hand_in("partly", name, saved.jupyter(half))
            blank = without_demonstrations(course.released(name))
            course.hand_in("blank", name, saved.jupyter(blank))
            if plugins:
                course.hand_in("solution", name, saved.jupyter(course.solution(name)))
                course.hand_in("untouched", name, saved.jupyter(course.released(name)))
                old, blank = without_ids(course.solution(name)), without_ids(course.released(name))
                course.hand_in("solution-4.0", name, saved.jupyter(old))
                course.hand_in("untouched-4.0", name, saved.jupyter(blank))
                course.hand_in("solution-colab", name, saved.colab(course.solution(name)))
            course.nbgrader("autograde", name)
        graded[kind] = {name: course.scores(name) for name in names}
        graded[kind, "course"] = course
    return graded


def full_marks(name: str) -> float:
    exercises = load_exercises(ROOT, name).values()
    return sum(e.points for e in exercises if not isinstance(e, Written))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("student", ["solution", "solution-4.0", "solution-colab", "perfect"])
def test_the_solution_earns_all_automatic_points(honest, name, student):
    assert automatic(honest["ours"][name][student]) == full_marks(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("student", ["blank", "untouched", "untouched-4.0"])
def test_the_untouched_notebook_earns_nothing(honest, name, student):
    scores = honest["ours"][name][student]
    assert set(scores.values()) == {0.0}


@pytest.mark.parametrize("name", WITH_STOCK)
@pytest.mark.parametrize("student", ["perfect", "partly", "blank"])
def test_stock_nbgrader_gives_honest_work_the_same_scores(honest, name, student):
    assert honest["ours"][name][student] == honest["stock"][name][student]


@pytest.mark.parametrize("name", NAMES)
def test_partly_right_work_earns_something_between(honest, name):
    assert 0 < automatic(honest["ours"][name]["partly"]) < full_marks(name)


def test_export_has_a_row_for_every_student_and_assignment(honest):
    course = honest["ours", "course"]
    course.nbgrader("export")
    rows = (course.folder / "grades.csv").read_text().splitlines()
    for name in NAMES:
        assert sum(name in row for row in rows) >= 7


@pytest.mark.parametrize("name", NAMES)
def test_feedback_holds_no_hidden_test_and_no_answer(honest, name):
    course = honest["ours", "course"]
    for student in ("blank", "partly"):
        course.nbgrader("generate_feedback", name, "--student", student)
        folder = course.folder / "classroom" / "feedback" / student / name
        html = (folder / f"{name}.html").read_text()
        graded = course.folder / "classroom" / "autograded" / student / name / f"{name}.ipynb"
        for text in (html, graded.read_text()):
            assert "HIDDEN TESTS" not in text
            assert "points_earned" not in text
        for exercise in load_exercises(ROOT, name).values():
            if isinstance(exercise, Number) and exercise.points and exercise.answer > 999:
                assert str(exercise.answer) not in html
                assert f"{exercise.answer:,}" not in html
