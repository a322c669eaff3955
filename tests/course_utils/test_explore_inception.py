"""The figures of notebook 09 say what arithmetic and Keras say."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from course_utils.architectures.googlenet import MODULES, Widths, googlenet
from course_utils.explore import googlenet_drawing, inception
from tests.course_utils.figures import assert_fits_a_notebook, pictures, words

LECTURE = Widths(f1=32, f3_reduce=0, f3=64, f5_reduce=0, f5=8, pool_proj=0)


def keras_macs(side, channels, stacks):
    from keras import Input, Model, layers

    from course_utils.arithmetic.models import count_macs

    counts = []
    for stack in stacks:
        result = inputs = Input((side, side, channels))
        for filters, size in stack:
            result = layers.Conv2D(filters, size, padding="same")(result)
        counts.append(count_macs(Model(inputs, result)) if stack else 0)
    return counts


@pytest.mark.parametrize("module", [inception, googlenet_drawing])
def test_examples_in_the_documentation_are_true(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(("side", "channels", "name"), [(28, 192, "3a"), (7, 832, "5b")])
def test_costs_are_those_of_keras(side, channels, name):
    f1, f3_reduce, f3, f5_reduce, f5, pool_proj = MODULES[name]
    costs = inception.branch_costs(side, channels, MODULES[name])
    direct = keras_macs(side, channels, [[(f1, 1)], [(f3, 3)], [(f5, 5)], []])
    two_steps = [(f3_reduce, 1), (f3, 3)], [(f5_reduce, 1), (f5, 5)]
    reduced = keras_macs(side, channels, [[(f1, 1)], *two_steps, [(pool_proj, 1)]])
    assert [cost.direct for cost in costs.values()] == direct
    assert [cost.reduced for cost in costs.values()] == reduced


def test_the_module_shows_what_the_lecture_and_the_paper_count():
    naive = "\n".join(words(inception.plot_module(28, 192, MODULES["3a"], naive=True)))
    reduced = "\n".join(words(inception.plot_module(28, 192, MODULES["3a"])))
    assert "303.5 M" in naive
    assert "= 28×28×416" in naive
    assert "128.0 M" in reduced
    assert "= 28×28×256" in reduced
    assert "16 of 1×1" in reduced
    assert "16 of 1×1" not in naive


def test_a_figure_before_an_exercise_keeps_its_answer():
    said = "\n".join(words(inception.plot_module(28, 16, LECTURE, True, 2, numbers=False)))
    assert "×?" in said
    assert "120" not in said
    assert " M" not in said


def test_parts_of_the_output_are_as_long_as_their_channels():
    ax = inception.plot_module(28, 192, MODULES["3a"]).axes[0]
    parts = [p.get_width() for p in ax.patches if type(p).__name__ == "Rectangle"]
    assert np.allclose(np.divide(parts, parts[0]) * 64, [64, 128, 32, 32])


def test_bars_are_as_long_as_their_multiplications():
    ax = inception.plot_costs(28, 192, *MODULES["3a"]).axes[0]
    direct, reduced = (sum(p.get_width() for p in ax.patches if side(p.get_y() % 1))
                       for side in (lambda y: y > 0.5, lambda y: y < 0.5))  # fmt: skip
    assert (direct, reduced) == (303_464_448, 128_049_152)
    assert "416 channels out" in ax.get_title(loc="left")
    assert "256 channels out" in ax.get_title(loc="left")


def test_mixed_channels_are_weighted_sums():
    photo = np.random.default_rng(0).random((8, 9, 3))
    figure = inception.plot_channel_mix(photo, 0.3, 0.6, 0.1)
    expected = photo @ [0.3, 0.6, 0.1]
    assert np.allclose(pictures(figure)[1].get_array(), expected)
    negative = inception.plot_channel_mix(photo, -1.0, 0.0, 0.5)
    low, high = (photo @ [-1, 0, 0.5]).min(), (photo @ [-1, 0, 0.5]).max()
    assert f"values {low:.2f} to {high:.2f}" in "\n".join(words(negative))


def test_the_drawn_network_is_the_built_one():
    model = googlenet()
    maps = {layer.name: layer.output.shape[1:] for layer in model.layers}
    for stage in googlenet_drawing.stages():
        if stage.branches:
            shape = (stage.side, stage.side, stage.channels)
            assert maps[f"inception_{stage.name}_output"] == shape
            assert sum(stage.branches) == stage.channels
    assert len(googlenet_drawing.stages()) == 5 + 9 + 2 + 2
    heads = [word for word in words(googlenet_drawing.plot_googlenet()) if "auxiliary" in word]
    assert len(heads) == 2


@pytest.mark.parametrize(
    "figure",
    [
        lambda: inception.plot_module(28, 192, MODULES["3a"]),
        lambda: inception.plot_module(28, 192, MODULES["3a"], naive=True),
        lambda: inception.plot_module(28, 16, LECTURE, naive=True, pool=2, numbers=False),
        lambda: inception.plot_costs(28, 192, *MODULES["3a"]),
        lambda: inception.plot_costs(56, 512, 256, 256, 320, 64, 128, 128),
        lambda: inception.plot_costs(7, 16, 8, 8, 8, 4, 8, 8),
        lambda: inception.plot_channel_mix(np.ones((40, 60, 3)) / 2, -1.0, 0.5, 0.3),
        lambda: inception.plot_spectral_filters(np.arange(31), np.ones((31, 3))),
        googlenet_drawing.plot_googlenet,
    ],
)
def test_figures_fit_a_notebook(figure):
    assert_fits_a_notebook(figure())


def test_explorations_describe_themselves_without_a_notebook(capsys):
    inception.explore_costs()
    inception.explore_channel_mix(np.zeros((4, 5, 3)))
    assert capsys.readouterr().out.count("Shown:") == 2
