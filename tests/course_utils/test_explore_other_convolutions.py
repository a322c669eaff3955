"""The figures of notebook 11 on convolutions say what arithmetic and Keras say."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils.explore import other_convolutions as figures
from course_utils.plots.style import ORANGE
from tests.course_utils.figures import assert_fits_a_notebook, words


def orange_cells(ax) -> int:
    return sum(to_hex(patch.get_facecolor()) == ORANGE.lower() for patch in ax.patches)


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(figures).failed == 0


def test_the_family_reads_nine_pixels_except_the_pointwise_one():
    axes = figures.plot_family().axes
    assert [ax.get_title() for ax in axes[:5]][-1] == "pointwise (1×1)"
    assert [orange_cells(ax) for ax in axes[:5]] == [9, 9, 9, 9, 1]
    # Dots are lines without a line; their colour is the style's, which other tests may have set.
    lines = [[line for line in ax.lines if line.get_linestyle() != "None"] for ax in axes]
    strong = [sum(to_hex(line.get_color()) == ORANGE.lower() for line in ones) for ones in lines]
    assert strong[5:] == [4, 4, 2, 1, 4]


@pytest.mark.parametrize("kernel", [2, 3, 5])
def test_dilation_moves_the_taps_but_keeps_their_number(kernel):
    for ax in figures.plot_dilated_grids((1, 2, 3), kernel).axes:
        assert orange_cells(ax) == kernel**2


@pytest.mark.parametrize(("kernel", "rate"), [(2, 1), (3, 4), (5, 6), (5, 8)])
def test_the_dilated_window_says_what_keras_does(kernel, rate):
    from keras import Input, layers, models

    said = "\n".join(words(figures.plot_dilated_window(np.zeros((28, 28)), kernel, rate)))
    extent = (kernel - 1) * rate + 1
    assert f"= {extent}\n" in said
    if extent > 28:
        assert "it does not fit into 28×28" in said
        return
    layer = layers.Conv2D(1, kernel, dilation_rate=rate, use_bias=False)
    model = models.Sequential([Input((28, 28, 1)), layer])
    side = model.output_shape[1]
    assert f"28×28 becomes {side}×{side}" in said
    assert f"= {model.count_params()}\n" in said


@pytest.mark.parametrize("rates", [(1, 2, 3), (2, 2, 2), (1, 2, 4)])
def test_paths_are_the_answers_of_a_network_of_ones(rates):
    from keras import Input, layers, models

    paths = figures.path_map([(3, 1, rate) for rate in rates])
    side = len(paths)
    ones = {"kernel_initializer": "ones", "use_bias": False}
    stack = [layers.Conv2D(1, 3, dilation_rate=rate, **ones) for rate in rates]
    model = models.Sequential([Input((side, side, 1)), *stack])
    pictures = np.eye(side**2, dtype="float32").reshape(-1, side, side, 1)
    answers = model.predict(pictures, verbose=0)
    assert np.array_equal(answers.reshape(side, side), paths)


def test_gridding_hatches_what_is_not_read():
    stacks = {"mixed": [(3, 1, 1), (3, 1, 2)], "holes": [(3, 1, 2)] * 2}
    mixed, holes = figures.plot_gridding(stacks).axes
    assert mixed.get_title() == "mixed\nsees 7×7, reads 49 of 49"
    assert holes.get_title() == "holes\nsees 9×9, reads 25 of 81"
    assert not mixed.patches
    assert len(holes.patches) == 81 - 25


@pytest.mark.parametrize(("channels", "filters"), [(4, 6), (3, 2), (1, 5)])
def test_every_line_of_the_separable_figure_is_a_pair_of_channels(channels, filters):
    ordinary, separable = figures.plot_separable(channels, filters).axes
    lines = [sum(len(line.get_xdata()) == 2 and line.get_marker() == "None" for line in ax.lines)
             for ax in (ordinary, separable)]  # fmt: skip
    assert lines == [channels * filters, channels + channels * filters]
    total = 9 * channels + channels * filters
    assert separable.get_title().endswith(f"weights = {total}")


@pytest.mark.parametrize("groups", [1, 2, 4, 8])
def test_groups_are_counted_as_keras_counts_them(groups):
    from keras import Input, layers, models

    layer = layers.Conv2D(8, 3, groups=groups, use_bias=False)
    model = models.Sequential([Input((9, 9, 8)), layer])
    ax = figures.plot_groups(groups).axes[0]
    assert ax.get_title().endswith(f"all 8 filters {model.count_params()} weights")


@pytest.mark.parametrize(("channels", "filters", "kernel", "side"), [(16, 32, 3, 28), (8, 4, 5, 7)])
def test_costs_are_those_of_keras(channels, filters, kernel, side):
    from keras import Input, layers, models

    from course_utils.arithmetic.models import count_macs

    options = {"padding": "same", "use_bias": False}
    stacks = [
        [layers.Conv2D(filters, kernel, **options)],
        [
            layers.Conv2D(channels, (1, kernel), **options),
            layers.Conv2D(filters, (kernel, 1), **options),
        ],
        [layers.Conv2D(filters, kernel, groups=2, **options)],
        [layers.SeparableConv2D(filters, kernel, **options)],
    ]
    built = [models.Sequential([Input((side, side, channels)), *stack]) for stack in stacks]
    rows = figures.cost_rows(channels, filters, kernel, side, groups=2)
    assert [row[1:] for row in rows] == [(m.count_params(), count_macs(m)) for m in built]


@pytest.mark.parametrize(
    "figure",
    [
        figures.plot_family,
        figures.plot_dilated_grids,
        figures.plot_separable,
        lambda: figures.plot_groups(4),
        lambda: figures.plot_costs(256, 256, 7, 56, 16),
        lambda: figures.plot_costs(16, 16, 3, 7, 2),
    ],
)
def test_figures_fit_a_notebook(figure):
    assert_fits_a_notebook(figure())


def test_explorations_describe_themselves_without_a_notebook(capsys):
    figures.explore_dilation(np.zeros((28, 28)))
    figures.explore_groups()
    figures.explore_costs()
    assert capsys.readouterr().out.count("Shown:") == 3
