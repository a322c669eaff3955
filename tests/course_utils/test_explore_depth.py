"""The figures of notebook 07 say what Keras computes."""

from __future__ import annotations

import doctest
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from course_utils.datasets import load_digits_images
from course_utils.explore import depth, normalisation
from course_utils.gradients import gradient_norms, keras_chain
from course_utils.plots.gradients import FLOOR, plot_gradient_norms
from course_utils.plots.style import ORANGE
from tests.course_utils.figures import assert_fits_a_notebook, words

DIGITS = load_digits_images(size=8)
X, Y = DIGITS.x_train[:16], DIGITS.y_train[:16]
TABLE = pd.DataFrame(
    {"depth": [30, 2, 8], "train_accuracy": [0.1, 0.9, 0.95], "val_accuracy": [0.08, 0.92, 0.9]}
)


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(depth).failed == 0


@pytest.mark.parametrize("gain", [1, 2, 8])
def test_weights_are_drawn_as_keras_draws_them(gain):
    from keras.initializers import VarianceScaling

    shape = (3, 3, 16, 16)
    ours = depth.random_chain(2, gain=gain)[2][1]
    theirs = np.asarray(VarianceScaling(gain, "fan_avg", "uniform", seed=1)(shape))
    assert ours.shape == shape
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.01)
    assert ours.std() == pytest.approx(theirs.std(), rel=0.05)


@pytest.mark.parametrize("batchnorm", [False, True])
def test_the_exploration_shows_the_gradients_of_keras(batchnorm):
    chain = depth.random_chain(4, "relu", 2, batchnorm)
    signal, gradient = depth.signal_and_gradient(chain, X, Y)
    assert len(signal) == len(gradient) == 4
    norms = gradient_norms(keras_chain(chain, X.shape[1:]), X, Y)
    assert gradient == pytest.approx(norms[:-1], rel=1e-3)


def test_small_weights_vanish_and_large_ones_explode():
    ends = {gain: depth.signal_and_gradient(depth.random_chain(30, "relu", gain), X, Y)
            for gain in (1, 2, 4)}  # fmt: skip
    signals = [ends[gain][0][-1] for gain in (1, 2, 4)]
    gradients = [ends[gain][1][0] for gain in (1, 2, 4)]
    assert signals[0] < 1e-6 < signals[1] < 1 < signals[2]
    assert gradients[0] < 1e-4 < gradients[1] < 1 < gradients[2]


def test_sigmoids_lose_the_gradient_on_its_way_back():
    _, gradient = depth.signal_and_gradient(depth.random_chain(12, "sigmoid"), X, Y)
    assert all(early < late for early, late in pairwise(gradient))
    assert gradient[0] < 0.25**8 * gradient[-1]


def test_one_curve_for_each_network_and_zeros_stay_visible():
    figure = plot_gradient_norms({"a": [1e-3, 1e-2], "b": [0.0, 1.0, 2.0]}, title="norms")
    lines = figure.axes[0].lines
    assert [len(line.get_xdata()) for line in lines] == [2, 3]
    assert lines[1].get_ydata()[0] == FLOOR
    assert len({line.get_marker() for line in lines}) == 2
    with pytest.raises(ValueError, match="at least one"):
        plot_gradient_norms({})


def test_accuracy_is_drawn_in_the_order_of_depth():
    lines = depth.plot_accuracy_by_depth(TABLE).axes[0].lines
    assert lines[0].get_xdata().tolist() == [2, 8, 30]
    assert lines[1].get_ydata().tolist() == [0.92, 0.9, 0.08]


def test_batch_normalisation_averages_one_channel_of_all_images():
    axes = normalisation.plot_averaged_together(images=3, channels=2, side=3).axes
    counts = [sum(to_hex(p.get_facecolor()) == ORANGE.lower() for p in ax.patches) for ax in axes]
    assert counts == [27, 18, 9]


def test_forgetting_is_a_power_of_the_momentum():
    lines = normalisation.plot_forgetting((0.9, 0.99), steps=100).axes[0].lines
    assert lines[0].get_ydata()[7] == pytest.approx(0.9**7)
    assert lines[1].get_ydata()[100] == pytest.approx(0.99**100)


@pytest.mark.parametrize(
    "figure",
    [
        lambda: depth.plot_fates(X, Y),
        depth.plot_activations,
        lambda: depth.plot_accuracy_by_depth(TABLE),
        normalisation.plot_averaged_together,
        lambda: normalisation.plot_forgetting((0.9, 0.99), 114),
        lambda: plot_gradient_norms(
            {f"sigmoid, depth {n}": 10.0 ** -np.arange(n) for n in (8, 30)}
        ),
    ],
)
def test_figures_fit_a_notebook(figure):
    assert_fits_a_notebook(figure())


def test_the_exploration_describes_itself_without_a_notebook(capsys):
    depth.explore_depth(X, Y)
    assert "Shown: depth = 8" in capsys.readouterr().out


def test_the_exploration_names_first_and_last_layer():
    stack = {"": depth.random_chain(3)}
    figure = depth.plot_signal_and_gradient(stack, X, Y, depth.LIMITS)
    assert {"forward: the signal", "backward: the gradient"} <= set(words(figure))


@pytest.mark.parametrize(
    "table", [TABLE.set_index("depth"), TABLE.to_dict("list"), TABLE.to_dict("records")]
)
def test_a_table_of_another_form_is_drawn_too(table):
    lines = depth.plot_accuracy_by_depth(table).axes[0].lines
    assert lines[0].get_xdata().tolist() == [2, 8, 30]


@pytest.mark.parametrize(
    "table", [..., None, 3, TABLE.drop(columns="val_accuracy"), {"depth": [2]}]
)
def test_a_table_that_cannot_be_drawn_is_told_what_is_missing(table):
    with pytest.raises(ValueError, match="val_accuracy"):
        depth.plot_accuracy_by_depth(table)
