"""A simulated class is the same for the same seed, and graded as it says."""

from __future__ import annotations

import collections
import json

import pytest

from grader.demo.course import DUE
from grader.demo.simulated import Shares, hand_in, simulated_class
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
