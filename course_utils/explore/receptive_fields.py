"""How much of the input one output sees: figures and an exploration of notebook 03.

Layers are (kernel, stride, dilation), from the input upwards, without padding.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Polygon, Rectangle
from numpy.typing import ArrayLike

from course_utils.arithmetic import explain_receptive_field, receptive_field_trace
from course_utils.explore.controls import choice
from course_utils.explore.widget import interactive_figure
from course_utils.plots.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT_GREY,
    ORANGE,
    PICTURE,
    PINK,
    SKY,
    VERMILION,
    new_figure,
)

Layer = tuple[int, int, int]
# Colour, line and marker differ, so that the lines can be told apart in grey, too.
LINES = [
    (BLUE, "-", "o"),
    (VERMILION, "--", "s"),
    (GREEN, "-.", "^"),
    (PINK, ":", "D"),
]
MENUS = 6
LAYERS: dict[str, Layer] = {
    "conv 3×3": (3, 1, 1),
    "conv 5×5": (5, 1, 1),
    "conv 3×3, stride 2": (3, 2, 1),
    "conv 3×3, dilation 2": (3, 1, 2),
    "conv 3×3, dilation 4": (3, 1, 4),
    "max-pool 2×2": (2, 2, 1),
}


def path_counts(layers: list[Layer]) -> list[np.ndarray]:
    """Return by how many paths one output of the stack reaches each position below it.

    One array along one axis for the input and one for each layer; the last is ``[1]``.

    Examples
    --------
    >>> [counts.tolist() for counts in path_counts([(3, 1, 1), (3, 1, 1)])]
    [[1, 2, 3, 2, 1], [1, 1, 1], [1]]
    """
    counts = [np.array([1])]
    for kernel, stride, dilation in reversed(layers):
        above = counts[0]
        reach = (len(above) - 1) * stride + 1
        below = np.zeros(reach + (kernel - 1) * dilation, int)
        for tap in range(kernel):
            below[tap * dilation : tap * dilation + reach : stride] += above
        counts.insert(0, below)
    return counts


def plot_field_cone(layers: list[Layer], numbers: bool = True) -> Figure:
    """Draw one row of pixels, the layers above it, and what the top output sees.

    With `numbers` each row says how many pixels of the *input* one of its values sees.
    """
    figure = new_figure(9, 0.5 + 0.7 * (len(layers) + 1))
    _draw_cone(figure.subplots(), layers, numbers)
    return figure


def plot_field(layers: list[Layer], image: ArrayLike) -> Figure:
    """Draw the cone of a stack, what its middle output sees of an image, and the arithmetic."""
    heights = (2.7, 0.2 * (len(layers) + 2))
    figure = new_figure(9, sum(heights))
    grid = figure.add_gridspec(2, 2, width_ratios=(2, 1), height_ratios=heights)
    _draw_cone(figure.add_subplot(grid[0, 0]), layers, numbers=True)
    _draw_windows(figure.add_subplot(grid[0, 1]), layers, np.asarray(image))
    _write(figure.add_subplot(grid[1, :]), explain_receptive_field(layers))
    return figure


def explore_receptive_field(
    image: ArrayLike, start: tuple[str, ...] = ("conv 3×3", "conv 3×3")
) -> None:
    """Show `plot_field` with a menu for each of six layers; `start` names the first ones."""

    def show(**layers: Layer | None) -> Figure:
        """What one output of a stack of layers sees of an image, as a cone and as a window."""
        return plot_field([layer for layer in layers.values() if layer], image)

    menu = {"no layer": None, **LAYERS}
    chosen = [*start, *["no layer"] * (MENUS - len(start))]
    menus = {
        f"layer_{number}": choice(menu, value=name, label=f"layer {number}")
        for number, name in enumerate(chosen, start=1)
    }
    interactive_figure(show, **menus)


def bounding_box(heat: np.ndarray) -> tuple[int, int, int, int]:
    """Return (top, left, height, width) of the pixels that are not zero.

    >>> bounding_box(np.array([[0, 0, 0], [0, 1, 1]]))
    (1, 1, 1, 2)
    """
    rows, columns = np.flatnonzero(heat.any(axis=1)), np.flatnonzero(heat.any(axis=0))
    return int(rows[0]), int(columns[0]), int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def plot_gradient_field(heat: np.ndarray, layers: list[Layer]) -> Figure:
    """Draw how strongly each pixel moves an output, beside the arithmetic of the stack.

    Parameters
    ----------
    heat : (H, W) array
        Absolute gradients of one output with respect to the pixels, from 0 to 1. The blue frame
        is around all that are not zero.
    layers : list of (kernel, stride, dilation)
    """
    figure = new_figure(9, 3.2)
    picture, text = figure.subplots(1, 2, width_ratios=(1, 2))
    top, left, height, width = bounding_box(heat)
    picture.imshow(heat, cmap="magma", vmin=0, vmax=1)
    corner = (left - 0.5, top - 0.5)
    picture.add_patch(Rectangle(corner, width, height, fill=False, ec=SKY, lw=2))
    picture.set_title(f"measured: {height}×{width} pixels")
    picture.set(xticks=[0, heat.shape[1] - 1], yticks=[0, heat.shape[0] - 1])
    picture.set_xlabel("brighter: moves the output more")
    text.set_title("calculated")
    _write(text, explain_receptive_field(layers))
    return figure


def plot_growth(stacks: dict[str, list[Layer]], goal: int = 28) -> Figure:
    """Draw the receptive field after each layer of up to four stacks, and the side to reach."""
    figure = new_figure(9, 3.6)
    axes = figure.subplots()
    for (name, layers), (colour, line, marker) in zip(stacks.items(), LINES, strict=False):
        sizes = [1, *(size for size, _ in receptive_field_trace(layers))]
        axes.plot(sizes, color=colour, ls=line, marker=marker, ms=5, label=name)
    axes.axhline(goal, color=GREY, lw=1)
    place = axes.get_yaxis_transform()
    axes.text(0.6, goal + 0.7, f"the whole image: {goal} pixels", color=GREY, transform=place)
    axes.set(xlabel="layers", ylabel="receptive field (pixels)", ylim=(0, goal * 1.6))
    axes.set_xlim(0, None)
    figure.legend(loc="outside right center")
    return figure


def _draw_cone(axes: Axes, layers: list[Layer], numbers: bool) -> None:
    counts = path_counts(layers)
    trace = [(1, 1), *receptive_field_trace(layers)]
    names = ["input", *map(_name, layers)]
    margin = max(4, len(counts[0]) // 8)
    total = len(counts[0]) + 2 * margin
    line = 0.5 if total < 60 else 0
    # Each value stands above the middle of the pixels it sees: (size - 1) / 2 to the right.
    starts = [margin + (size - 1) / 2 for size, _ in trace]
    for level, (seen, (size, jump), start) in enumerate(zip(counts, trace, starts, strict=True)):
        around = margin // jump
        # In a long row values get wider, as far as the next one allows, to remain visible.
        width = 0.84 * min(jump, max(1, total / 60))
        inside = np.pad(seen > 0, around)
        for position, used in enumerate(inside, start=-around):
            corner = (start + position * jump + (1 - width) / 2, level)
            colour = ORANGE if used else LIGHT_GREY
            axes.add_patch(Rectangle(corner, width, 0.5, fc=colour, ec=GREY, lw=line))
        axes.text(-0.02 * total, level + 0.25, names[level], va="center", ha="right")
        if numbers and level:
            axes.text(1.02 * total, level + 0.25, f"sees {size} pixels", va="center")
    ends = [
        (start, start + (len(seen) - 1) * jump + 1)
        for seen, (_, jump), start in zip(counts, trace, starts, strict=True)
    ]
    for level, (below, above) in enumerate(pairwise(ends)):
        corners = [(below[0], level + 0.5), (below[1], level + 0.5)]
        corners += [(above[1], level + 1), (above[0], level + 1)]
        axes.add_patch(Polygon(corners, fc=ORANGE, alpha=0.2, lw=0))
    axes.set(xlim=(-0.35 * total, 1.25 * total), ylim=(-0.1, len(layers) + 0.6))
    axes.set_axis_off()


def _name(layer: Layer) -> str:
    for name, known in LAYERS.items():
        if layer == known:
            return name
    kernel, stride, dilation = layer
    return f"{kernel}×{kernel}, stride {stride}, dilation {dilation}"


def _draw_windows(axes: Axes, layers: list[Layer], image: np.ndarray) -> None:
    """Draw the field of every layer about the middle of the image, cut off at its border."""
    side = image.shape[0]
    axes.imshow(image, cmap=PICTURE)
    sizes = [1, *(size for size, _ in receptive_field_trace(layers))]
    for size in sizes:
        shown = min(size, side)
        corner = (side - shown) // 2 - 0.5
        last = size == sizes[-1]
        style = {"fc": ORANGE + "40", "lw": 2.5} if last else {"fill": False, "lw": 1, "ls": ":"}
        axes.add_patch(Rectangle((corner, corner), shown, shown, ec=ORANGE, **style))
    seen = min(sizes[-1], side) ** 2 / side**2
    axes.set_title(f"window {sizes[-1]}×{sizes[-1]}: {seen:.0%} of the image")
    axes.set(xticks=[], yticks=[])


def _write(axes: Axes, text: str) -> None:
    axes.set_axis_off()
    place = {"transform": axes.transAxes, "va": "top", "family": "monospace"}
    axes.text(0, 1, text, fontsize=9, **place)
