"""One convolution layer as a drawing: its input, its filters and its output; notebook 01.

``plot_layer``     input, filters and output with their shapes
``explore_layer``  the same with sliders for the layer's parameters
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from course_utils.arithmetic import conv_output_shape
from course_utils.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PINK,
    SKY,
    VERMILION,
    WIDTH,
    new_figure,
)

FILTER_COLOURS = (BLUE, GREEN, PINK, VERMILION, SKY, GREY)
RED_GREEN_BLUE = ("#f6c9c2", "#cde7d3", "#c8dcf3")
_SHOWN, _MOST_CELLS = 6, 12


def plot_layer(
    input_shape: tuple[int, int, int], filters: int, kernel_size: int, row: int = 0, col: int = 0
) -> Figure:
    """Draw a window of the input, all filters it is multiplied with, and where the sums go.

    Of many channels or filters the first six are drawn.

    Parameters
    ----------
    input_shape : (height, width, channels)
    filters, kernel_size : int
        As for ``Conv2D``.
    row, col : int
        The window's position in the output.

    Raises
    ------
    ValueError
        If no window fits, or the output has no such position.
    """
    height, width, channels = input_shape
    output = conv_output_shape(input_shape, filters, kernel_size)
    if not (0 <= row < output[0] and 0 <= col < output[1]):
        raise ValueError(
            f"the output is {output[0]}×{output[1]}: it has no position [{row}, {col}]"
        )
    figure = new_figure(WIDTH, 4.4)
    ax = figure.subplots()
    # Depth goes up and to the right, half a cell per sheet; the input is 4 units high.
    cell = 4 / max(height, width)
    colours = RED_GREEN_BLUE if channels == 3 else ("#e3e3e3",) * channels
    window = (row, col, kernel_size)
    for depth in reversed(range(min(channels, _SHOWN))):
        corner = (0.3 * depth, 0.3 * depth)
        _draw_sheet(ax, corner, (height, width), cell, colours[depth], window, ORANGE)
    _draw_filters(ax, filters, kernel_size, colours[:_SHOWN], cell)
    spare = (4 - output[0] * cell) / 2
    for number in reversed(range(min(filters, _SHOWN))):
        corner, colour = (11.2 + 0.3 * number, spare + 0.3 * number), FILTER_COLOURS[number]
        _draw_sheet(ax, corner, output[:2], cell, "white", (row, col, 1), colour, edge=colour)
    for start, end in (((5.6, 2), (6.7, 2)), ((9.6, 2), (10.8, 2))):
        ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=16, color=GREY))
    size = f"{kernel_size}×{kernel_size}×{channels}"
    middle = 2 + 0.15 * (min(channels, _SHOWN) - 1)
    _name(ax, middle, f"input: {height}×{width}×{channels}", f"window: {size}")
    _name(ax, 8.2, _count(filters, "filter"), f"each {size}, and a bias")
    middle = 11.2 + output[1] * cell / 2 + 0.15 * (min(filters, _SHOWN) - 1)
    shape = "×".join(map(str, output))
    _name(ax, middle, f"output: {shape}", f"{_count(filters, 'number')} at each position")
    ax.set(xlim=(-0.3, 16.5), ylim=(-1.4, 5.9), aspect="equal")
    ax.set_axis_off()
    return figure


def explore_layer(side: int = 10) -> None:
    """Show `plot_layer` for a side × side input, with sliders for all that can be chosen."""
    from course_utils.explore import choice, interactive_figure, slider

    def draw(channels: int, filters: int, kernel_size: int) -> Figure:
        """A window of the input, the filters it is multiplied with, and the output."""
        return plot_layer((side, side, channels), filters, kernel_size, row=2, col=3)

    interactive_figure(
        draw,
        channels=choice([1, 3], value=3, label="input channels"),
        filters=slider(1, _SHOWN, 4),
        kernel_size=slider(1, 6, 3),
    )


def _draw_sheet(
    ax: Axes,
    corner: tuple[float, float],
    shape: tuple[int, int],
    cell: float,
    colour: str,
    window: tuple[int, int, int],
    window_colour: str,
    edge: str = GREY,
) -> None:
    """Draw one channel with its lower left corner at `corner`, and a square window on it."""
    (left, bottom), (rows, columns), (row, col, size) = corner, shape, window
    right, top = left + columns * cell, bottom + rows * cell
    # Later sheets lie in front of earlier ones, with all that is drawn on them.
    level = 1 + len(ax.patches)
    ax.add_patch(
        Rectangle(corner, columns * cell, rows * cell, fc=colour, ec=edge, lw=1.2, zorder=level)
    )
    if max(shape) <= _MOST_CELLS:
        lines = [[(left, y), (right, y)] for y in np.arange(bottom + cell, top - cell / 2, cell)]
        lines += [[(x, bottom), (x, top)] for x in np.arange(left + cell, right - cell / 2, cell)]
        ax.add_collection(LineCollection(lines, colors=edge, linewidths=0.4, zorder=level))
    place = (left + col * cell, top - (row + size) * cell)
    box = {"width": size * cell, "height": size * cell, "zorder": level}
    ax.add_patch(Rectangle(place, **box, fc=window_colour, lw=0, alpha=0.5))
    ax.add_patch(Rectangle(place, **box, fill=False, ec=window_colour, lw=2))


def _draw_filters(
    ax: Axes, filters: int, kernel_size: int, colours: tuple[str, ...], cell: float
) -> None:
    """Draw the filters in two columns about the middle, each as deep as the input."""
    shown = min(filters, _SHOWN)
    columns, rows = min(shown, 2), (shown + 1) // 2
    scale = min(max(cell, 0.2), 1.05 / kernel_size)
    side, depth = kernel_size * scale, 0.1 * (len(colours) - 1)
    for number in range(shown):
        column, row = number % 2, number // 2
        left = 8.2 - columns * 0.75 + 1.5 * column + (1.5 - side - depth) / 2
        bottom = 2 + (rows / 2 - row - 0.5) * 1.6 - (side + depth) / 2
        for channel in reversed(range(len(colours))):
            corner = (left + 0.1 * channel, bottom + 0.1 * channel)
            frame, window = FILTER_COLOURS[number], (0, 0, kernel_size)
            shape = (kernel_size, kernel_size)
            _draw_sheet(ax, corner, shape, scale, colours[channel], window, frame, edge=frame)


def _name(ax: Axes, x: float, bold: str, plain: str) -> None:
    ax.text(x, -0.5, bold, ha="center", va="top", weight="bold")
    ax.text(x, -0.95, plain, ha="center", va="top")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
