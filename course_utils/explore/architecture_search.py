"""Cells, accuracies and searches: figures and an exploration of notebook 11.

Blocks are those of ``course_utils.nas``. The colours of a cell are those of Figure 4 in Zoph et
al. (arXiv:1707.07012): inputs white, operations yellow, combinations green, output pink.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle

from course_utils.explore.controls import slider
from course_utils.explore.widget import interactive_figure
from course_utils.nas import Block, NasTable, Search, reinforce_search
from course_utils.plots.style import BLUE, GREY, LIGHT_GREY, ORANGE, new_figure

YELLOW, GREEN, PINK = "#f7e08a", "#a8dcc0", "#f3b6d2"
# Colour and line differ, so that the curves can be told apart in grey, too.
LINES = ((BLUE, "--"), (ORANGE, "-"))
SHORT = {
    "convolution": "conv",
    "depthwise-separable conv": "sep",
    "separable conv": "sep",
    "dilated conv": "dil",
    "average pooling": "avg",
    "max pooling": "max",
}
# Widths of boxes; two operations beside each other are 1 apart.
_INPUT, _OPERATION, _COMBINATION = 2.9, 0.86, 1.3


def plot_search_loop() -> Figure:
    """Draw how a controller, its child networks and their accuracies go round in a circle."""
    figure = new_figure(9, 2.6)
    ax = figure.subplots()
    boxes = {
        (0.0, 0.0): "controller\n(an RNN with weights θ)",
        (3.4, 0.0): "child network\nbuilt from the choices",
        (6.8, 0.0): "accuracy R on\nheld-out images",
    }
    for (x, y), text in boxes.items():
        _box(ax, x, y, 2.2, 0.9, "white", text, size=10)
    arrow = {"arrowstyle": "-|>", "color": GREY, "lw": 1.5, "mutation_scale": 15}
    for x, text in ((1.1, "samples\nchoices"), (4.5, "train on\nproxy data")):
        ax.annotate("", xy=(x + 1.18, 0), xytext=(x + 0.02, 0), arrowprops=arrow)
        ax.text(x + 0.6, 0.12, text, ha="center", va="bottom", fontsize=9)
    bend = {**arrow, "connectionstyle": "bar,fraction=-0.09"}
    ax.annotate("", xy=(0, -0.5), xytext=(6.8, -0.5), arrowprops=bend)
    text = "policy gradient: choices that led to a good R become more probable"
    ax.text(3.4, -1.22, text, ha="center", va="top", fontsize=10)
    ax.set(xlim=(-1.2, 8.0), ylim=(-1.6, 0.9))
    ax.set_axis_off()
    return figure


def plot_cell(
    blocks: Sequence[Block], outputs: Sequence[int] | None = None, title: str = ""
) -> Figure:
    """Draw a NASNet cell from its inputs (bottom) to its output (top).

    Parameters
    ----------
    blocks : sequence of Block
    outputs : sequence of int, optional
        Hidden states that are concatenated; by default all blocks that no other block reads.
    title : str
    """
    states = ["previous but one", "previous", *(f"block {b + 1}" for b in range(len(blocks)))]
    levels = _levels(blocks)
    if outputs is None:
        read = {source for block in blocks for source in block.inputs}
        outputs = [2 + b for b in range(len(blocks)) if 2 + b not in read]
    height = 1.9 * max(levels) + 1.7
    figure = new_figure(9, 0.62 * height + 0.3)
    ax = figure.subplots()
    # Between two blocks there is room for a line from an input straight up to the output.
    gap = 2 * (len(blocks) // 2) - 0.5
    places = {0: (gap - 1.2, 0.0), 1: (gap + 3.2, 0.0)}
    for b, level in enumerate(levels):
        places[2 + b] = (2 * b + 0.5, 1.9 * level - 0.1)
    top = 1.9 * max(levels) + 0.95
    for b, (block, level) in enumerate(zip(blocks, levels, strict=True)):
        for side, (source, operation) in enumerate(
            zip(block.inputs, block.operations, strict=True)
        ):
            x, y = 2 * b + side, 1.9 * level - 0.95
            # From the edge of the source's box that is nearest, to the bottom of this one.
            from_x, from_y = places[source]
            reach = (_INPUT if source < 2 else _COMBINATION) / 2 - 0.1
            start = (np.clip(x, from_x - reach, from_x + reach), from_y + 0.25)
            _line(ax, start, (x, y - 0.25), BLUE if source == 0 else GREY)
            _line(ax, (x, y), places[2 + b], GREY)
            _box(ax, x, y, _OPERATION, 0.5, YELLOW, short_name(operation))
        _box(ax, *places[2 + b], _COMBINATION, 0.5, GREEN, f"{b + 1}: {block.combination}")
    for state in outputs:
        x = gap + 2 * state if state < 2 else places[state][0]
        _line(ax, (x, places[state][1]), (x, top), BLUE if state == 0 else GREY)
    _box(ax, len(blocks) - 0.5, top, 2 * len(blocks) - 0.2, 0.5, PINK, "output: concatenate")
    for state in (0, 1):
        _box(ax, *places[state], _INPUT, 0.5, "white", f"output of the {states[state]} cell")
    ax.set(xlim=(-0.6, 2 * len(blocks) - 0.4), ylim=(-0.35, top + 0.35), title=title)
    ax.set_axis_off()
    return figure


def short_name(operation: str) -> str:
    """Return an operation's name for a small box.

    >>> short_name("3×3 depthwise-separable convolution")
    'sep 3×3'
    """
    size, _, kind = operation.partition(" ")
    if not kind or " then " in f" {kind}":
        return operation.replace(" convolution", "").replace(" then ", "+")
    for long, short in SHORT.items():
        kind = kind.replace(long, short)
    return f"{kind} {size}"


def plot_nas_table(table: NasTable) -> Figure:
    """Draw the accuracies of all toy networks, first operation by row, second by column."""
    figure = new_figure(7.6, 4.2)
    ax = figure.subplots()
    accuracy = table.accuracy
    ax.imshow(accuracy, cmap="cividis", vmin=0, vmax=1, aspect="auto")
    for place, value in np.ndenumerate(accuracy):
        colour = "black" if value > 0.5 else "white"
        ax.text(*place[::-1], f"{value:.2f}", ha="center", va="center", color=colour)
    best = np.unravel_index(accuracy.argmax(), accuracy.shape)
    corner = (best[1] - 0.48, best[0] - 0.46)
    ax.add_patch(Rectangle(corner, 0.96, 0.92, fill=False, ec=ORANGE, lw=3))
    names = [short_name(name) for name in table.operations]
    ax.set(xticks=range(len(names)), yticks=range(len(names)))
    ax.set_xticklabels(names)
    ax.set_yticklabels(names)
    ax.set(xlabel="second operation", ylabel="first operation")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return figure


def plot_searches(searches: Mapping[str, Sequence[Search]]) -> Figure:
    """Draw two searches, each the mean of several runs: what they try, and their best so far."""
    figure = new_figure(9, 3.5)
    tried, best = figure.subplots(1, 2, sharey=True)
    for (name, runs), (colour, line) in zip(searches.items(), LINES, strict=True):
        look = {"color": colour, "ls": line, "label": name}
        tried.plot(np.mean([run.rewards for run in runs], axis=0), **look)
        best.plot(np.mean([run.best_so_far for run in runs], axis=0), **look)
    tried.set(title="accuracy of the network just tried", ylabel="accuracy", ylim=(0, 1))
    best.set(title="best accuracy so far")
    for ax in (tried, best):
        ax.set_xlabel("networks tried")
        ax.grid(axis="y", alpha=0.3)
    figure.legend(*best.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def plot_search(table: NasTable, search: Search, n: int) -> Figure:
    """Draw a search after `n` networks: the accuracies, and what it would try next."""
    n_ops = len(table.operations)
    figure = new_figure(9, 3.2)
    curve, odds = figure.subplots(1, 2, width_ratios=(1.3, 1))
    curve.plot(search.rewards[:n], ".", color=GREY, label="network just tried")
    curve.plot(search.best_so_far[:n], color=ORANGE, lw=2, label="best so far")
    curve.axhline(table.accuracy.max(), color=LIGHT_GREY, ls=":", zorder=0)
    curve.set(xlabel="networks tried", ylabel="accuracy", xlim=(-2, len(search.rewards) + 1))
    curve.set(ylim=(0, 1), title=f"mean of the last 30: {search.rewards[:n][-30:].mean():.2f}")
    curve.legend(loc="upper left", ncols=2)
    now = search.probabilities[n - 1]
    for position, (colour, shift) in enumerate(((BLUE, -0.2), (ORANGE, 0.2))):
        label = ("first operation", "second operation")[position]
        odds.barh(np.arange(n_ops) + shift, now[position], height=0.36, color=colour, label=label)
    odds.set(yticks=range(n_ops), xlim=(0, 1.02), xlabel="probability")
    odds.set_yticklabels([short_name(name) for name in table.operations])
    odds.invert_yaxis()
    odds.legend(loc="upper right")
    return figure


def explore_search(table: NasTable, n_samples: int = 120) -> None:
    """Show `plot_search` of REINFORCE with sliders for the networks tried, lr and seed."""

    def show(n: int, lr: float, seed: int) -> Figure:
        """An architecture search: accuracies of the networks tried, and probabilities."""
        return plot_search(table, reinforce_search(table.accuracy, n_samples, seed, lr), n)

    interactive_figure(
        show,
        n=slider(1, n_samples, value=60, label="networks tried"),
        lr=slider(0.0, 6.0, value=1.0, step=0.5, label="learning rate"),
        seed=slider(0, 9, value=0, label="seed"),
    )


def _levels(blocks: Sequence[Block]) -> list[int]:
    """Return how high each block stands: above all blocks that it reads."""
    levels: list[int] = []
    for block in blocks:
        below = [levels[source - 2] for source in block.inputs if source >= 2]
        levels.append(1 + max(below, default=0))
    return levels


def _line(ax: Axes, start: tuple, end: tuple, colour: str) -> None:
    ax.plot(*zip(start, end, strict=True), color=colour, lw=1.1, zorder=1)


def _box(
    ax: Axes, x: float, y: float, width: float, height: float, colour: str, text: str, size=8.5
) -> None:
    corner = (x - width / 2, y - height / 2)
    style = "round,pad=0,rounding_size=0.08"
    look = {"fc": colour, "ec": "#555555", "lw": 0.9, "zorder": 2}
    ax.add_patch(FancyBboxPatch(corner, width, height, boxstyle=style, **look))
    ax.text(x, y, text, ha="center", va="center", fontsize=size, zorder=3)
