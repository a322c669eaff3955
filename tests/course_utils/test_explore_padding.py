"""The figures of notebook 02 show what convolution arithmetic says."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib.colors import to_hex

from course_utils.arithmetic import conv_output_length
from course_utils.conv_ops import conv2d
from course_utils.explore import padding


def cells_of(figure, colour: str, axes: int = 0) -> int:
    """Count the squares of one colour in a panel."""
    patches = figure.axes[axes].patches
    return sum(to_hex(patch.get_facecolor()) == colour for patch in patches)


@pytest.mark.parametrize("kernel", [1, 2, 3, 5, 7])
@pytest.mark.parametrize("stride", [1, 2, 3, 4])
@pytest.mark.parametrize("rings", [0, 1, 2])
def test_window_starts_are_as_many_as_outputs(kernel, stride, rings):
    for size in range(max(kernel - 2 * rings, 1), 12):
        starts = padding.window_starts(size, kernel, stride, rings)
        assert len(starts) == conv_output_length(size + 2 * rings, kernel, stride)
        assert starts[0] == -rings
        assert starts[-1] + kernel <= size + rings


def test_no_window_starts_where_none_fits():
    assert padding.window_starts(4, 7, rings=1) == []


@pytest.mark.parametrize(("size", "stride", "rings"), [(5, 1, 0), (6, 2, 0), (5, 1, 1), (7, 3, 2)])
def test_use_counts_match_the_gradient_of_a_convolution_of_ones(size, stride, rings):
    for row, column in np.ndindex(size, size):
        image = np.zeros((size, size), int)
        image[row, column] = 1
        answers = conv2d(np.pad(image, rings), np.ones((3, 3), int), stride=stride)
        assert padding.use_counts(size, 3, stride, rings)[row, column] == answers.sum()


@pytest.mark.parametrize(
    ("size", "kernel", "stride", "rings", "side"),
    [(5, 3, 1, 0, 3), (5, 3, 1, 1, 5), (5, 3, 2, 0, 2), (8, 3, 4, 1, 2), (3, 1, 1, 4, 11)],
)
def test_plot_windows_draws_the_output_and_names_its_size(size, kernel, stride, rings, side):
    figure = padding.plot_windows(size, kernel, stride, rings)
    assert cells_of(figure, padding.OUTPUT) == side**2
    assert cells_of(figure, padding.PIXEL) == size**2
    assert figure.axes[0].get_title() == f"{size}×{size} → {side}×{side}"


def test_plot_windows_hatches_pixels_no_window_reaches():
    def hatched(*settings):
        patches = padding.plot_windows(*settings).axes[0].patches
        return sum(patch.get_hatch() is not None for patch in patches)

    assert hatched(5, 3, 1) == 0
    assert hatched(6, 3, 2) == 6 * 6 - 5 * 5
    assert hatched(7, 2, 3) == 7 * 7 - 4 * 4


def test_plot_windows_says_when_no_window_fits():
    assert "No window fits" in padding.plot_windows(4, 7, rings=1).axes[0].get_title()


def test_a_pixel_has_the_same_size_in_all_cases():
    figure = padding.plot_cases(
        {"small": {"size": 3, "kernel": 3}, "large": {"size": 9, "kernel": 3, "rings": 1}}
    )
    figure.draw_without_rendering()
    small, large = (axes.transData.get_matrix() for axes in figure.axes)
    assert small[0, 0] == pytest.approx(large[0, 0], rel=0.05)
    assert small[1, 1] == pytest.approx(large[1, 1], rel=0.05)
    assert "9×9 → 9×9" in figure.axes[1].get_title()


def test_positions_are_arranged_as_the_output():
    figure = padding.plot_window_positions(size=6, kernel=3)
    assert [axes.get_title() for axes in figure.axes[:5]] == [
        *(f"output [0, {column}]" for column in range(4)),
        "output [1, 0]",
    ]


def test_window_uses_end_with_all_counts():
    figure = padding.plot_window_uses(9)
    shown = [int(text.get_text()) for text in figure.axes[2].texts]
    assert shown == padding.use_counts(5, 3).ravel().tolist()


@pytest.mark.parametrize("window", [0, 10])
def test_window_uses_refuse_a_window_that_does_not_exist(window):
    with pytest.raises(ValueError, match=f"got {window}"):
        padding.plot_window_uses(window)


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"n": 12, "kernel": 3, "stride": 2},
        {"n": 11, "kernel": 3, "stride": 2, "padding": "same"},
        {"n": 16, "kernel": 3, "dilation": 3},
        {"n": 3, "kernel": 7, "dilation": 3, "padding": "same"},
    ],
)
def test_output_length_draws_one_mark_for_each_number(settings):
    axes = padding.plot_output_length(**settings).axes[0]
    length = conv_output_length(**{"n": 12, "kernel": 3, **settings})
    marks = [line for line in axes.lines if line.get_color() == padding.OUTPUT]
    assert sum(len(line.get_xdata()) for line in marks) == length
    assert axes.get_title().endswith(f"= {length}")


@pytest.mark.parametrize("settings", [{"n": 4, "kernel": 5}, {"stride": 2, "dilation": 2}])
def test_output_length_says_why_there_is_no_output(settings):
    assert padding.plot_output_length(**settings).axes[0].get_title().startswith("No output: ")


@pytest.mark.parametrize(
    "explore",
    [
        padding.explore_window_uses,
        padding.explore_padding,
        padding.explore_strides,
        padding.explore_output_length,
    ],
)
def test_explorations_describe_themselves_without_a_notebook(explore, capsys):
    explore()
    assert "Shown:" in capsys.readouterr().out
