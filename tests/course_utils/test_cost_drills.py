"""The drill on bottlenecks agrees with Keras, and tells typical mistakes apart."""

from __future__ import annotations

import pytest

from course_utils.checks import examine
from course_utils.drills import draw


def keras_macs(variables, reduced):
    from keras import Input, layers, models

    from course_utils.arithmetic.models import count_macs

    side, channels = variables["side"], variables["channels"]
    squeeze = [layers.Conv2D(variables["reduced"], 1)] if reduced else []
    conv = layers.Conv2D(variables["filters"], variables["kernel"], padding="same")
    return count_macs(models.Sequential([Input((side, side, channels)), *squeeze, conv]))


@pytest.mark.parametrize("student", [f"student-{number}" for number in range(8)])
def test_the_answer_is_what_keras_counts(student):
    variant = draw("drill_macs", student)
    counted = [keras_macs(variant.variables, reduced) for reduced in (False, True)]
    assert list(variant.answer) == counted
    assert all(str(number) in variant.solution for number in counted)


def test_a_bottleneck_is_narrow_and_saves():
    for number in range(200):
        variant = draw("drill_macs", f"student-{number}")
        assert 2 * variant.variables["reduced"] <= variant.variables["channels"]
        assert variant.answer[1] < variant.answer[0]


def test_variants_differ():
    assert len({draw("drill_macs", f"student-{n}").prompt for n in range(200)}) > 150


def test_the_typical_mistakes_draw_their_hints():
    variant = draw("drill_macs", "practice 1")
    labels = {mistake.label: mistake for mistake in variant.mistakes}
    assert {"forgot the 1×1 layer", "forgot the positions", "valid padding"} <= set(labels)
    for mistake in variant.mistakes:
        assert examine("drill_macs", mistake.value, "practice 1").message == mistake.hint
