"""The figures of notebook 03 on maxout draw the largest of the pieces."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.explore import maxout


def black_line(axes):
    (line,) = [line for line in axes.lines if line.get_label() == "maxout"]
    return line.get_xdata(), line.get_ydata()


@pytest.mark.parametrize(
    ("lines", "function"),
    [
        ([(0, 0), (1, 0)], lambda x: np.maximum(x, 0)),
        ([(-1, 0), (1, 0)], np.abs),
        ([(0.5, 1)], lambda x: 0.5 * x + 1),
    ],
)
def test_the_black_line_is_the_largest_piece(lines, function):
    x, y = black_line(maxout.plot_maxout(lines).axes[0])
    assert np.allclose(y, function(x))


def test_the_examples_are_what_their_titles_say():
    figure = maxout.plot_maxout_examples()
    expected = [lambda x: np.maximum(x, 0), np.abs, lambda x: x**2 / 2]
    for axes, function in zip(figure.axes, expected, strict=True):
        x, y = black_line(axes)
        inside = np.abs(x) <= 2.5
        assert np.abs(y - function(x))[inside].max() <= 0.125 + 1e-9, axes.get_title()


def test_space_and_channels_shrink_different_axes():
    maps = np.random.default_rng(0).random((26, 26, 4))
    figure = maxout.plot_space_and_channels(maps, ("a", "b", "c", "d"))
    shown = [axes for axes in figure.axes if axes.get_visible()]
    sizes = [axes.images[0].get_array().shape for axes in shown]
    assert sizes == [(26, 26)] * 4 + [(13, 13)] * 4 + [(26, 26)] * 2
    assert [axes.get_title() for axes in shown[-2:]] == ["a or b", "c or d"]


def test_the_exploration_describes_its_default_picture(capsys):
    maxout.explore_maxout()
    assert "slope 1 = -1.0" in capsys.readouterr().out
