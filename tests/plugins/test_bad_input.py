"""Whatever is handed in or typed: one clear line, one record, and nobody else is hurt."""

from __future__ import annotations

import json

import pytest

from grader.demo import saved
from grader.demo.answers import answered, unanswered, with_answers
from grader.report import read_reports
from tests.classes import Course, automatic
from tests.conftest import ROOT

NAME = "02_padding_and_strides"
FULL = 18.0

DEEP = b"[" * 200_000
BROKEN = {
    "empty": b"",
    "not-json": b"this is not a notebook",
    "invalid-utf8": b'{"cells": [\xff\xfe\x00]}',
    "deep": DEEP,
    "a-list": b"[]",
    "zip": b"PK\x03\x04" + bytes(100),
}


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("bad"), [NAME])
    right = answered(course.released(NAME), course.solution(NAME), "right")
    for student, data in BROKEN.items():
        course.hand_in(student, NAME, data)
    course.hand_in("no-cells", NAME, json.dumps({**right, "cells": []}).encode())
    schema = json.loads(json.dumps(right))
    for cell in schema["cells"]:
        cell["metadata"].get("nbgrader", {}).update(schema_version=99)
    course.hand_in("schema-99", NAME, saved.jupyter(schema))
    folder = course.hand_in("renamed", NAME, saved.jupyter(right))
    (folder / f"{NAME}.ipynb").rename(folder / f"Copy of {NAME} (1).ipynb")
    folder = course.hand_in("linked", NAME, b"")
    (folder / f"{NAME}.ipynb").unlink()
    (folder / f"{NAME}.ipynb").symlink_to(course.folder / "classroom" / "gradebook.db")
    folder = course.hand_in("two-files", NAME, saved.jupyter(right))
    (folder / "scratch.ipynb").write_bytes(saved.jupyter(right))
    own = with_answers(right, {"border_5x5": "from course_utils.arithmetic import receptive_field"})
    course.hand_in("stderr", NAME, saved.jupyter(_noisy(own)))
    borrowed = "from course_utils.arithmetic import conv_output_length"
    course.hand_in(
        "borrowed", NAME, saved.jupyter(with_answers(right, {"conv_output_length": borrowed}))
    )
    course.hand_in("right", NAME, saved.jupyter(right))
    course.hand_in("zz-right", NAME, saved.jupyter(right))
    script = with_answers(right, {"why_strides_written": "<script>alert(1)</script> " * 3})
    course.hand_in("script", NAME, saved.jupyter(script))
    copied = with_answers(right, {"student_id": 'STUDENT_ID = "right"'})
    course.hand_in("copied-drill", NAME, saved.jupyter(copied))
    done = course.nbgrader("autograde", NAME)
    return course, course.scores(NAME), done.stderr


def _noisy(notebook: dict) -> dict:
    cell = saved.cell_of(notebook, "pad_amounts")
    cell["source"] += "\nimport sys\nprint('WARNING: oneDNN', file=sys.stderr)"
    return notebook


@pytest.mark.parametrize("student", [*BROKEN, "linked"])
def test_unreadable_files_earn_nothing_and_are_flagged(graded, student):
    course, scores, _ = graded
    assert set(scores[student].values()) == {0.0}
    with course.gradebook() as book:
        grades = book.find_submission(NAME, student).notebooks[0].grades
        assert all(grade.needs_manual_grade for grade in grades)


@pytest.mark.parametrize("student", list(BROKEN))
def test_the_student_is_told_what_to_do(graded, student):
    course = graded[0]
    course.nbgrader("generate_feedback", NAME, "--student", student, "--force")
    html = course.folder / "classroom" / "feedback" / student / NAME / f"{NAME}.html"
    text = html.read_text()
    assert "About your file" in text
    assert "once more" in text or "itself" in text


def test_an_empty_notebook_is_readable_and_unanswered(graded):
    assert automatic(graded[1]["no-cells"]) == 0


@pytest.mark.parametrize("student", ["right", "zz-right", "renamed", "two-files", "schema-99"])
def test_right_work_earns_everything_whatever_the_neighbours_did(graded, student):
    scores = graded[1][student]
    lost = 0 if student == "right" else 1  # their drill is the variant of "right"
    assert automatic(scores) >= FULL - lost


def test_warnings_on_stderr_cost_nothing(graded):
    assert graded[1]["stderr"]["test_pad_amounts"] == 2.0


def test_the_courses_own_function_is_no_answer(graded):
    assert graded[1]["borrowed"]["test_conv_output_length"] == 0.0


def test_a_classmates_drill_earns_nothing(graded):
    assert graded[1]["copied-drill"]["test_drill_output_shape"] == 0.0


def test_markup_in_a_written_answer_cannot_act(graded):
    course = graded[0]
    course.nbgrader("generate_feedback", NAME, "--student", "script", "--force")
    for part, suffix in (("autograded", "ipynb"), ("feedback", "html")):
        path = course.folder / "classroom" / part / "script" / NAME / f"{NAME}.{suffix}"
        assert "<script>alert(1)" not in path.read_text()


def test_a_renamed_file_is_reported(graded):
    notes = {r.student: " ".join(r.notes) for r in read_reports(graded[0].folder)}
    assert "Copy of" in notes["renamed"]


def test_no_traceback_reaches_the_instructor(graded):
    assert "Traceback" not in graded[2]


def test_manual_scores_survive_a_re_grade(graded):
    course = graded[0]
    with course.gradebook() as book:
        notebook = book.find_submission(NAME, "right").notebooks[0]
        written = next(g for g in notebook.grades if g.name == "why_strides_written")
        written.manual_score, written.needs_manual_grade = 1.5, False
        graded_by_hand = next(g for g in notebook.grades if g.name == "test_pad_amounts")
        graded_by_hand.manual_score = 0.5
        comment = next(c for c in notebook.comments if c.name == "why_strides_written")
        comment.manual_comment = "Good."
        book.db.commit()
    released, solution = course.released(NAME), course.solution(NAME)
    worse = unanswered(answered(released, solution, "right"), released, ["border_5x5"])
    course.hand_in("right", NAME, saved.jupyter(worse))
    course.nbgrader("autograde", NAME, "--student", "right", "--force")
    with course.gradebook() as book:
        notebook = book.find_submission(NAME, "right").notebooks[0]
        grades = {grade.name: grade for grade in notebook.grades}
        comments = {comment.name: comment for comment in notebook.comments}
        assert grades["why_strides_written"].manual_score == 1.5
        assert grades["test_pad_amounts"].score == 0.5
        assert grades["test_border_5x5"].auto_score == 0.0
        assert comments["why_strides_written"].manual_comment == "Good."


def test_a_missing_gradebook_entry_says_what_to_type(tmp_path):
    course = Course(tmp_path, [NAME])
    course.hand_in("anna", NAME, b"")
    (tmp_path / "classroom" / "gradebook.db").unlink()
    done = course.nbgrader("autograde", NAME, check=False)
    assert done.returncode != 0
    assert f"nbgrader generate_assignment {NAME}" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_assignment_is_named(graded):
    done = graded[0].nbgrader("autograde", "02_paddings", check=False)
    assert done.returncode != 0
    assert NAME in done.stderr
    assert "Traceback" not in done.stderr


def test_releasing_again_changes_no_notebook(tmp_path):
    course = Course(tmp_path, [NAME])
    released = course.folder / "notebooks" / NAME / f"{NAME}.ipynb"
    assert released.read_bytes() == (ROOT / "notebooks" / NAME / f"{NAME}.ipynb").read_bytes()


def test_a_mistake_in_the_definitions_is_named_and_changes_no_grade(tmp_path):
    course = Course(tmp_path, [NAME])
    course.hand_in("ada", NAME, saved.jupyter(course.solution(NAME)))
    definitions = course.folder / "solutions" / NAME / "exercises.py"
    text = definitions.read_text()
    for mistake, told in (("EXERCISES = [", "SyntaxError"), ("1 / 0", "ZeroDivisionError")):
        definitions.write_text(f"{text}\n{mistake}\n")
        done = course.nbgrader("autograde", NAME, check=False)
        line = len(text.splitlines()) + 2
        assert f"solutions/{NAME}/exercises.py, line {line}: {told}" in done.stderr
        assert "Traceback" not in done.stderr
        assert course.scores(NAME) == {}


def _without_points(notebook: dict) -> bytes:
    next(
        cell["metadata"]["nbgrader"]
        for cell in notebook["cells"]
        if "points" in cell["metadata"].get("nbgrader", {})
    ).pop("points")
    return saved.jupyter(notebook)


def _of_the_future(notebook: dict) -> bytes:
    saved.cell_of(notebook, "pad_amounts")["metadata"]["nbgrader"]["schema_version"] = 99
    return saved.jupyter(notebook)


def _twice(notebook: dict) -> bytes:
    notebook["cells"].append(saved.cell_of(notebook, "pad_amounts"))
    return saved.jupyter(notebook)


DAMAGES = {
    "cut short": lambda notebook: saved.jupyter(notebook)[:1000],
    "a list": lambda notebook: b"[]",
    "a cell without metadata": lambda notebook: b'{"cells": [{"source": ""}]}',
    "no points": _without_points,
    "another nbgrader's": _of_the_future,
    "a cell twice": _twice,
}


def test_a_damaged_released_notebook_is_named_and_changes_no_grade(tmp_path):
    course = Course(tmp_path, [NAME])
    released = course.released(NAME)
    right = answered(released, course.solution(NAME), "right")
    folder = course.hand_in("right", NAME, saved.jupyter(right))
    course.nbgrader("autograde", NAME)
    before = course.scores(NAME)
    graded = course.folder / "classroom" / "autograded" / "right" / NAME / f"{NAME}.ipynb"
    kept = graded.read_bytes()
    (folder / "timestamp.txt").write_text("yesterday")
    file = course.folder / "notebooks" / NAME / f"{NAME}.ipynb"
    for damage, make in DAMAGES.items():
        file.write_bytes(make(json.loads(json.dumps(released))))
        done = course.nbgrader("autograde", NAME, "--force", check=False)
        assert done.returncode != 0, damage
        assert f"{file} cannot be used" in done.stderr, damage
        assert f"nbgrader generate_assignment {NAME} --force" in done.stderr, damage
        assert "Traceback" not in done.stderr, damage
        assert course.scores(NAME) == before, damage
        assert graded.read_bytes() == kept, damage
        assert (folder / "timestamp.txt").exists(), damage
    course.nbgrader("generate_assignment", NAME, "--force")
    course.nbgrader("autograde", NAME, "--force")
    assert course.scores(NAME) == before
