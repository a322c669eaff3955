"""What the definitions compute equals a key that was worked out apart from them.

``answer_key.json`` was computed by building each thing in Keras or NumPy, not by the definitions.
A definition and its key may only change together, for a reason.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from course_utils.answer_types import canonical
from grader.exercises import Function, Number, Table
from grader.exercises.catalogue import assignments, load_exercises
from grader.exercises.models import Block, ModelExercise, paper
from grader.exercises.values import ValueExercise
from tests.conftest import ROOT

KEY = json.loads(Path(__file__).with_name("answer_key.json").read_text(encoding="utf-8"))
EXERCISES = {
    id: exercise
    for name in assignments(ROOT)
    for id, exercise in load_exercises(ROOT, name).items()
}
# The arguments that the names of variants in the key stand for.
BLOCKS = {
    "16-16-1": (((28, 28, 16), 16), {"stride": 1}),
    "16-32-1": (((28, 28, 16), 32), {"stride": 1}),
    "16-32-2": (((28, 28, 16), 32), {"stride": 2}),
    "3a": (((28, 28, 192), 64, 96, 128, 16, 32, 32), {}),
    "3b": (((28, 28, 256), 128, 128, 192, 32, 96, 64), {}),
    "k12_n4_k0_16": (((32, 32, 16), 12, 4), {}),
    "k4_n4_k0_4": (((32, 32, 4), 4, 4), {}),
}


def computed(exercise, expected):
    """Return what a definition computes, in the form of its entry in the key."""
    if isinstance(exercise, ModelExercise):
        return exercise.network.params
    if isinstance(exercise, Block):
        return {variant: block_params(exercise, *BLOCKS[variant]) for variant in expected}
    if isinstance(exercise, Function):
        return {argument: exercise.reference(int(argument)) for argument in expected}
    if isinstance(exercise, Table):
        cells = exercise.cells(exercise.answer)
        return {row: cells[row]["keras_params"] for row in expected}
    return exercise.answer


def block_params(exercise, args, kwargs):
    from course_utils.networks.network import read_network

    return read_network(paper.describe_block(exercise.reference, *args, **kwargs)).params


@pytest.mark.parametrize("id", KEY)
def test_definition_computes_the_key(id):
    exercise, expected = EXERCISES[id], KEY[id]
    answer = computed(exercise, expected)
    if isinstance(exercise, Number) and exercise.tolerance:
        assert answer == pytest.approx(expected, abs=exercise.tolerance)
    elif isinstance(expected, dict):
        assert answer == expected
    else:
        assert canonical(answer) == canonical(expected)


def test_every_exercise_with_a_known_value_is_in_the_key():
    graded = {id for id, e in EXERCISES.items() if isinstance(e, ValueExercise) and e.points}
    assert graded <= set(KEY)
