"""A simulated class is the same for the same seed, and graded as it says."""

from __future__ import annotations

import collections
import json

import pytest

from grader.demo.course import DUE
from grader.demo.simulated import HOSTILE, Shares, hand_in, simulated_class
from grader.exercises import Written
from grader.exercises.catalogue import assignments, load_exercises
from tests.classes import Course, automatic
from tests.conftest import ROOT

NAME = "02_padding_and_strides"
MIXED = Shares(ability=0.6, broken=0.1, hostile=0.3, late=0.3)


def test_the_same_seed_gives_the_same_class_whatever_its_size():
    small = list(simulated_class(ROOT, NAME, 3, seed=5))
    large = list(simulated_class(ROOT, NAME, 5, seed=5))
    assert large[:3] == small
    assert list(simulated_class(ROOT, NAME, 3, seed=6)) != small


def test_a_class_is_made_of_what_was_asked_for():
    shares = Shares(colab=0.5, vs_code=0.0, broken=0.2, late=0.4)
    made = list(simulated_class(ROOT, NAME, 200, seed=1, shares=shares))
    saved = collections.Counter("Colab" in one.story for one in made)
    broken = [one for one in made if "broke off" in one.story]
    assert 70 < saved[True] < 130
    assert 20 < len(broken) < 60
    assert 50 < sum(one.late for one in made) < 110
    assert all(one.points == 0 for one in broken)
    for one in broken:
        with pytest.raises(json.JSONDecodeError):
            json.loads(one.data)


def test_abler_classes_earn_more():
    means = []
    for ability in (0.2, 0.5, 0.9):
        made = list(simulated_class(ROOT, NAME, 60, shares=Shares(ability=ability, broken=0)))
        means.append(sum(one.points for one in made) / len(made))
    assert means == sorted(means)
    assert means[2] > 2 * means[0]


@pytest.mark.parametrize("name", assignments(ROOT))
def test_who_gets_all_right_earns_all_automatic_points(name):
    shares = Shares(ability=1 - 1e-9, broken=0, hostile=0)
    exercises = load_exercises(ROOT, name).values()
    possible = sum(one.points for one in exercises if not isinstance(one, Written))
    assert {one.points for one in simulated_class(ROOT, name, 3, shares=shares)} == {possible}


def test_what_is_hostile_stands_in_the_last_answer_that_earns_points():
    # Here the last one is checked for three exercises, in a cell of another name.
    name = "05_data_augmentation"
    for one in simulated_class(ROOT, name, 6, shares=Shares(hostile=1, broken=0)):
        cells = json.loads(one.data)["cells"]
        sources = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        (place,) = (i for i, source in enumerate(sources) if source in HOSTILE.values())
        after = [source for source in sources[place + 1 :] if source.startswith("check(")]
        assert len(after) == 1
        assert 'check("homework_model"' in after[0]


def test_everyone_gets_the_points_the_class_says(tmp_path):
    course = Course(tmp_path, [NAME])
    made = list(simulated_class(ROOT, NAME, 24, seed=3, shares=MIXED))
    for one in made:
        hand_in(course.folder, NAME, one, DUE)
    course.nbgrader("autograde", NAME)
    scores = course.scores(NAME)
    assert {one.student: automatic(scores[one.student]) for one in made} == pytest.approx(
        {one.student: one.points for one in made}
    )
