"""The drill on separable convolutions agrees with Keras, and can be practised."""

from __future__ import annotations

import pytest

from course_utils.checks import examine
from course_utils.drills import draw


@pytest.mark.parametrize("student", [f"student-{number}" for number in range(8)])
def test_the_answer_is_what_keras_counts(student):
    from keras import Input, layers, models

    variant = draw("drill_separable", student)
    kernel, filters = variant.variables["kernel"], variant.variables["filters"]
    stacks = (
        [layers.Conv2D(filters, kernel, use_bias=False)],
        [layers.DepthwiseConv2D(kernel, use_bias=False)],
        [layers.Conv2D(filters, 1, use_bias=False)],
        [layers.SeparableConv2D(filters, kernel, use_bias=False)],
    )
    shape = (9, 9, variant.variables["channels"])
    counted = [models.Sequential([Input(shape), *s]).count_params() for s in stacks]
    assert list(variant.answer) == counted
    assert all(str(number) in variant.solution for number in counted)


def test_variants_differ():
    assert len({draw("drill_separable", f"student-{n}").prompt for n in range(200)}) > 150


def test_practice_answers_at_once():
    variant = draw("drill_separable", "practice 1")
    assert examine("drill_separable", list(variant.answer), "practice 1").status == "right"
    for mistake in variant.mistakes:
        assert examine("drill_separable", mistake.value, "practice 1").message == mistake.hint


def test_a_drill_for_practice_only_needs_no_table():
    variant = draw("drill_receptive_field", "practice 1")
    assert examine("drill_receptive_field", variant.answer, "practice 1").status == "right"
