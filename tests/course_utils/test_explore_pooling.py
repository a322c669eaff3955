"""The figures of notebook 03 on pooling show what pooling does."""

from __future__ import annotations

import doctest

import numpy as np
import pytest
from matplotlib.figure import Figure

from course_utils.conv_ops import average_pool2d, max_pool2d
from course_utils.explore import pooling

GRID = np.array([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]])
SIX = np.arange(36).reshape(6, 6) * 7 % 31


def texts(figure: Figure) -> list[str]:
    inside = [text.get_text() for axes in figure.axes for text in axes.texts]
    return inside + [axes.get_title() for axes in figure.axes]


def numbers(said: list[str]) -> list[float]:
    return [float(text) for text in said if text.replace(".", "").isdigit()]


def output_numbers(figure: Figure) -> list[float]:
    return numbers([text.get_text() for text in figure.axes[2].texts])


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(pooling).failed == 0


@pytest.mark.parametrize("side", [6, 7])
@pytest.mark.parametrize("channels", [(), (2,)])
def test_shuffling_windows_leaves_the_maxima_where_they_were(side, channels):
    image = np.random.default_rng(0).random((side, side, *channels))
    before = image.copy()
    shuffled = pooling.shuffle_windows(image)
    assert not np.array_equal(shuffled, image)
    assert np.array_equal(image, before), "the input must not change"
    assert np.array_equal(max_pool2d(shuffled), max_pool2d(image))
    assert np.allclose(average_pool2d(shuffled), average_pool2d(image))


def test_shuffling_keeps_the_rows_and_columns_without_a_window():
    image = np.random.default_rng(1).random((7, 5))
    shuffled = pooling.shuffle_windows(image)
    assert np.array_equal(shuffled[6], image[6])
    assert np.array_equal(shuffled[:, 4], image[:, 4])


def test_edge_maps_answer_to_their_side_of_a_bright_square():
    image = np.zeros((10, 10))
    image[3:7, 3:7] = 1
    left, right, top, bottom = np.moveaxis(pooling.edge_maps(image), -1, 0)
    columns, rows = np.arange(8), np.arange(8)[:, None]
    assert (left * columns).sum() / left.sum() < 3.5 < (right * columns).sum() / right.sum()
    assert (top * rows).sum() / top.sum() < 3.5 < (bottom * rows).sum() / bottom.sum()
    assert pooling.edge_maps(image).min() >= 0


@pytest.mark.parametrize("operation", ["max", "average"])
@pytest.mark.parametrize(("pool", "stride"), [(2, 2), (2, 1), (3, 2), (3, 3), (2, 3)])
def test_the_last_step_shows_the_whole_output(operation, pool, stride):
    figure = pooling.plot_pooling_step(SIX, pool, stride, step=99, operation=operation)
    expected = pooling.OPERATIONS[operation][1](SIX, pool, stride)
    assert np.allclose(output_numbers(figure), expected.ravel(), rtol=0.01)
    assert f"output {expected.shape[0]}×{expected.shape[1]}" in texts(figure)


def test_a_step_shows_its_window_and_nothing_of_what_comes_later():
    figure = pooling.plot_pooling_step(GRID, step=2)
    assert output_numbers(figure) == [20, 30]
    assert "= 30" in texts(figure)
    assert "30  0\n2  0" in texts(figure)


def test_the_empty_form_does_not_give_the_answer_away():
    form, solved = pooling.plot_quadrants(GRID), pooling.plot_quadrants(GRID, ("max", "average"))
    assert "your answer" in texts(form)
    assert sorted(numbers(texts(form))) == sorted(GRID.ravel())
    results = [*GRID.ravel(), *max_pool2d(GRID).ravel(), *average_pool2d(GRID).ravel()]
    assert sorted(numbers(texts(solved))) == sorted(results)


def test_pooled_maps_say_their_sizes():
    maps = pooling.edge_maps(np.random.default_rng(0).random((28, 28)))
    figure = pooling.plot_pooled_maps(maps, ("a", "b", "c", "d"), times=2)
    labels = [axes.get_ylabel() for axes in figure.axes]
    assert [label.split("\n")[1] for label in labels if label] == ["26×26", "13×13", "6×6"]


def test_shrinking_halves_at_every_step():
    figure = pooling.plot_shrinking(np.random.default_rng(0).random((20, 30)), times=2)
    assert [axes.get_xlabel() for axes in figure.axes] == ["20×30", "10×15", "5×7"]


def test_the_exploration_describes_its_default_picture(capsys):
    pooling.explore_pooling(SIX)
    assert "pool size = 2, stride = 2" in capsys.readouterr().out
