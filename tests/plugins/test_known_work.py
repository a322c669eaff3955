"""Work whose answers are kept is judged beside the recorder, and whatever happens there, graded."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest

from grader.demo.saved import jupyter
from grader.plugins.known_work import KnownWork
from tests.classes import Course

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


@pytest.fixture(autouse=True)
def alone():
    """Wait until the threads of the test before have ended: beside others nothing is forked."""
    end = time.monotonic() + 30
    while threading.active_count() > 1 and time.monotonic() < end:
        time.sleep(0.01)


def everything_but_new(path: str) -> dict | None:
    return None if path.startswith("new") else {"path": path, "pid": os.getpid()}


def paths(*names: str) -> list[str]:
    return list(names)


def test_known_work_is_judged_in_another_process_and_in_any_order():
    work = KnownWork(everything_but_new, worthwhile=True)
    assert work.may_know("b") is False
    first = work.take("a", paths("b", "c"))
    assert first["path"] == "a"
    assert first["pid"] != os.getpid()
    assert work.may_know("b")
    assert work.take("c", paths("b")) == {**first, "path": "c"}
    assert work.take("b", paths()) == {**first, "path": "b"}


def test_new_work_is_not_known_and_the_rest_still_is():
    work = KnownWork(everything_but_new, worthwhile=True)
    assert work.take("new1", paths("new2", "a")) is None
    assert work.take("new2", paths("a")) is None
    assert not work.may_know("new2")
    assert work.take("a", paths())["path"] == "a"


def test_a_class_of_new_work_is_soon_left_alone():
    work = KnownWork(everything_but_new, worthwhile=True)
    order = [f"new{number}" for number in range(6)]
    for number, path in enumerate(order[:4]):
        assert work.take(path, order[number + 1 : number + 3]) is None
    assert work.take("a", paths("b")) is None
    assert not work.may_know("b")


@pytest.mark.parametrize("harm", [ValueError("odd"), signal.SIGKILL])
def test_what_fails_there_is_left_to_the_recorder(harm):
    recorder = os.getpid()

    def judge(path: str) -> dict:
        assert os.getpid() != recorder
        if isinstance(harm, Exception):
            raise harm
        os.kill(os.getpid(), harm)

    work = KnownWork(judge, worthwhile=True)
    assert work.take("a", paths("b")) is None
    assert work.take("b", paths("c")) is None


def test_nothing_is_forked_beside_other_threads():
    done = threading.Event()
    other = threading.Thread(target=done.wait)
    other.start()
    try:
        work = KnownWork(everything_but_new, worthwhile=True)
        assert work.take("a", paths("b")) is None
        assert not work.may_know("b")
    finally:
        done.set()
        other.join()


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
