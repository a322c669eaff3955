"""The figures of notebook 10 say what arithmetic and Keras say."""

from __future__ import annotations

import doctest
from collections import Counter

import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Polygon, Rectangle

from course_utils.architectures.densenet import LAYERS, densenet, densenet_stages
from course_utils.explore import dense_networks, dense_views
from tests.course_utils.figures import assert_fits_a_notebook, words


def of_type(ax, kind):
    return [patch for patch in ax.patches if type(patch) is kind]


@pytest.mark.parametrize("module", [dense_networks, dense_views])
def test_examples_in_the_documentation_are_true(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("n_layers", [2, 4])
def test_the_dense_wiring_has_a_line_for_each_pair(n_layers):
    plain, residual, dense = dense_networks.plot_wirings(n_layers).axes
    lines = [len(ax.lines) + len(of_type(ax, FancyArrowPatch)) for ax in (plain, residual, dense)]
    assert lines == [n_layers, n_layers + n_layers // 2, n_layers * (n_layers + 1) // 2]


@pytest.mark.parametrize("n_layers", [1, 3, 5, 8])
def test_the_block_shows_the_connections_of_both_formulas(n_layers):
    ax = dense_networks.plot_dense_block(n_layers, growth_rate=3, k0=5).axes[0]
    arrows = of_type(ax, FancyArrowPatch)
    solid = [arrow for arrow in arrows if arrow.get_linestyle() in ("-", "solid")]
    assert len(arrows) == n_layers * (n_layers + 1) // 2
    assert len(solid) == n_layers * (n_layers - 1) // 2
    assert len(of_type(ax, Rectangle)) == 5 + 3 * n_layers
    assert any(f"{5 + 3 * n_layers} channels" in text for text in words(ax.figure))


@pytest.mark.parametrize("n_layers", [0, 9])
def test_blocks_that_cannot_be_drawn_are_refused(n_layers):
    with pytest.raises(ValueError, match=f"got {n_layers}"):
        dense_networks.plot_dense_block(n_layers)


@pytest.mark.parametrize(("k0", "k", "n_layers"), [(16, 12, 4), (4, 1, 1), (3, 5, 7)])
def test_the_weights_in_the_growth_figure_are_those_of_keras(k0, k, n_layers):
    from keras import Input, Model, layers

    def new(x, filters):
        x = layers.ReLU()(layers.BatchNormalization()(x))
        return layers.Conv2D(filters, 3, padding="same", use_bias=False)(x)

    dense = chain = image = Input((8, 8, k0))
    leaving = k0 + k * n_layers
    for _ in range(n_layers):
        dense = layers.Concatenate()([dense, new(dense, k)])
        chain = new(chain, leaving)
    said = "\n".join(words(dense_networks.plot_growth(k0, k, n_layers)))
    assert f"dense block: {Model(image, dense).count_params():,}\n" in said
    assert f"chain of {leaving} channels: {Model(image, chain).count_params():,}" in said
    assert f"= {dense.shape[-1]} channels" in said
    assert f"with the block's input: {n_layers * (n_layers + 1) // 2}" in said


def test_bars_add_up_to_what_a_layer_reads():
    ax = dense_networks.plot_growth(10, 4, 3).axes[0]
    lengths = Counter()
    for bar in ax.patches:
        lengths[round(bar.get_y() + bar.get_height() / 2)] += round(bar.get_width())
    assert lengths == {1: 10, 2: 14, 3: 18, 4: 22}


def test_the_strip_has_a_box_for_each_layer():
    model = densenet((2, 3), 4, (64, 64, 3), classes=10)
    figure = dense_views.plot_layer_strip(model)
    boxes = of_type(figure.axes[0], Rectangle)
    assert len(boxes) == len(model.layers)
    # Wider boxes are concatenations, one for each layer of a block.
    assert sum(box.get_width() > 0.7 for box in boxes) == 5
    assert any("5 concatenations" in text for text in words(figure))


@pytest.mark.parametrize("name", LAYERS)
def test_the_physical_view_has_a_step_for_each_layer(name):
    stages = densenet_stages(LAYERS[name])
    figure = dense_views.plot_physical_view(stages)
    ax, said = figure.axes[0], words(figure)
    assert len(of_type(ax, Polygon)) == 4
    blue = [p for p in of_type(ax, Rectangle) if to_hex(p.get_facecolor()) == "#0072b2"]
    assert len(blue) == sum(LAYERS[name])
    for stage in stages:
        channels = stage.shape[2]
        assert (f"to {channels}" if stage.name.startswith("tr") else str(channels)) in said


def test_the_physical_view_says_how_many_weights_there_are():
    model = densenet((2, 3), 4, (64, 64, 3), classes=10)
    figure = dense_views.plot_physical_view(densenet_stages((2, 3), 4, (64, 64, 3)), 10)
    assert figure.axes[0].get_title().startswith(f"{model.count_params():,} weights")


@pytest.mark.parametrize("n_layers", [2, 3])
def test_both_views_connect_what_they_claim(n_layers):
    chain, dense = dense_views.plot_two_views(n_layers).axes
    assert len(of_type(chain, FancyArrowPatch)) == 3 * n_layers
    assert len(of_type(dense, FancyArrowPatch)) == (n_layers + 1) * (n_layers + 2) // 2


@pytest.mark.parametrize(
    "figure",
    [
        dense_networks.plot_wirings,
        dense_networks.plot_dense_block,
        lambda: dense_networks.plot_growth(16, 12, 4),
        lambda: dense_networks.plot_growth(64, 32, 16),
        lambda: dense_networks.plot_growth(4, 1, 1),
        dense_views.plot_two_views,
        *(lambda name=name: dense_views.plot_physical_view(densenet_stages(LAYERS[name]))
          for name in LAYERS),
        lambda: dense_views.plot_physical_view(densenet_stages((3, 4, 5), 12, (64, 64, 3)), 10),
    ],
)  # fmt: skip
def test_figures_fit_a_notebook(figure):
    assert_fits_a_notebook(figure())


def test_explorations_describe_themselves_without_a_notebook(capsys):
    dense_networks.explore_growth()
    dense_views.explore_physical_view()
    assert capsys.readouterr().out.count("Shown:") == 2
