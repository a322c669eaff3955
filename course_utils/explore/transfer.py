"""What is reused, what trains, and what it is good for: figures of notebook 12.

``plot_ways``           a network from scratch, feature extraction and fine-tuning side by side
``explore_freezing``    how many weights train when some blocks are unfrozen
``explore_neighbours``  which pictures are alike: by their pixels, and by a base's features
``plot_accuracies``     training and test accuracy of several ways
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle
from numpy.typing import ArrayLike

from course_utils.arithmetic import conv_params, dense_params
from course_utils.explore.controls import choice, slider
from course_utils.explore.widget import interactive_figure
from course_utils.plots.images import draw_picture
from course_utils.plots.style import BLUE, GREEN, GREY, ORANGE, VERMILION, WIDTH, new_figure

# Colour and hatching differ, so that the parts can be told apart in grey, too.
LOOKS = {
    "frozen": {"fc": "#e4e4e4", "ec": GREY, "hatch": "////"},
    "trains": {"fc": ORANGE, "ec": "black", "hatch": ""},
    "new": {"fc": "#9ecbe8", "ec": "black", "hatch": ".."},
}
MEANINGS = {
    "frozen": "learned elsewhere, frozen",
    "trains": "learned elsewhere, goes on training",
    "new": "new: random at first, trains",
}


class Base(NamedTuple):
    """A convolutional base: the filters of each convolution, by block, and the image's side."""

    blocks: tuple[tuple[int, ...], ...]
    side: int
    channels: int = 3

    @property
    def block_params(self) -> list[int]:
        """The weights of each block of 3×3 convolutions."""
        counts, channels = [], self.channels
        for block in self.blocks:
            counts.append(0)
            for filters in block:
                counts[-1] += conv_params(3, channels, filters)
                channels = filters
        return counts

    @property
    def features(self) -> int:
        """How many numbers Flatten gives; each block ends with a pooling."""
        side = self.side // 2 ** len(self.blocks)
        return side * side * self.blocks[-1][-1]


BASES = {
    "the course's backbone, 32×32": Base(((32,), (64,), (64,)), 32),
    "VGG19, 32×32": Base(((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4), 32),
    "VGG19, 224×224": Base(((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4), 224),
}


def plot_ways() -> Figure:
    """Draw three networks: trained from scratch, with a frozen base, with a thawed last block."""
    ways = {
        "from scratch": (["new"] * 3, "everything is learned\nfrom your few images"),
        "feature\nextraction": (["frozen"] * 3, "only the classifier\nlearns"),
        "fine-tuning": (
            ["frozen"] * 2 + ["trains"],
            "afterwards the top block\nis adjusted a little",
        ),
    }
    figure = new_figure(WIDTH, 4.1)
    ax = figure.subplots()
    for row, (name, (states, remark)) in enumerate(ways.items()):
        y = -1.5 * row
        ax.text(-0.75, y, name, ha="right", va="center", weight="bold", fontsize=11)
        ax.text(-0.45, y, "image", ha="center", va="center", fontsize=10, rotation=90)
        places = [0.0, 1.55, 3.1, 5.05]
        parts = [*(f"block {number}" for number in (1, 2, 3)), "classifier"]
        for x, part, state in zip(places, parts, [*states, "new"], strict=True):
            ax.add_patch(Rectangle((x, y - 0.45), 1.2, 0.9, lw=1.2, **LOOKS[state]))
            box = {"fc": "white", "ec": "none", "pad": 1.5, "alpha": 0.85}
            ax.text(x + 0.6, y, part, ha="center", va="center", fontsize=10, bbox=box)
        for start, end in ((-0.32, 0.0), (1.2, 1.55), (2.75, 3.1), (4.3, 5.05)):
            ax.add_patch(_arrow((start, y), (end, y)))
        ax.text(6.5, y, remark, va="center", fontsize=10)
    ax.text(2.15, 0.72, "convolutional base", ha="center", fontsize=10)
    ax.plot([0, 0, 4.3, 4.3], [0.58, 0.66, 0.66, 0.58], color=GREY, lw=1)
    ax.set(xlim=(-2.35, 8.9), ylim=(-3.6, 1.0))
    ax.set_axis_off()
    _legend(figure)
    return figure


def trainable_parts(base: Base, unfrozen: int, units: int, classes: int) -> list[tuple]:
    """Return (name, weights, state) of each block and of the classifier, from the image upwards.

    Parameters
    ----------
    unfrozen : int
        How many of the top blocks train.
    units : int
        Of a hidden dense layer; 0: there is none.

    Examples
    --------
    >>> trainable_parts(BASES["the course's backbone, 32×32"], 1, 0, 10)[2:]
    [('block 3', 36928, 'trains'), ('classifier', 10250, 'new')]
    """
    counts = base.block_params
    parts = []
    for number, count in enumerate(counts, start=1):
        state = "trains" if number > len(counts) - unfrozen else "frozen"
        parts.append((f"block {number}", count, state))
    head = dense_params(base.features, units) if units else 0
    return [*parts, ("classifier", head + dense_params(units or base.features, classes), "new")]


def plot_freezing(base: Base, unfrozen: int, units: int, classes: int) -> Figure:
    """Draw the weights of each part of a network as bars, frozen ones hatched."""
    parts = trainable_parts(base, unfrozen, units, classes)
    counts = [count for _, count, _ in parts]
    trains = sum(count for _, count, state in parts if state != "frozen")
    figure = new_figure(WIDTH, 0.9 + 0.42 * len(parts))
    ax = figure.subplots()
    for place, (_, count, state) in enumerate(parts):
        ax.barh(place, count, height=0.62, lw=1, **LOOKS[state])
        ax.text(count + 0.01 * max(counts), place, f"{count:,}", va="center", fontsize=9.5)
    ax.set_yticks(range(len(parts)), [name for name, _, _ in parts])
    ax.tick_params(axis="y", length=0)
    ax.set(xlim=(0, 1.15 * max(counts)), xticks=[])
    ax.spines["bottom"].set_visible(False)
    total = sum(counts)
    ax.set_title(f"{trains:,} of {total:,} weights train ({trains / total:.1%})", loc="left")
    _legend(figure)
    return figure


def explore_freezing() -> None:
    """Show `plot_freezing` with controls for the base, the unfrozen blocks and the classifier."""

    def show(base: Base, unfrozen: int, units: int, classes: int) -> Figure:
        """Weights of each block of a network and of its classifier; which of them train."""
        return plot_freezing(base, unfrozen, units, classes)

    interactive_figure(
        show,
        base=choice(BASES, label="base"),
        unfrozen=slider(0, 5, value=1, label="top blocks unfrozen"),
        units=choice({"none": 0, "64": 64, "512": 512, "4096": 4096}, label="hidden units"),
        classes=slider(2, 100, value=10, label="classes"),
    )


def nearest(points: ArrayLike, query: ArrayLike, count: int) -> np.ndarray:
    """Return the indices of the points closest to point `query`, the closest first.

    Close means pointing in the same direction from the mean of all points (cosine), so that
    neither brightness nor strength counts. Several queries give a row each.

    >>> nearest([[1, 1], [2, 2], [0, 1], [-5, -4]], query=0, count=2).tolist()
    [1, 2]
    """
    points = np.asarray(points, float).reshape(len(points), -1)
    points = points - points.mean(axis=0)
    lengths = np.linalg.norm(points, axis=1)
    queries = np.atleast_1d(query)
    closeness = points[queries] @ points.T / np.where(lengths > 0, lengths, 1)
    closeness[np.arange(len(queries)), queries] = -np.inf
    found = np.argsort(-closeness, axis=1, kind="stable")[:, :count]
    return found if np.ndim(query) else found[0]


def plot_neighbours(
    images: np.ndarray, labels: ArrayLike, features: np.ndarray, query: int, count: int = 7
) -> Figure:
    """Draw a picture and those most like it: by pixels above, by features below."""
    labels = np.asarray(labels)
    rows = {"by pixels": images, "by features": features}
    figure = new_figure(WIDTH, 2.75)
    axes = figure.subplots(len(rows), count + 1)
    for row, (name, points) in zip(axes, rows.items(), strict=True):
        found = nearest(points, query, count)
        same = labels[found] == labels[query]
        _frame(row[0], images[query], "black", f"{labels[query]}")
        row[0].text(-0.15, 0.5, name, transform=row[0].transAxes, ha="right", va="center")
        for ax, index, is_same in zip(row[1:], found, same, strict=True):
            mark = "✓" if is_same else "✗"
            _frame(ax, images[index], GREEN if is_same else VERMILION, f"{labels[index]} {mark}")
        row[-1].text(
            1.15, 0.5, f"{same.sum()} of {count}", transform=row[-1].transAxes, va="center"
        )
    return figure


def explore_neighbours(images: np.ndarray, labels: ArrayLike, features: np.ndarray) -> None:
    """Show `plot_neighbours` with a slider for the picture."""

    def show(query: int) -> Figure:
        """A picture and its nearest neighbours, by pixels and by the base's features."""
        return plot_neighbours(images, labels, features, query)

    interactive_figure(show, query=slider(0, len(images) - 1, label="picture"))


def plot_accuracies(
    results: Mapping[str, Mapping[str, Mapping[str, float]]], chance: float = 0.1
) -> Figure:
    """Draw training and test accuracies as bars, one panel for each experiment.

    Parameters
    ----------
    results : dict
        ``{title: table}``; a table is a DataFrame, or ``{column: {way: accuracy}}``, with the
        columns train_accuracy and test_accuracy.
    chance : float
        What guessing achieves, drawn as a dotted line.
    """
    figure = new_figure(WIDTH, 3.4)
    panels = figure.subplots(1, len(results), sharey=True, squeeze=False)[0]
    for ax, (title, table) in zip(panels, results.items(), strict=True):
        ways = list(table["test_accuracy"].keys())
        for shift, column, colour in ((-0.2, "train", "#c9c9c9"), (0.2, "test", BLUE)):
            heights = [table[f"{column}_accuracy"][way] for way in ways]
            bars = ax.bar(np.arange(len(ways)) + shift, heights, 0.38, color=colour, label=column)
            ax.bar_label(bars, fmt="%.2f", padding=1.5, fontsize=9)
        ax.axhline(chance, color=VERMILION, ls=":", lw=1.5)
        ax.set_xticks(range(len(ways)), [str(way).replace("_", "\n") for way in ways])
        ax.tick_params(axis="x", length=0)
        ax.set(title=title, ylim=(0, 1.12))
    panels[0].set_ylabel("accuracy")
    figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    return figure


def _frame(ax: Axes, image: np.ndarray, colour: str, title: str) -> None:
    draw_picture(ax, image)
    ax.spines[:].set(visible=True, color=colour, linewidth=2.5)
    ax.set_title(title, fontsize=10)


def _legend(figure: Figure) -> None:
    handles = [Patch(**look, label=MEANINGS[state]) for state, look in LOOKS.items()]
    figure.legend(handles=handles, loc="outside lower center", ncols=3, fontsize=9.5)


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> FancyArrowPatch:
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "color": GREY, "lw": 1.2}
    return FancyArrowPatch(start, end, shrinkA=0, shrinkB=0, **look)
