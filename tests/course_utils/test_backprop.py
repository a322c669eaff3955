"""NumPy's gradients are those of finite differences and of Keras."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from course_utils import backprop
from course_utils.backprop import cross_entropy, kernel_gradients, trace_chain

RNG = np.random.default_rng(5)
CHAIN = [
    ("conv", RNG.normal(size=(3, 3, 2, 3)), RNG.normal(size=3)),
    ("batchnorm", RNG.normal(size=3), RNG.normal(size=3)),
    ("relu",),
    ("conv", RNG.normal(size=(1, 3, 3, 2)), RNG.normal(size=2)),
    ("sigmoid",),
    ("flatten",),
    ("dense", RNG.normal(size=(24, 5)), RNG.normal(size=5)),
    ("batchnorm", RNG.normal(size=5), RNG.normal(size=5)),
    ("sigmoid",),
    ("dense", RNG.normal(size=(5, 4)), RNG.normal(size=4)),
]
X, Y = RNG.normal(size=(6, 3, 4, 2)), np.array([0, 1, 2, 3, 0, 1])


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(backprop).failed == 0


@pytest.mark.parametrize("step", [0, 1, 3, 6, 7, 9])
@pytest.mark.parametrize("weight", [1, 2])
def test_gradients_are_slopes(step, weight):
    found = trace_chain(CHAIN, X, Y).gradients[step][weight - 1]
    values = CHAIN[step][weight]
    for place in [(0,) * values.ndim, tuple(size - 1 for size in values.shape)]:
        losses = []
        for nudge in (1e-5, -1e-5):
            moved = values.copy()
            moved[place] += nudge
            changed = [list(one) for one in CHAIN]
            changed[step][weight] = moved
            losses.append(trace_chain(changed, X, Y).loss)
        slope = (losses[0] - losses[1]) / 2e-5
        assert found[place] == pytest.approx(slope, rel=1e-4, abs=1e-8)


def test_kernels_are_picked_in_order():
    shapes = [one.shape for one in kernel_gradients(CHAIN, X, Y)]
    assert shapes == [(3, 3, 2, 3), (1, 3, 3, 2), (24, 5), (5, 4)]


def test_huge_scores_give_finite_losses():
    loss, slope = cross_entropy(np.array([[1e6, 0.0, -1e6]]), [2])
    assert loss == pytest.approx(2e6)
    assert np.allclose(slope, [[1, 0, -1]])


def test_unknown_steps_are_refused():
    with pytest.raises(ValueError, match="'tanh'"):
        trace_chain([("tanh",)], X, Y)
