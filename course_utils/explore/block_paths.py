"""Blocks of a network as chains of operations, with their shortcuts; notebook 08."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from course_utils.plots.style import GREY, ORANGE, WIDTH, new_figure

_FACES = {"ReLU": "#F9D58B", "conv": "#A9CCE3"}


class Block(NamedTuple):
    """A chain of operations; "+" adds what the shortcut carries from its start.

    ``start`` is the number of operations before the shortcut leaves, None without a shortcut;
    ``label`` is what stands on it.
    """

    operations: Sequence[str]
    start: int | None = None
    label: str = "x"


BLOCKS = {
    "plain": Block(["conv", "ReLU", "conv", "ReLU"]),
    "residual": Block(["conv", "ReLU", "conv", "+", "ReLU"], 0),
    "after the first ReLU": Block(["conv", "ReLU", "+"], 0),
    "pre-activation": Block(["ReLU", "conv", "ReLU", "conv", "+"], 0),
}


def plot_paths(blocks: dict[str, Block]) -> Figure:
    """Draw blocks one below the other, from left to right, with their shortcuts in orange."""
    height = 1.15
    # A first block without a shortcut needs no room above it.
    top = 0.35 if next(iter(blocks.values())).start is None else -0.1
    figure = new_figure(WIDTH, height * len(blocks) - top, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    longest = max(len(block.operations) for block in blocks.values())
    ax.set(xlim=(0, WIDTH), ylim=(height * len(blocks), top))
    ax.set_axis_off()
    pitch = (WIDTH - 3.2) / longest
    for row, (name, block) in enumerate(blocks.items()):
        y = (row + 0.68) * height
        ax.text(0.15, y, name, va="center", weight="bold")
        _draw_path(ax, block, y, 2.35, pitch)
    return figure


def _draw_path(ax: Axes, block: Block, y: float, left: float, pitch: float) -> None:
    """Draw one block; positions are in inches, y downwards."""
    middles = [left + (index + 0.5) * pitch for index in range(len(block.operations))]
    end = middles[-1] + pitch * 0.5 + 0.15
    ax.text(left - 0.3, y, "x", ha="center", va="center", style="italic", fontsize=12)
    corners = [left - 0.2, *middles, end]
    halves = [0, *(0.16 if name == "+" else 0.36 for name in block.operations), 0]
    for index in range(len(corners) - 1):
        start, stop = corners[index] + halves[index], corners[index + 1] - halves[index + 1]
        _arrow(ax, [(start, y), (stop, y)], GREY)
    for name, x in zip(block.operations, middles, strict=True):
        if name == "+":
            ax.add_patch(Circle((x, y), 0.16, fc="white", ec=ORANGE, lw=2, zorder=3))
        else:
            face = _FACES.get(name, _FACES["conv"])
            style = "round,pad=0,rounding_size=0.06"
            box = FancyBboxPatch((x - 0.36, y - 0.2), 0.72, 0.4, boxstyle=style, fc=face, ec=GREY)
            ax.add_patch(box)
        ax.text(x, y, name, ha="center", va="center", fontsize=9, zorder=4)
    if block.start is not None:
        add = middles[block.operations.index("+")]
        begin, top = left - 0.1 + block.start * pitch, y - 0.5
        _arrow(ax, [(begin, y), (begin, top), (add, top), (add, y - 0.16)], ORANGE)
        middle = (begin + add) / 2
        ax.text(middle, top, block.label, ha="center", va="center", fontsize=9, zorder=4,
                bbox={"fc": "white", "ec": "none", "pad": 1.5})  # fmt: skip


def _arrow(ax: Axes, corners: list[tuple[float, float]], colour: str) -> None:
    width = 2.0 if colour == ORANGE else 1.2
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "color": colour, "lw": width}
    ax.add_patch(FancyArrowPatch(path=Path(corners), **look, joinstyle="round", zorder=1))
