"""Figures of LeNet-5, AlexNet and VGG-16; notebook 06.

``plot_three_networks``    all three to one scale
``plot_map_connections``   which maps of S2 the maps of C3 see, in LeNet-5 of 1998
``plot_two_gpus``          AlexNet's channels on two GPUs
``plot_group_savings``     weights of AlexNet's convolutions with and without groups
``plot_weights_and_work``  where the weights and where the multiplications of a network are
``explore_head``           VGG-16 with other images and other dense layers
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Patch, Rectangle

from course_utils.architectures.classic_layers import (
    ALEXNET,
    LENET5,
    VGG16,
    VGG16_CONVOLUTIONS,
    Row,
    Step,
    layer_rows,
)
from course_utils.explore.controls import choice, slider
from course_utils.explore.widget import interactive_figure
from course_utils.plots.style import BLUE, GREEN, GREY, LIGHT_GREY, ORANGE, SKY, new_figure

NETWORKS = {
    "LeNet-5, 1998: handwritten digits, 10 classes": (LENET5, (32, 32, 1)),
    "AlexNet, 2012: photographs, 1,000 classes": (ALEXNET, (227, 227, 3)),
    "VGG-16, 2014: photographs, 1,000 classes": (VGG16, (224, 224, 3)),
}
_COLOURS = {"input": "white", "conv": SKY, "pool": ORANGE, "dense": GREEN}
_HATCHES = {"input": "", "conv": "", "pool": "xxx", "dense": "///"}


def plot_three_networks() -> Figure:
    """Draw the layers of the three networks as blocks: as high as the maps, as broad as deep.

    Height and breadth are square roots of the numbers; a dense layer is as high as a square
    map with as many values would be.
    """
    figure = new_figure(9, 5.6)
    axes = figure.subplots(3, 1, height_ratios=(0.75, 1, 1))
    for ax, (name, (steps, shape)) in zip(axes, NETWORKS.items(), strict=True):
        blocks = [("input", shape), *((r.kind, r.shape) for r in layer_rows(steps, shape))]
        left = 0.0
        for kind, block in blocks:
            side = block[0] if len(block) == 3 else block[0] ** 0.5
            height = side**0.5
            width = 0.25 + (0.11 * block[2] ** 0.5 if len(block) == 3 else 0.1)
            look = {"fc": _COLOURS[kind], "hatch": _HATCHES[kind], "ec": GREY, "lw": 0.8}
            ax.add_patch(Rectangle((left, -height / 2), width, height, **look))
            left += width + 0.35
        # The last network is the longest.
        for one in axes:
            one.set_xlim(-0.2, left)
        ax.set(ylim=(-8.2, 8.2) if shape[0] > 32 else (-6.15, 6.15), xticks=[], yticks=[])
        ax.set_title(name, loc="left")
        ax.set_axis_off()
    kinds = {"image": "input", "convolution": "conv", "pooling": "pool", "dense": "dense"}
    handles = [
        Patch(fc=_COLOURS[kind], hatch=_HATCHES[kind], ec=GREY, label=label)
        for label, kind in kinds.items()
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=4)
    return figure


def plot_map_connections(seen_by: Sequence[Sequence[int]]) -> Figure:
    """Draw a table: which input maps (rows) each output map (column) sees, as filled squares."""
    n_rows = 1 + max(max(seen) for seen in seen_by)
    figure = new_figure(7.2, 2.9)
    ax = figure.subplots()
    for column, seen in enumerate(seen_by):
        for row in range(n_rows):
            colour = BLUE if row in seen else "white"
            ax.add_patch(Rectangle((column, row), 1, 1, fc=colour, ec=GREY, lw=0.8))
    ax.set(xlim=(-0.05, len(seen_by) + 0.05), ylim=(n_rows + 0.05, -0.05), aspect="equal")
    ax.set(xticks=np.arange(len(seen_by)) + 0.5, yticks=np.arange(n_rows) + 0.5)
    ax.set_xticklabels(range(len(seen_by)))
    ax.set_yticklabels(range(n_rows))
    ax.set(xlabel="map of C3", ylabel="map of S2")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return figure


# Name, what it does on each GPU, its maps or neurons there, whether it sees both GPUs, whether
# it is pooled.
_TWO_GPUS = (
    ("conv1", "11×11\nstride 4", 48, False, True),
    ("conv2", "5×5", 128, False, True),
    ("conv3", "3×3", 192, True, False),
    ("conv4", "3×3", 192, False, False),
    ("conv5", "3×3", 128, False, True),
    ("fc6", "dense", 2048, True, False),
    ("fc7", "dense", 2048, True, False),
)


def plot_two_gpus() -> Figure:
    """Draw AlexNet's layers in two lanes, one for each GPU, and which layers read both."""
    figure = new_figure(9, 3.6)
    ax = figure.subplots()
    middle, lanes = 1.5, (0.55, 2.45)
    _draw_box(ax, 0, middle, "image\n227×227×3", "white")
    last = len(_TWO_GPUS) + 1
    for place, (name, what, count, sees_both, pooled) in enumerate(_TWO_GPUS, start=1):
        for lane in lanes:
            unit = "" if what == "dense" else " maps"
            colour = "#a9dfcf" if what == "dense" else "#bcdcf1"
            _draw_box(ax, place, lane, f"{what}\n{count:,}{unit}", colour)
            sources = [middle] if place == 1 else lanes if sees_both else [lane]
            for source in sources:
                crossing = source not in (lane, middle)
                _draw_arrow(ax, (place - 1, source), (place, lane), crossing)
            if pooled:
                ax.text(place, lane + 0.52, "then pool 3×3/2", ha="center", va="top", size=7.5)
        ax.text(place, -0.32, name, ha="center", weight="bold")
    _draw_box(ax, last, middle, "dense\n1,000\nsoftmax", "#a9dfcf")
    ax.text(last, -0.32, "fc8", ha="center", weight="bold")
    for lane in lanes:
        _draw_arrow(ax, (last - 1, lane), (last, middle), crossing=True)
    for number, lane in enumerate(lanes, start=1):
        ax.text(-0.48, lane, f"GPU {number}", rotation=90, va="center", ha="center", color=GREY)
    ax.axhline(middle, 0.1, 0.87, color=LIGHT_GREY, ls="--", lw=1, zorder=0)
    ax.set(xlim=(-0.65, last + 0.45), ylim=(3.2, -0.5), xticks=[], yticks=[])
    ax.set_axis_off()
    return figure


def _draw_box(ax: Axes, x: float, y: float, text: str, colour: str) -> None:
    ax.add_patch(Rectangle((x - 0.35, y - 0.42), 0.7, 0.84, fc=colour, ec=GREY, lw=0.9, zorder=2))
    ax.text(x, y, text, ha="center", va="center", size=8, zorder=3)


def _draw_arrow(
    ax: Axes, start: tuple[float, float], end: tuple[float, float], crossing: bool
) -> None:
    look = {"color": ORANGE, "lw": 1.8} if crossing else {"color": GREY, "lw": 1.0}
    ends = (start[0] + 0.36, start[1]), (end[0] - 0.36, end[1])
    ax.add_patch(
        FancyArrowPatch(*ends, arrowstyle="-|>", mutation_scale=9, shrinkA=0, shrinkB=0, **look)
    )


def plot_group_savings(
    single: Sequence[Mapping[str, Any]], grouped: Sequence[Mapping[str, Any]]
) -> Figure:
    """Draw the weights of each convolution in two versions of a network.

    Parameters
    ----------
    single, grouped : layer tables
        Of ``course_utils.arithmetic.models.layer_table``, with the same layers.
    """
    pairs = [
        (one["name"], one["params"], two["params"])
        for one, two in zip(single, grouped, strict=True)
        if one["type"] == "Conv2D"
    ]
    figure = new_figure(9, 3.2)
    ax = figure.subplots()
    places = np.arange(len(pairs))
    for shift, index, label, look in (
        (-0.2, 1, "single tower", {"color": BLUE}),
        (0.2, 2, "two GPUs", {"color": ORANGE, "hatch": "//"}),
    ):
        counts = [pair[index] for pair in pairs]
        ax.barh(places + shift, counts, 0.36, label=label, **look)
        for place, count in zip(places, counts, strict=True):
            ax.text(count, place + shift, f" {count:,}", va="center", size=9)
    ax.set(yticks=places, yticklabels=[name for name, *_ in pairs], xticks=[])
    ax.set_xlim(0, 1.15 * max(pair[1] for pair in pairs))
    ax.invert_yaxis()
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.set_title("weights and biases of the convolutions", loc="left")
    ax.legend(loc="lower right", bbox_to_anchor=(1, 0.02))
    return figure


def plot_weights_and_work(tables: Mapping[str, Sequence[Mapping[str, Any]]]) -> Figure:
    """Draw for each layer its share of the weights (left) and of the multiplications (right).

    Parameters
    ----------
    tables : dict of layer tables
        Of ``course_utils.arithmetic.models.layer_table``, by the name of the network. Layers
        without weights are left out.
    """
    weighted = {name: [row for row in table if row["params"]] for name, table in tables.items()}
    longest = max(map(len, weighted.values()))
    figure = new_figure(9, 1.4 + 0.25 * longest)
    axes = figure.subplots(1, len(tables))
    for ax, (name, rows) in zip(np.atleast_1d(axes), weighted.items(), strict=True):
        for sign, column, colour, hatch in ((-1, "params", BLUE, ""), (1, "macs", ORANGE, "//")):
            total = sum(row[column] for row in rows)
            shares = [100 * row[column] / total for row in rows]
            ax.barh(range(len(rows)), [sign * s for s in shares], 0.8, color=colour, hatch=hatch)
            for place, share in enumerate(shares):
                end, side = sign * (share + 1.5), "left" if sign > 0 else "right"
                ax.text(
                    end,
                    place,
                    f"{share:.1f}" if share >= 0.05 else "<0.1",
                    va="center",
                    ha=side,
                    size=8,
                )
        ax.plot([0, 0], [-0.5, len(rows) - 0.5], color=GREY, lw=0.8)
        ax.set(yticks=range(len(rows)), yticklabels=[row["name"] for row in rows], xticks=[])
        ax.set(xlim=(-97, 60), ylim=(longest - 0.4, -1.5))
        ax.spines[["left", "bottom"]].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.set_title(name, loc="left")
        ax.text(-3, -0.95, "% of the weights", color=BLUE, ha="right", va="center")
        ax.text(3, -0.95, "% of the work", color="#9a6a00", va="center")
    return figure


def head_rows(side: int, units: int) -> list[Row]:
    """Return the layers of VGG-16 for side × side images, two hidden dense layers of `units`.

    With ``units=0`` there are no hidden dense layers: each map is averaged, and only the last
    layer with its 1,000 neurons is left.

    Examples
    --------
    >>> sum(row.params for row in head_rows(64, 0))
    15227688
    """
    if units:
        hidden = (Step("fc1", "dense", units), Step("fc2", "dense", units))
        steps = (*VGG16_CONVOLUTIONS, *hidden, Step("predictions", "dense", 1000))
        return layer_rows(steps, (side, side, 3))
    rows = layer_rows(VGG16_CONVOLUTIONS, (side, side, 3))
    averaged = (1, 1, rows[-1].shape[2])
    return rows + layer_rows([Step("predictions", "dense", 1000)], averaged)


def plot_head(side: int, units: int) -> Figure:
    """Draw weights and multiplications of `head_rows`, convolutions and dense layers apart."""
    rows = head_rows(side, units)
    figure = new_figure(9, 2.6)
    axes = figure.subplots(1, 2)
    last = next(row.shape for row in reversed(rows) if row.kind == "pool")
    shape = "×".join(map(str, last))
    for ax, column, what, unit, scale in (
        (axes[0], "params", "weights", "M", 1e6),
        (axes[1], "macs", "multiplications per image", "G", 1e9),
    ):
        sums = [
            sum(getattr(r, column) for r in rows if r.kind == kind) for kind in ("conv", "dense")
        ]
        ax.barh(["convolutions", "dense layers"], sums, 0.55, color=[BLUE, GREEN])
        ax.containers[0][1].set_hatch("//")
        for place, count in enumerate(sums):
            share = f"{count / scale:,.3g} {unit} ({count / sum(sums):.1%})"
            ax.text(count, place, f" {share}", va="center", size=9)
        ax.set(xlim=(0, 1.75 * max(sums)), xticks=[])
        ax.invert_yaxis()
        ax.spines["bottom"].set_visible(False)
        ax.tick_params(axis="y", length=0)
        ax.set_title(f"{sum(sums) / scale:,.2f} {unit} {what}", loc="left")
    axes[1].set_yticks([])
    figure.suptitle(f"image {side}×{side}, last map {shape}", size=10, color=GREY)
    return figure


def explore_head() -> None:
    """Show `plot_head` with a slider for the image and a menu for the dense layers."""

    def show(side: int, units: int) -> Figure:
        """Weights and multiplications of VGG-16, in its convolutions and its dense layers."""
        return plot_head(side, units)

    interactive_figure(
        show,
        side=slider(64, 448, value=224, step=32, label="side of the image"),
        units=choice(
            {"two of 4,096": 4096, "two of 1,024": 1024, "two of 256": 256, "none, averaged": 0},
            label="hidden dense layers",
        ),
    )
