"""GoogLeNet from its stem to its classifier, with the two auxiliary heads."""

from __future__ import annotations

import math
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.architectures.googlenet import CLASSES, HEADS_AFTER, MODULES, POOLED_AFTER
from course_utils.explore.inception import BRANCHES
from course_utils.plots.style import GREY, LIGHT_GREY, SKY, new_figure

_PITCH, _TALLEST = 0.49, 1.5
_STEM, _POOL = SKY, LIGHT_GREY


class Stage(NamedTuple):
    """One box: its name and output, and how many channels each branch of a module adds."""

    name: str
    side: int
    channels: int
    branches: tuple[int, ...] = ()


def stages() -> list[Stage]:
    """Return the boxes in order.

    >>> [stage.name for stage in stages() if stage.branches][:3], stages()[-1].channels
    (['3a', '3b', '4a'], 1000)
    """
    found = [
        Stage("conv 7×7", 112, 64),
        Stage("pool", 56, 64),
        Stage("conv 1×1", 56, 64),
        Stage("conv 3×3", 56, 192),
        Stage("pool", 28, 192),
    ]
    side = 28
    for name, widths in MODULES.items():
        branches = (widths.f1, widths.f3, widths.f5, widths.pool_proj)
        found.append(Stage(name, side, widths.channels, branches))
        if name in POOLED_AFTER:
            side //= 2
            found.append(Stage("pool", side, widths.channels))
    return [*found, Stage("global\nmean", 1, found[-1].channels), Stage("dense", 1, CLASSES)]


def plot_googlenet() -> Figure:
    """Draw all stages from left to right, higher boxes for larger maps.

    A module has a stripe for each branch, as broad as its share of the channels.
    """
    found = stages()
    figure = new_figure(9, 3.2, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, 9), ylim=(-1.45, 1.55))
    ax.set_axis_off()
    middle = 0.75
    for number, stage in enumerate(found):
        x = 0.36 + number * _PITCH
        height = _TALLEST * (0.12 + 0.88 * math.sqrt(stage.side / found[0].side))
        if number:
            ax.plot([x - _PITCH, x], [middle] * 2, color=GREY, lw=1.2, zorder=0)
        _draw_stage(ax, x, middle, height, stage)
        low = middle - _TALLEST / 2 - 0.08
        look = {"ha": "center", "va": "top", "fontsize": 7.5}
        ax.text(x, low, stage.name.replace(" ", "\n"), **look, weight="bold")
        size = "" if stage.side == 1 else f"{stage.side}×{stage.side}\n"
        ax.text(x, low - 0.3, f"{size}{stage.channels}", **look)
        if stage.name in HEADS_AFTER:
            _draw_head(ax, x, low - 0.62)
    handles = [Rectangle((0, 0), 1, 1, fc=colour, ec="#555555") for colour in BRANCHES.values()]
    names = [f"{name} branch" for name in BRANCHES]
    ax.legend(handles[::-1], names[::-1], loc="lower left", fontsize=8.5)
    return figure


def _draw_stage(ax: Axes, x: float, middle: float, height: float, stage: Stage) -> None:
    width = 0.36
    left, bottom = x - width / 2, middle - height / 2
    outline = {"ec": "#555555", "lw": 0.8, "zorder": 2}
    if not stage.branches:
        colour = _STEM if stage.name.startswith(("conv", "dense")) else _POOL
        ax.add_patch(Rectangle((left, bottom), width, height, fc=colour, **outline))
        return
    for count, colour in zip(stage.branches, BRANCHES.values(), strict=True):
        part = height * count / stage.channels
        ax.add_patch(Rectangle((left, bottom), width, part, fc=colour, **outline))
        bottom += part


def _draw_head(ax: Axes, x: float, top: float) -> None:
    arrow = {"arrowstyle": "-|>", "color": GREY, "lw": 1.2, "ls": "--"}
    ax.annotate("", (x, top - 0.3), (x, top), arrowprops=arrow)
    box = {"boxstyle": "round,pad=0.25", "fc": "white", "ec": GREY, "ls": "--"}
    text = "auxiliary classifier:\npool, 1×1, dense, dense"
    ax.text(x, top - 0.46, text, ha="center", va="center", fontsize=7.5, bbox=box)
