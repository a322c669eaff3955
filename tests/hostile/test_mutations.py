"""Whatever happens to a file: one record, never more points than it deserves, no harm to others."""

from __future__ import annotations

import pytest

from grader.demo.simulated import Shares, simulated_class
from grader.runner import describe_isolation
from tests.classes import Course, automatic
from tests.conftest import ROOT
from tests.hostile.mutations import mutated

NAME = "02_padding_and_strides"
HONEST = Shares(ability=0.8, colab=0.25, vs_code=0.1, broken=0.0, hostile=0.0)
CLASSMATES = 5


@pytest.fixture(scope="module")
def damaged(tmp_path_factory, long):
    """A graded class: what was done to each file, what it deserves at most, what it got."""
    problem = describe_isolation().problem
    if problem:
        pytest.skip(f"this machine cannot isolate processes: {problem}")
    mutations = 2000 if long else 60
    course = Course(tmp_path_factory.mktemp("damaged"), [NAME], cell_seconds=20)
    honest = list(simulated_class(ROOT, NAME, 20 + CLASSMATES, seed=7, shares=HONEST))
    classmates, models = honest[:CLASSMATES], honest[CLASSMATES:]
    most, stories = {}, {}
    for seed in range(mutations):
        model, student = models[seed % len(models)], f"m{seed:04d}"
        stories[student], data = mutated(model.data, seed)
        most[student] = model.points
        course.hand_in(student, NAME, data)
    for classmate in classmates:
        course.hand_in(classmate.student, NAME, classmate.data)
    done = course.nbgrader("autograde", NAME, check=False)
    return course, classmates, most, stories, done


def test_grading_ends_well(damaged):
    done = damaged[-1]
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr


def test_every_file_has_exactly_one_record(damaged):
    course, classmates, most, _, _ = damaged
    with course.gradebook() as book:
        found = [one.student.id for one in book.assignment_submissions(NAME)]
    assert sorted(found) == sorted([*most, *(one.student for one in classmates)])


def test_no_file_earns_more_than_it_deserves(damaged):
    course, _, most, stories, _ = damaged
    scores = course.scores(NAME)
    too_good = {
        student: (stories[student], automatic(scores[student]), points)
        for student, points in most.items()
        if automatic(scores[student]) > points + 1e-9
    }
    assert too_good == {}


def test_much_of_what_was_right_survives(damaged):
    course, _, most, _, _ = damaged
    scores = course.scores(NAME)
    kept = sum(automatic(scores[student]) for student in most)
    assert kept > 0.5 * sum(most.values())


def test_classmates_get_what_they_deserve(damaged):
    course, classmates, *_ = damaged
    scores = course.scores(NAME)
    for classmate in classmates:
        assert automatic(scores[classmate.student]) == pytest.approx(classmate.points)
