"""Stacked 3×3 convolutions in place of one with a large kernel; notebook 06.

``plot_stack``      what both see and what both weigh
``explore_stacks``  the same with sliders
"""

from __future__ import annotations

from itertools import product, zip_longest

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from course_utils.arithmetic import conv_params, receptive_field
from course_utils.explore.controls import choice, slider
from course_utils.explore.widget import interactive_figure
from course_utils.plots.placing import axes_at
from course_utils.plots.style import BLUE, GREY, ORANGE, new_figure

# Inches: the drawing of a chain, the largest grid in it, the arrow between two grids.
_WIDTH, _LARGEST, _GAP = 6.2, 1.85, 0.58
_INSIDE = "#fbeccb"


def plot_stack(n_layers: int, channels: int | None = None) -> Figure:
    """Draw `n_layers` 3×3 convolutions above the single one that sees as much, and their weights.

    Parameters
    ----------
    n_layers : int
        2 to 4.
    channels : int, optional
        Of the input and of every layer's output. Without it the weights are those between one
        input and one output channel. No biases.

    Raises
    ------
    ValueError
        If `n_layers` is out of range.
    """
    if not 2 <= n_layers <= 4:
        raise ValueError(f"n_layers must be 2 to 4, got {n_layers}")
    field = receptive_field([(3, 1, 1)] * n_layers)
    sides = [field - 2 * layer for layer in range(n_layers + 1)]
    figure = new_figure(9, 5.0, layout="none")
    titles = (
        f"{n_layers} layers 3×3, {n_layers} activations: sees {field}×{field} pixels",
        f"1 layer {field}×{field}, 1 activation: sees {field}×{field} pixels",
    )
    largest = min(_LARGEST, (_WIDTH - 0.15 - n_layers * _GAP) * sides[0] / sum(sides))
    for row, (title, chain) in enumerate(zip(titles, (sides, [field, 1]), strict=True)):
        ax = axes_at(figure, 0.1, 0.4 + 2.45 * row, _WIDTH, 2.15)
        ax.set(xlim=(-0.05, _WIDTH - 0.05), ylim=(2.1, -0.05), xticks=[], yticks=[])
        ax.set_axis_off()
        ax.set_title(title, loc="left")
        _draw_chain(ax, chain, largest)
    _draw_weights(axes_at(figure, 6.75, 0.75, 2.1, 3.8), n_layers, field, channels)
    return figure


def explore_stacks() -> None:
    """Show `plot_stack` with a slider for the layers and a menu for the channels."""

    def show(n_layers: int, channels: int) -> Figure:
        """Stacked 3×3 convolutions and one with a large kernel: what they see and weigh."""
        return plot_stack(n_layers, channels)

    interactive_figure(
        show,
        n_layers=slider(2, 4, value=3, label="layers of 3×3"),
        channels=choice([16, 32, 64, 128, 256, 512], value=256, label="channels"),
    )


def _draw_chain(ax: Axes, sides: list[int], largest: float) -> None:
    """Draw grids of these sides from left to right; orange is the window the next one reads."""
    cell = largest / sides[0]
    left = 0.0
    for side, following in zip_longest(sides, sides[1:], fillvalue=1):
        window = side - following + 1
        top, right = (largest - side * cell) / 2, left + side * cell
        start = (side - window) // 2
        for row, column in product(range(side), repeat=2):
            read = all(start <= place < start + window for place in (row, column))
            corner = (left + column * cell, top + row * cell)
            colour = ORANGE if read else _INSIDE
            ax.add_patch(Rectangle(corner, cell, cell, fc=colour, ec=GREY, lw=0.6))
        middle = (left + right) / 2
        ax.text(middle, top + side * cell + 0.05, f"{side}×{side}", ha="center", va="top", size=9)
        if side > 1:
            ends = (right + 0.06, largest / 2), (right + _GAP - 0.06, largest / 2)
            arrow = {"arrowstyle": "-|>", "mutation_scale": 12, "color": GREY}
            ax.add_patch(FancyArrowPatch(*ends, shrinkA=0, shrinkB=0, **arrow))
            name = f"{window}×{window}"
            ax.text(right + _GAP / 2, largest / 2 - 0.09, name, ha="center", size=8)
        left = right + _GAP


def _draw_weights(ax: Axes, n_layers: int, field: int, channels: int | None) -> None:
    pairs = channels or 1
    stack = n_layers * conv_params(3, pairs, pairs, use_bias=False)
    single = conv_params(field, pairs, pairs, use_bias=False)
    bars = ax.bar([0, 1], [stack, single], 0.6, color=[BLUE, ORANGE])
    bars[1].set_hatch("//")
    for place, count in enumerate((stack, single)):
        ax.text(place, count, f"{count:,}", ha="center", va="bottom")
    names = [f"{n_layers} of 3×3", f"1 of {field}×{field}"]
    ax.set(xticks=[0, 1], xticklabels=names, yticks=[], xlim=(-0.55, 1.55))
    ax.set_ylim(0, single * 1.12)
    ax.spines["left"].set_visible(False)
    what = f"{channels} → {channels} channels" if channels else "1 → 1 channel"
    saved = f"{abs(1 - stack / single):.0%} {'fewer' if stack < single else 'more'}"
    ax.set_title(f"weights, {what}:\nstacked, {saved}", loc="left")
