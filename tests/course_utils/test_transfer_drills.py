"""The drill on trainable weights agrees with Keras' VGG16, and can be practised."""

from __future__ import annotations

import pytest

from course_utils.checks import examine
from course_utils.drills import draw

STUDENTS = [f"student-{number}" for number in range(200)]


def drawn(blocks, side):
    """Return a variant with that many unfrozen blocks on images of that side."""
    variants = (draw("drill_trainable_counts", student) for student in STUDENTS)
    wanted = {"blocks": blocks, "side": side}
    return next(v for v in variants if wanted.items() <= v.variables.items())


@pytest.mark.parametrize("side", [32, 96])
def test_the_answer_is_what_keras_counts(side):
    import keras
    from keras import layers

    base = keras.applications.VGG16(include_top=False, weights=None, input_shape=(side, side, 3))
    for blocks in range(3):
        variant = drawn(blocks, side)
        dense = [layers.Dense(variant.variables[name]) for name in ("units", "classes")]
        model = keras.Sequential([keras.Input((side, side, 3)), base, layers.Flatten(), *dense])
        base.trainable = True
        unfrozen = ("block5", "block4")[:blocks]
        for layer in base.layers:
            layer.trainable = layer.name.startswith(tuple(unfrozen))
        counted = sum(weight.shape.num_elements() for weight in model.trainable_variables)
        assert variant.answer == counted
        assert str(counted) in variant.solution
    keras.backend.clear_session()


def test_variants_differ():
    assert len({draw("drill_trainable_counts", student).prompt for student in STUDENTS}) > 150


def test_practice_answers_at_once():
    for number in range(1, 13):
        seed = f"practice {number}"
        variant = draw("drill_trainable_counts", seed)
        assert examine("drill_trainable_counts", variant.answer, seed).status == "right"
        # Two mistakes may lead to one number: the first one's hint is shown.
        hints = {}
        for mistake in variant.mistakes:
            hints.setdefault(mistake.value, mistake.hint)
        for value, hint in hints.items():
            assert examine("drill_trainable_counts", value, seed).message == hint


def test_the_number_of_unfrozen_blocks_decides_on_the_hints():
    hints = {b: {m.hint for m in drawn(b, 64).mistakes} for b in range(3)}
    assert hints[0] < hints[1] < hints[2]
