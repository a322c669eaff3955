"""The figures of notebook 06 say what arithmetic says."""

from __future__ import annotations

import doctest
from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils.architectures import classic_layers
from course_utils.architectures.lenet import C3_SEES
from course_utils.arithmetic import conv_params, receptive_field
from course_utils.explore import classic_networks, stacked_convolutions
from course_utils.plots.confusion import plot_confusion_matrix
from course_utils.plots.style import BLUE, ORANGE
from tests.course_utils.figures import assert_fits_a_notebook, words


def table(steps, shape, halved=()):
    """Return a layer table as ``layer_table`` makes it of a Keras model."""
    names = {"conv": "Conv2D", "pool": "MaxPooling2D", "dense": "Dense"}
    return [
        {
            "name": row.name,
            "type": names[row.kind],
            "params": row.params // 2 if row.name in halved else row.params,
            "macs": row.macs,
        }
        for row in classic_layers.layer_rows(steps, shape)
    ]


ALEXNET = table(classic_layers.ALEXNET, (227, 227, 3))
VGG16 = table(classic_layers.VGG16, (224, 224, 3))
FIGURES = {
    "three networks": classic_networks.plot_three_networks,
    "connections": lambda: classic_networks.plot_map_connections(C3_SEES),
    "two GPUs": classic_networks.plot_two_gpus,
    "savings": lambda: classic_networks.plot_group_savings(
        ALEXNET, table(classic_layers.ALEXNET, (227, 227, 3), halved=("conv2", "conv4", "conv5"))
    ),
    "weights and work": lambda: classic_networks.plot_weights_and_work(
        {"AlexNet": ALEXNET, "VGG-16": VGG16}
    ),
    "head": lambda: classic_networks.plot_head(224, 4096),
    "averaged head": lambda: classic_networks.plot_head(448, 0),
    "small image": lambda: classic_networks.plot_head(64, 256),
    "two layers": lambda: stacked_convolutions.plot_stack(2),
    "three layers": lambda: stacked_convolutions.plot_stack(3, 512),
    "four layers": lambda: stacked_convolutions.plot_stack(4, 16),
    "confusion": lambda: plot_confusion_matrix([0, 1, 2, 2], [0, 1, 2, 1], "abc"),
}


def coloured(ax, colour: str) -> int:
    return sum(to_hex(patch.get_facecolor()) == colour.lower() for patch in ax.patches)


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(classic_networks).failed == 0


@pytest.mark.parametrize("name", FIGURES)
def test_figures_fit_a_notebook(name):
    assert_fits_a_notebook(FIGURES[name]())


def test_the_opening_draws_every_layer():
    axes = classic_networks.plot_three_networks().axes
    assert [len(ax.patches) for ax in axes] == [1 + 7, 1 + 11, 1 + 21]
    assert len({ax.get_xlim() for ax in axes}) == 1
    heights = [abs(np.subtract(*ax.get_ylim())) for ax in axes]
    boxes = [ax.get_subplotspec().get_position(ax.figure).height for ax in axes]
    assert np.ptp(np.divide(heights, boxes)) / np.mean(np.divide(heights, boxes)) < 0.05


def test_a_blue_square_is_a_connection():
    ax = classic_networks.plot_map_connections(C3_SEES).axes[0]
    assert coloured(ax, BLUE) == sum(map(len, C3_SEES))
    assert len(ax.patches) == 6 * 16


def test_the_two_halves_hold_the_filters_of_the_single_tower():
    said = words(classic_networks.plot_two_gpus())
    for step in classic_layers.ALEXNET:
        if step.kind != "pool":
            assert step.name in said
            if step.name != "fc8":
                half = f"{step.size // 2:,}"
                halves = [text for text in said if half in text.replace(" maps", "").split("\n")]
                assert len(halves) >= 2


def test_crossing_lines_lead_to_conv3_and_the_dense_layers():
    ax = classic_networks.plot_two_gpus().axes[0]
    crossing = [p for p in ax.patches if to_hex(p.get_edgecolor()) == ORANGE.lower()]
    # Two lines each into conv3, fc6, fc7 and fc8.
    assert len(crossing) == 8


def test_shares_of_weights_and_work_add_up():
    figure = FIGURES["weights and work"]()
    for ax, rows in zip(figure.axes, (ALEXNET, VGG16), strict=True):
        weighted = [row for row in rows if row["params"]]
        weights, work = ax.containers
        assert sum(bar.get_width() for bar in weights) == pytest.approx(-100)
        assert sum(bar.get_width() for bar in work) == pytest.approx(100)
        assert len(weights) == len(weighted)
        dense = [b for b, row in zip(weights, weighted, strict=True) if row["type"] == "Dense"]
        assert -sum(bar.get_width() for bar in dense) > 89


@pytest.mark.parametrize(("side", "units"), [(224, 4096), (448, 4096), (96, 256), (224, 0)])
def test_the_head_reads_the_last_map_or_its_averages(side, units):
    rows = classic_networks.head_rows(side, units)
    last = next(row.shape for row in reversed(rows) if row.kind == "pool")
    assert last == (side // 32, side // 32, 512)
    sizes = [int(np.prod(last)), units, units, 1000] if units else [512, 1000]
    dense = [row.params for row in rows if row.kind == "dense"]
    assert dense == [(a + 1) * b for a, b in pairwise(sizes)]
    assert sum(row.params for row in rows if row.kind == "conv") == 14_714_688


@pytest.mark.parametrize(("n_layers", "channels"), [(2, None), (3, 64), (4, 16)])
def test_a_stack_sees_and_weighs_what_it_says(n_layers, channels):
    figure = stacked_convolutions.plot_stack(n_layers, channels)
    said = " ".join(words(figure))
    field = receptive_field([(3, 1, 1)] * n_layers)
    assert f"sees {field}×{field} pixels" in said
    many = channels or 1
    for count in (
        n_layers * conv_params(3, many, many, use_bias=False),
        conv_params(field, many, many, use_bias=False),
    ):
        assert f"{count:,}" in said
    stacked, single = figure.axes[:2]
    # Every layer reads nine values; the single one all pixels; the last value is one more.
    assert coloured(stacked, ORANGE) == 9 * n_layers + 1
    assert coloured(single, ORANGE) == field**2 + 1


@pytest.mark.parametrize("n_layers", [1, 5])
def test_a_stack_of_another_height_is_refused(n_layers):
    with pytest.raises(ValueError, match=f"2 to 4, got {n_layers}"):
        stacked_convolutions.plot_stack(n_layers)


def test_the_confusion_matrix_counts():
    figure = plot_confusion_matrix([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0], "abc")
    ax = figure.axes[0]
    assert ax.get_title() == "4 of 6 right"
    cells = {text.get_position(): text.get_text() for text in ax.texts}
    assert cells == {(0, 0): "1", (1, 0): "1", (1, 1): "1", (2, 2): "2", (0, 2): "1"}


@pytest.mark.parametrize(("true", "said"), [([0, 1], [0]), ([0, 3], [0, 1]), ([0], [-1])])
def test_the_confusion_matrix_refuses_what_does_not_fit(true, said):
    with pytest.raises(ValueError, match=r"prediction for each label|classes must be"):
        plot_confusion_matrix(true, said, "abc")


def test_explorations_describe_themselves_without_a_notebook(capsys):
    classic_networks.explore_head()
    stacked_convolutions.explore_stacks()
    assert capsys.readouterr().out.count("Shown:") == 2
