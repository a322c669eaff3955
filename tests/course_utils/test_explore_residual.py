"""The figures of notebook 08 on shortcuts, and on the table of pretrained networks."""

from __future__ import annotations

import doctest
from itertools import pairwise

import numpy as np
import pytest

from course_utils.architectures.applications import measured_counts
from course_utils.datasets import load_sample_photos
from course_utils.datasets.applications import applications_table
from course_utils.explore import applications_table as table_figures
from course_utils.explore import block_paths, network_rows, residual
from tests.course_utils.figures import assert_fits_a_notebook, pictures, words

IMAGE = np.random.default_rng(0).random((12, 16))


def strength(maps):
    return np.sqrt(np.mean(np.square(maps)))


def test_random_stacks_do_what_the_text_says():
    last = {kind: strength(residual.random_stack(IMAGE, kind, 30)[-1]) for kind in residual.STACKS}
    assert last["plain"] < 1e-4
    assert 0.05 < last["residual"] < 20
    assert last["one"] > 100


def test_one_layer_skips_never_shrink_a_value():
    maps = residual.random_stack(IMAGE, "one", 8)
    assert all((later >= earlier).all() for earlier, later in pairwise(maps))


def test_the_stack_is_the_convolution_of_keras():
    import keras

    rng = np.random.default_rng(5)
    x = rng.random((9, 7, 16)).astype("float32")
    ours = residual._convolve(x, np.random.default_rng(1))
    kernel = np.random.default_rng(1).uniform(-1, 1, (16 * 9, 16)) * np.sqrt(6 / (9 * 32))
    layer = keras.layers.Conv2D(16, 3, padding="same", use_bias=False)
    layer(x[None])
    layer.set_weights([kernel.reshape(16, 3, 3, 16).transpose(1, 2, 0, 3)])
    assert np.allclose(layer(x[None])[0], ours, atol=1e-5)


@pytest.mark.parametrize("form", residual.FORMS)
def test_values_follow_the_formulas(form):
    x, zero, one = np.array([1.0, -2.0, 3.0]), np.zeros((3, 3)), np.eye(3)
    last = form == residual.FORMS[1]
    assert residual.block_values(x, zero, form)[1].tolist() == ([1, 0, 3] if last else [1, -2, 3])
    assert residual.block_values(x, one, form)[1].tolist() == ([2, 0, 6] if last else [2, -2, 6])


def test_without_the_shortcut_only_the_branch_is_left():
    form = residual.FORMS[0]
    figure = residual.plot_block_values("all zero", form, shortcut=False)
    heights = [bar.get_height() for bar in figure.axes[2].patches]
    assert heights == [0.0] * 8
    assert "result without shortcut" in words(figure)
    figure = residual.plot_block_values("all zero", form)
    assert [bar.get_height() for bar in figure.axes[2].patches] == residual.VALUES.tolist()


def test_explorations_show_their_start_as_a_picture(capsys):
    residual.explore_signal(load_sample_photos()["china"])
    residual.explore_block_values()
    shown = capsys.readouterr().out
    assert "convolutions = 30" in shown
    assert "weights = small random" in shown


def test_every_state_of_the_explorations_can_be_drawn():
    stacks = {kind: residual.random_stack(IMAGE, kind, 30) for kind in residual.STACKS}
    for kind in residual.STACKS:
        assert_fits_a_notebook(residual.plot_signal(stacks, kind, 4))
    for weights in residual.WEIGHTS:
        for form in residual.FORMS:
            assert_fits_a_notebook(residual.plot_block_values(weights, form, shortcut=False))


def test_the_opening_picture():
    figure = residual.plot_signals(load_sample_photos()["china"])
    assert len(pictures(figure)) == 12
    assert_fits_a_notebook(figure)


def test_paths_show_every_operation_and_shortcut():
    figure = block_paths.plot_paths(block_paths.BLOCKS)
    assert_fits_a_notebook(figure)
    operations = [name for block in block_paths.BLOCKS.values() for name in block.operations]
    assert sorted(w for w in words(figure) if w in ("conv", "ReLU", "+")) == sorted(operations)


def test_rows_have_a_box_for_each_layer():
    figure = network_rows.plot_networks()
    assert_fits_a_notebook(figure)
    assert doctest.testmod(network_rows).failed == 0
    boxes = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_width")]
    assert len(boxes) == 19 + 34 + 34
    arcs = len(figure.axes[0].patches) - len(boxes)
    assert arcs == 16


def test_the_table_figures_show_every_row():
    table = applications_table()
    sizes = table_figures.plot_sizes(table)
    assert_fits_a_notebook(sizes)
    assert {row.model for row in table} <= set(words(sizes))
    depths = table_figures.plot_depths(table, measured_counts())
    assert_fits_a_notebook(depths)
    printed = depths.axes[0].lines[-1].get_xdata()
    assert sorted(printed) == sorted(row.depth for row in table if row.depth)
    assert doctest.testmod(table_figures).failed == 0
    assert doctest.testmod(residual).failed == 0
