"""The drill on the parameters of a small network agrees with Keras, and names mistakes."""

from __future__ import annotations

import pytest

from course_utils.checks import examine
from course_utils.drills import draw

DRILL = "drill_conv_stack_params"
STUDENTS = [f"student-{number}" for number in range(200)]


def in_keras(v: dict, padding: str | None = None, use_bias: bool = True):
    from keras import Input, layers, models

    padding = padding or v["padding"]
    options = {"padding": padding, "use_bias": use_bias}
    return models.Sequential(
        [
            Input((v["side"], v["side"], v["channels"])),
            layers.Conv2D(v["filters1"], v["kernel1"], **options),
            layers.MaxPooling2D(2),
            layers.Conv2D(v["filters2"], v["kernel2"], **options),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(v["units"], use_bias=use_bias),
        ]
    )


@pytest.mark.parametrize("student", ["student-demo", *STUDENTS[:8]])
def test_the_answer_is_what_keras_counts(student):
    variant = draw(DRILL, student)
    model = in_keras(variant.variables)
    assert variant.answer == model.count_params()
    for layer in model.layers:
        if layer.weights:
            assert str(layer.count_params()) in variant.solution
    assert variant.solution.endswith(f"= {variant.answer}")


@pytest.mark.parametrize("student", STUDENTS[:4])
def test_wrong_formulas_are_what_their_labels_say(student):
    variant = draw(DRILL, student)
    wrong = {mistake.label: mistake.value for mistake in variant.mistakes}
    other = {"valid": "same", "same": "valid"}[variant.variables["padding"]]
    assert wrong["forgot the biases"] == in_keras(variant.variables, use_bias=False).count_params()
    assert wrong["took the other padding"] == in_keras(variant.variables, other).count_params()
    assert "forgot the spatial size in Flatten" in wrong


def test_rounding_up_is_named_where_it_matters():
    labels = [{m.label for m in draw(DRILL, student).mistakes} for student in STUDENTS]
    named = sum("rounded the poolings up" in names for names in labels)
    assert 0 < named < len(STUDENTS)


def test_every_variant_leaves_a_map_of_at_least_two_by_two_and_variants_differ():
    variants = [draw(DRILL, student) for student in STUDENTS]
    for variant in variants:
        assert in_range(variant.variables)
    assert len({variant.prompt for variant in variants}) > 190


def in_range(v: dict) -> bool:
    lost1, lost2 = (v["kernel1"] - 1, v["kernel2"] - 1) if v["padding"] == "valid" else (0, 0)
    last = ((v["side"] - lost1) // 2 - lost2) // 2
    return 24 <= v["side"] <= 64 and 5 <= v["units"] <= 20 and last >= 2


def test_practice_answers_at_once():
    variant = draw(DRILL, "practice 1")
    assert examine(DRILL, variant.answer, "practice 1").status == "right"
    hints = {mistake.value: mistake.hint for mistake in reversed(variant.mistakes)}
    for value, hint in hints.items():
        assert examine(DRILL, value, "practice 1").message == hint
