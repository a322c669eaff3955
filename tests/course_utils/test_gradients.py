"""Gradient norms in Keras, and how a student's function is tried on small models."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.backprop import kernel_gradients
from course_utils.gradients import DECIMALS, gradient_norms, keras_chain, norms_of_chain
from grader.exercises.catalogue import load_exercises
from tests.conftest import ROOT
from tests.course_utils.test_backprop import CHAIN, X, Y

CALLS = load_exercises(ROOT, "07_depth_and_training")["gradient_norms"].calls


def numpy_norms(chain, x, y):
    return [float(np.linalg.norm(one)) for one in kernel_gradients(chain, x, y)]


@pytest.mark.parametrize("case", [(CHAIN, X, Y), *(call.args for call in CALLS)])
def test_keras_and_numpy_agree(case):
    chain, x, y = case
    model = keras_chain(chain, x.shape[1:])
    assert gradient_norms(model, x, y) == pytest.approx(numpy_norms(*case), rel=1e-4)
    assert norms_of_chain(gradient_norms, *case) == [
        round(norm, DECIMALS) for norm in numpy_norms(*case)
    ]


@pytest.mark.parametrize("call", CALLS)
def test_no_norm_of_the_exercise_is_nearly_rounded_the_other_way(call):
    for norm in numpy_norms(*call.args):
        unit = norm * 10**DECIMALS
        assert abs(unit % 1 - 0.5) > 50 * unit * np.finfo("float32").eps


def test_tiny_gradients_do_not_underflow():
    chain = [("dense", np.eye(2), np.zeros(2)), ("dense", 1e-25 * np.eye(2), np.zeros(2))]
    norms = gradient_norms(keras_chain(chain, (2,)), np.ones((1, 2)), np.array([0]))
    assert 0 < norms[0] < 1e-24


def test_measuring_changes_no_trainable_weight():
    model = keras_chain(CHAIN, X.shape[1:])
    before = [np.asarray(weight).copy() for weight in model.trainable_weights]
    gradient_norms(model, X, Y)
    for old, new in zip(before, model.trainable_weights, strict=True):
        assert np.array_equal(old, np.asarray(new))


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (3.0, "type float"),
        ([np.ones((2, 2))], r"shape \(2, 2\)"),
        (["1"], "type str"),
        (np.ones((2, 2)), r"shape \(2, 2\)"),
    ],
)
def test_results_that_are_no_list_of_numbers_are_explained(result, told):
    with pytest.raises(TypeError, match=told):
        norms_of_chain(lambda model, x, y: result, CHAIN, X, Y)


def test_lists_of_tensors_and_arrays_count():
    import tensorflow as tf

    assert norms_of_chain(lambda *_: None, CHAIN, X, Y) is None
    assert norms_of_chain(lambda *_: [tf.constant(2.0)], CHAIN, X, Y) == [2]
    assert norms_of_chain(lambda *_: np.array([1.0, 2.0]), CHAIN, X, Y) == [1, 2]
