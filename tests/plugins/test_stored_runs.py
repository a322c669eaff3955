"""Equal work under equal conditions runs once, and nothing else is ever taken for it."""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from grader.demo import saved
from grader.plugins import stored_runs
from grader.plugins.stored_runs import JobDigests, StoredRuns
from grader.runner import (
    Answer,
    AnswerStep,
    Call,
    CallResult,
    CellOutcome,
    CellStep,
    Job,
    Limits,
    RunResult,
    ServeStep,
)
from tests.classes import Course, automatic

JOB = Job(
    (
        CellStep("a", "x = 1"),
        AnswerStep("b", "f", (Call((np.arange(3.0),), {"n": 2}), Call(((1, 2),)))),
    ),
    Limits(),
    seed=7,
)
RESULT = RunResult(
    cells={"a": CellOutcome("ok", [{"output_type": "stream", "name": "stdout", "text": "é\n"}])},
    answers={
        "b": Answer(
            "callable",
            type_name="function",
            detail="__main__",
            results=(
                CallResult("value", np.array([[1.5, 2.5]], "float32"), seconds=0.25),
                CallResult("error", error_name="KeyError", error_bases=("KeyError", "LookupError")),
            ),
        ),
        "c": Answer("value", [(1, "two"), {"three": 3.0}, None, True]),
    },
    ended="finished",
    wall_seconds=1.25,
    peak_memory_bytes=1000,
)


class CountingPool:
    """Gives every job the same result, at once unless told to wait, and counts."""

    def __init__(self, result=RESULT, waits=False):
        self.result, self.waits, self.jobs = result, waits, []
        self.futures: list[Future] = []

    def __call__(self):
        return self

    def submit(self, key, job):
        self.jobs.append(job)
        self.futures.append(Future())
        if not self.waits:
            self.futures[-1].set_result(self.result)
        return self.futures[-1]


def test_an_equal_job_does_not_run_again(tmp_path):
    pool = CountingPool()
    first = StoredRuns(pool, tmp_path / "runs", 10**6)
    first.submit("ada", JOB).result()
    assert first.known == set()
    later = StoredRuns(pool, tmp_path / "runs", 10**6)
    found = later.submit("ben", JOB).result()
    assert len(pool.jobs) == 1
    assert later.known == {"ben"}
    array = found.answers["b"].results[0].value
    assert (array.dtype, array.tolist()) == (np.float32, [[1.5, 2.5]])
    assert found.answers["b"].results[1] == RESULT.answers["b"].results[1]
    assert found.answers["c"] == RESULT.answers["c"]
    assert found.cells == RESULT.cells
    assert (found.ended, found.wall_seconds) == ("finished", 1.25)


def test_equal_jobs_at_the_same_time_run_once(tmp_path):
    pool = CountingPool(waits=True)
    runs = StoredRuns(pool, tmp_path / "runs", 10**6)
    first, second = runs.submit("ada", JOB), runs.submit("ben", JOB)
    pool.futures[0].set_result(RESULT)
    assert first.result() is second.result() is RESULT
    assert len(pool.jobs) == 1


@pytest.mark.parametrize(
    "changed",
    [
        replace(JOB, seed=8),
        replace(JOB, limits=Limits(cell_seconds=61)),
        replace(JOB, steps=(CellStep("a", "x = 2"), JOB.steps[1])),
        replace(JOB, steps=(CellStep("A", "x = 1"), JOB.steps[1])),
        replace(JOB, steps=JOB.steps[::-1]),
        replace(JOB, steps=(JOB.steps[0], AnswerStep("b", "f", JOB.steps[1].calls[:1]))),
        replace(JOB, steps=(JOB.steps[0], AnswerStep("b", "f", (Call(([1, 2],)),)))),
        replace(JOB, steps=(JOB.steps[0], AnswerStep("b", "f", (Call((), {}, "os.path"),)))),
    ],
)
def test_whatever_can_change_the_outcome_runs_again(tmp_path, changed):
    pool = CountingPool()
    runs = StoredRuns(pool, tmp_path / "runs", 10**6)
    runs.submit("ada", JOB).result()
    runs.submit("ada", changed).result()
    assert len(pool.jobs) == 2


def test_another_version_of_a_library_runs_again(monkeypatch):
    before = JobDigests().of(JOB)
    stored_runs.conditions.cache_clear()
    monkeypatch.setattr("grader.runner.conditions.version", lambda name: "0.0")
    assert JobDigests().of(JOB) != before
    stored_runs.conditions.cache_clear()


def test_a_run_that_is_asked_as_it_goes_has_no_digest():
    with pytest.raises(ValueError, match="ServeStep"):
        JobDigests().of(Job((ServeStep("plain"),)))


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[:50] + bytes([content[50] ^ 1]) + content[51:],
        lambda content: content + b"more",
    ],
)
def test_a_damaged_file_is_noticed_and_replaced(tmp_path, damage):
    pool = CountingPool()
    StoredRuns(pool, tmp_path, 10**6).submit("ada", JOB).result()
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    whole = file.read_bytes()
    file.write_bytes(damage(whole))
    StoredRuns(pool, tmp_path, 10**6).submit("ada", JOB).result()
    assert len(pool.jobs) == 2
    assert file.read_bytes() == whole


def test_a_file_under_another_name_is_refused(tmp_path):
    pool = CountingPool()
    runs = StoredRuns(pool, tmp_path, 10**6)
    runs.submit("ada", JOB).result()
    other = replace(JOB, seed=8)
    (file,) = (path for path in tmp_path.rglob("*") if path.is_file())
    moved = tmp_path / JobDigests().of(other)[:2] / JobDigests().of(other)
    moved.parent.mkdir(exist_ok=True)
    moved.write_bytes(file.read_bytes())
    runs.submit("ben", other).result()
    assert len(pool.jobs) == 2


@pytest.mark.parametrize(
    "unlucky",
    [
        replace(RESULT, ended="killed"),
        replace(RESULT, ended="wall_time"),
        replace(RESULT, cells={"a": CellOutcome("timeout")}),
        replace(RESULT, answers={"b": Answer("timeout")}),
        replace(RESULT, answers={"b": Answer("callable", results=(CallResult("timeout"),))}),
    ],
)
def test_what_a_busy_machine_may_have_caused_gets_another_chance(tmp_path, unlucky):
    pool = CountingPool(unlucky)
    for _ in range(2):
        StoredRuns(pool, tmp_path, 10**6).submit("ada", JOB).result()
    assert len(pool.jobs) == 2


def test_the_folder_stays_within_its_size(tmp_path):
    pool = CountingPool()
    runs = StoredRuns(pool, tmp_path, 3000)
    for seed in range(20):
        runs.submit("ada", replace(JOB, seed=seed)).result()
    sizes = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
    assert 0 < sum(sizes) <= 3000
    StoredRuns(pool, tmp_path, 3000).submit("ada", replace(JOB, seed=19)).result()
    assert len(pool.jobs) == 20


@pytest.mark.parametrize(("most_bytes", "looks"), [(10**9, 1), (100_000, 60)])
def test_keeping_one_more_does_not_look_at_all_that_is_kept(
    tmp_path, monkeypatch, most_bytes, looks
):
    looked, glob = [], Path.glob
    monkeypatch.setattr(Path, "glob", lambda *given: looked.append(1) or glob(*given))
    runs = StoredRuns(CountingPool(), tmp_path, most_bytes)
    for seed in range(300):
        runs.submit("ada", replace(JOB, seed=seed)).result()
    assert len(looked) <= looks


def test_two_that_keep_in_one_folder_stay_near_its_size(tmp_path):
    both = [StoredRuns(CountingPool(), tmp_path, 100_000) for _ in range(2)]
    for seed in range(600):
        both[seed % 2].submit("ada", replace(JOB, seed=seed)).result()
        sizes = [path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()]
        assert sum(sizes) <= 120_000


def test_nothing_is_kept_when_told_so(tmp_path):
    pool = CountingPool()
    runs = StoredRuns(pool, tmp_path / "runs", 0)
    for _ in range(2):
        runs.submit("ada", JOB).result()
    assert len(pool.jobs) == 2
    assert not (tmp_path / "runs").exists()


def test_a_folder_that_cannot_be_written_costs_no_grade(tmp_path):
    (tmp_path / "runs").write_text("in the way")
    runs = StoredRuns(CountingPool(), tmp_path / "runs", 10**6)
    assert runs.submit("ada", JOB).result() is RESULT


NAME = "02_padding_and_strides"
CHANGE = """
from dataclasses import replace

EXERCISES = [
    replace(e, answer=[7, 7, 7]) if e.id == "border_5x5" else e for e in EXERCISES
]
"""


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    course = Course(tmp_path_factory.mktemp("kept"), [NAME])
    for student in ("ada", "ben"):
        course.hand_in(student, NAME, saved.jupyter(course.solution(NAME)))
    course.nbgrader("autograde", NAME)
    return course


def known(course: Course, student: str) -> bool:
    from grader.demo.answers import read_notebook

    path = course.folder / "classroom" / "autograded" / student / NAME / f"{NAME}.ipynb"
    return read_notebook(path)["metadata"]["grader"]["known"]


def test_grading_again_after_a_change_of_a_definition_runs_nothing(course):
    before = course.scores(NAME)
    definitions = course.folder / "solutions" / NAME / "exercises.py"
    # The teacher decides that the first question deserves another answer.
    with definitions.open("a") as file:
        file.write(CHANGE)
    course.nbgrader("autograde", NAME, "--force")
    assert known(course, "ada")
    assert known(course, "ben")
    after = course.scores(NAME)
    assert after["ada"].pop("test_border_5x5") == 0
    assert before["ada"].pop("test_border_5x5") == 2
    assert after["ada"] == before["ada"]


def test_changed_work_runs_and_earns_what_it_deserves(course):
    blank = course.released(NAME)
    course.hand_in("ben", NAME, saved.jupyter(blank))
    course.nbgrader("autograde", NAME, "--force", "--student", "ben")
    assert automatic(course.scores(NAME)["ben"]) == 0
