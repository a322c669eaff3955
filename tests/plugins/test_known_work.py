"""Work whose answers are kept is judged beside the recorder, and whatever happens there, graded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from grader.demo.saved import jupyter
from tests.classes import Course
from tests.plugins.recorder_alone import alone

ASSIGNMENT = "03_max_pooling"
WATCHED = """
import os

from grader.exercises import Exercise


def _note():
    with open({pids!r}, "a") as file:
        print(os.getpid(), file=file)


def _noted(self, *given, _verdict=Exercise.verdict, **more):
    _note()
    return _verdict(self, *given, **more)


_note()
Exercise.verdict = _noted
"""


def test_known_work_is_judged_in_another_process_and_in_any_order():
    told = alone("everything_but_new", ["a", "c", "b"], ["a", "b", "c"])
    assert {path: known["path"] for path, known in told["known"].items()} == {
        "a": "a",
        "b": "b",
        "c": "c",
    }
    (judge,) = {known["pid"] for known in told["known"].values()}
    assert judge != told["recorder"]
    assert told["expected"] == {"a": ["b", "c"], "c": ["b"], "b": []}


def test_new_work_is_not_known_and_the_rest_still_is():
    told = alone("everything_but_new", ["new1", "new2", "a"], ["new1", "new2", "a"])
    assert told["known"]["new1"] is None
    assert told["known"]["new2"] is None
    assert told["known"]["a"]["path"] == "a"
    assert "a" in told["expected"]["new2"]


def test_a_class_of_new_work_is_soon_left_alone():
    new = [f"new{number}" for number in range(6)]
    told = alone("everything_but_new", [*new[:4], "a"], [*new, "a", "b"])
    assert told["forks"] == 1
    assert not any(told["known"].values())
    assert "b" not in told["expected"]["a"]


@pytest.mark.parametrize("judge", ["refuse", "die"])
def test_what_fails_there_is_left_to_the_recorder(judge):
    told = alone(judge, ["a", "b"], ["a", "b"])
    assert told["forks"] == 1
    assert told["known"] == {"a": None, "b": None}


def test_nothing_is_forked_beside_other_threads():
    told = alone("everything_but_new", ["a"], ["a", "b"], threads=1)
    assert told["forks"] == 0
    assert told["known"] == {"a": None}
    assert told["expected"] == {"a": []}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    one = Course(tmp_path_factory.mktemp("known"), [ASSIGNMENT])
    for number, student in enumerate("abcdef"):
        notebook = one.solution(ASSIGNMENT) if number % 2 else one.released(ASSIGNMENT)
        one.hand_in(student, ASSIGNMENT, jupyter(notebook))
    one.nbgrader("autograde", ASSIGNMENT)
    return one


def graded(course: Course) -> dict[str, str]:
    folder = course.folder / "classroom" / "autograded"
    return {
        path.parent.parent.name: path.read_text() for path in folder.glob("*/*/*.ipynb")
    }  # fmt: skip


def test_grading_again_gives_the_same_grades_and_leaves_no_process(course):
    scores = course.scores(ASSIGNMENT)
    course.nbgrader("autograde", ASSIGNMENT, "--force")
    again = graded(course)
    assert course.scores(ASSIGNMENT) == scores
    course.nbgrader("autograde", ASSIGNMENT, "--force")
    assert graded(course) == again
    assert not _processes_in(course.folder)


def test_verdicts_of_known_work_are_found_outside_the_recorder(course):
    scores, pids = course.scores(ASSIGNMENT), course.folder / "pids"
    definitions = course.folder / "solutions" / ASSIGNMENT / "exercises.py"
    before = definitions.read_text(encoding="utf-8")
    definitions.write_text(before + WATCHED.format(pids=str(pids)), encoding="utf-8")
    course.nbgrader("autograde", ASSIGNMENT, "--force")
    definitions.write_text(before, encoding="utf-8")
    recorder, *judges = pids.read_text().split()
    assert judges
    assert recorder not in judges
    assert course.scores(ASSIGNMENT) == scores


def test_one_changed_submission_among_known_ones_is_run(course):
    best = course.scores(ASSIGNMENT)["b"]
    changed = course.solution(ASSIGNMENT)
    cells = [cell for cell in changed["cells"] if cell["cell_type"] == "code"]
    cells[-1]["source"] += "\n# thought about again"
    course.hand_in("c", ASSIGNMENT, jupyter(changed))
    course.nbgrader("autograde", ASSIGNMENT, "--force")
    assert course.scores(ASSIGNMENT)["c"] == best


def _processes_in(folder: Path) -> list[str]:
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if Path(os.readlink(process / "cwd")).is_relative_to(folder):
                found.append((process / "cmdline").read_text())
        except OSError:
            continue
    return found
