"""Dense blocks: who reads whom, and how channels grow; figures of notebook 10.

``plot_wirings``      a plain, a residual and a dense network
``plot_dense_block``  all connections of one block
``plot_growth``       the channels that each layer reads; ``explore_growth`` with sliders
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle, FancyArrowPatch, FancyBboxPatch, Rectangle
from matplotlib.path import Path

from course_utils.arithmetic import (
    batchnorm_params,
    connection_count,
    conv_params,
    dense_block_channels,
)
from course_utils.explore.controls import choice, slider
from course_utils.explore.widget import interactive_figure
from course_utils.plots.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT_GREY,
    ORANGE,
    PALETTE,
    PINK,
    WIDTH,
    new_figure,
)

INPUT_COLOUR = "#9a9a9a"
_LAYER, _SHEETS = 1.15, 0.85


def layer_colour(layer: int) -> str:
    """Return the colour of what layer 1, 2, 3, ... has made; 0 is the block's input."""
    return INPUT_COLOUR if layer == 0 else PALETTE[(layer - 1) % (len(PALETTE) - 1)]


def plot_wirings(n_layers: int = 4) -> Figure:
    """Draw a plain, a residual and a dense network: dots are layers, lines are who reads whom."""
    figure = new_figure(WIDTH, 2.3)
    for ax, draw in zip(figure.subplots(1, 3), (_plain, _residual, _dense), strict=True):
        draw(ax, n_layers)
        for place in range(n_layers + 1):
            look = {"fc": "white" if place else LIGHT_GREY, "ec": "black", "lw": 1.2, "zorder": 3}
            ax.add_patch(Circle((place, 0), 0.2, **look))
            ax.text(place, 0, place or "in", ha="center", va="center", fontsize=9, zorder=4)
        ax.set(xlim=(-0.4, n_layers + 0.4), ylim=(-0.5, 0.42 * n_layers + 0.35), aspect="equal")
        ax.set_axis_off()
    return figure


def plot_dense_block(n_layers: int = 5, growth_rate: int = 4, k0: int = 6) -> Figure:
    """Draw a dense block: each layer (box) reads the feature maps (sheets) of all before it.

    Lines from the block's input are dashed, those between layers solid.

    Raises
    ------
    ValueError
        If there are fewer than 1 or more than 8 layers, or no sheets.
    """
    if not 1 <= n_layers <= 8:
        raise ValueError(f"one can draw 1 to 8 layers, got {n_layers}")
    leaving = dense_block_channels(k0, growth_rate, n_layers)
    pitch = _LAYER + _SHEETS
    figure = new_figure(WIDTH, 3.3)
    ax = figure.subplots()
    box_style = "round,pad=0,rounding_size=0.1"
    tops = []
    for layer in range(n_layers + 1):
        left = layer * pitch
        if layer:
            start = left - _LAYER
            corner = (start + 0.12, -0.42)
            look = {"fc": "white", "ec": layer_colour(layer), "lw": 1.8, "zorder": 3}
            ax.add_patch(FancyBboxPatch(corner, _LAYER - 0.24, 0.84, boxstyle=box_style, **look))
            text = f"layer {layer}\nBN, ReLU\nconv"
            ax.text(start + _LAYER / 2, 0, text, ha="center", va="center", fontsize=7.5, zorder=4)
            ax.plot([left - 0.12, left + 0.12], [0, 0], color=layer_colour(layer), lw=1.8, zorder=1)
        count = growth_rate if layer else k0
        tops.append(_draw_sheets(ax, left, count, layer_colour(layer)))
        name = f"{count} new" if layer else f"input: {k0}"
        ax.text(left + _SHEETS / 2, -0.75, name, ha="center", va="top", fontsize=9)
    for layer in range(1, n_layers + 1):
        for source in range(layer):
            end = (layer * pitch - _LAYER / 2, 0.44)
            # Lines that come from farther away arrive farther left, and rise higher.
            shift = 0.26 * (0.5 - (layer - source) / n_layers)
            _bow(ax, tops[source], (end[0] + shift, end[1]), source)
    total = f"all together: {leaving[-1]} channels leave the block"
    ax.text(n_layers * pitch + _SHEETS, -1.15, total, ha="right", va="top", weight="bold")
    ax.set(xlim=(-0.15, n_layers * pitch + _SHEETS + 0.15))
    # A curve comes up to three quarters of the way to its upper corners.
    ax.set_ylim(-1.5, 0.55 + 0.75 * _rise((n_layers - 0.5) * pitch))
    ax.set_axis_off()
    return figure


def block_params(k0: int, growth_rate: int, n_layers: int) -> int:
    """Return the weights of a block of BN–ReLU–3×3 convolution layers without biases.

    >>> block_params(16, 12, 4)
    15232
    """
    reads = [k0, *dense_block_channels(k0, growth_rate, n_layers)][:-1]
    return sum(
        batchnorm_params(channels)[0] + conv_params(3, channels, growth_rate, use_bias=False)
        for channels in reads
    )


def chain_params(k0: int, channels: int, n_layers: int) -> int:
    """Return the weights of such layers in a chain, each with `channels` filters.

    >>> chain_params(16, 64, 4)
    120640
    """
    reads = [k0, *[channels] * (n_layers - 1)]
    return sum(
        batchnorm_params(count)[0] + conv_params(3, count, channels, use_bias=False)
        for count in reads
    )


def plot_growth(k0: int, growth_rate: int, n_layers: int) -> Figure:
    """Draw what each layer of a dense block reads, by the layer that made it, and the weights."""
    leaving = dense_block_channels(k0, growth_rate, n_layers)
    figure = new_figure(WIDTH, 0.25 * n_layers + 2.0)
    ax, facts = figure.subplots(1, 2, width_ratios=(2.2, 1))
    for reader in range(1, n_layers + 2):
        ax.barh(reader, k0, color=INPUT_COLOUR, height=0.7)
        for maker in range(1, reader):
            start = k0 + growth_rate * (maker - 1)
            look = {"color": layer_colour(maker), "ec": "white", "lw": 0.7, "height": 0.7}
            ax.barh(reader, growth_rate, left=start, **look)
        ax.text(k0 + growth_rate * (reader - 1), reader, f" {k0 + growth_rate * (reader - 1)}",
                va="center", fontsize=9)  # fmt: skip
    names = [f"into layer {layer}" for layer in range(1, n_layers + 1)]
    ax.set(yticks=range(1, n_layers + 2), xlim=(0, 1.1 * leaving[-1]))
    ax.set_yticklabels([*names, "out of the block"])
    ax.invert_yaxis()
    ax.set(xlabel="channels; grey: the block's input, colours: made by layer 1, 2, ...")
    ax.tick_params(axis="y", length=0)
    _write_facts(facts, k0, growth_rate, n_layers)
    return figure


def explore_growth() -> None:
    """Show `plot_growth` with controls for its three numbers."""
    interactive_figure(
        plot_growth,
        k0=choice({str(n): n for n in (4, 16, 24, 32, 64)}, value="16", label="k₀"),
        growth_rate=choice({str(n): n for n in (1, 4, 12, 24, 32)}, value="12", label="k"),
        n_layers=slider(1, 16, value=4, label="layers L"),
    )


def _write_facts(ax: Axes, k0: int, growth_rate: int, n_layers: int) -> None:
    leaving = k0 + growth_rate * n_layers
    dense, chain = block_params(k0, growth_rate, n_layers), chain_params(k0, leaving, n_layers)
    without, every = connection_count(n_layers, include_input=False), connection_count(n_layers)
    lines = [
        "out: k₀ + k·L =",
        f"  {k0} + {growth_rate}·{n_layers} = {leaving} channels",
        "",
        "connections",
        f"  between layers: {without}",
        f"  with the block's input: {every}",
        "",
        "weights, 3×3",
        f"  dense block: {dense:,}",
        f"  chain of {leaving} channels: {chain:,}",
    ]
    ax.text(0, 1, "\n".join(lines), va="top", fontsize=9.5, linespacing=1.25)
    ax.set_axis_off()


def _draw_sheets(ax: Axes, left: float, count: int, colour: str) -> tuple[float, float]:
    """Draw `count` feature maps behind each other; return where lines from them begin."""
    shift = min(0.075, 0.38 / max(count - 1, 1))
    for number in reversed(range(count)):
        corner = (left + 0.12 + number * shift, -0.35 + number * shift)
        look = {"fc": colour, "ec": "white", "lw": 0.8, "zorder": 3}
        ax.add_patch(Rectangle(corner, 0.3, 0.5, **look))
    last = (count - 1) * shift
    return left + 0.27 + last / 2, 0.2 + last


def _bow(ax: Axes, start: tuple[float, float], end: tuple[float, float], source: int) -> None:
    """Draw an arrow that rises from `start` and falls to `end`."""
    high = 0.45 + _rise(end[0] - start[0])
    path = Path([start, (start[0], high), (end[0], high), end], [Path.MOVETO, *[Path.CURVE4] * 3])
    line = (0, (3, 2)) if source == 0 else "-"
    look = {"arrowstyle": "-|>", "mutation_scale": 9, "lw": 1.3, "color": layer_colour(source)}
    ax.add_patch(FancyArrowPatch(path=path, linestyle=line, zorder=2, **look))


def _rise(distance: float) -> float:
    return 0.35 + 0.24 * distance


def _plain(ax: Axes, n_layers: int) -> None:
    _chain(ax, n_layers)
    ax.set_title("plain: each reads the one before", fontsize=10)


def _residual(ax: Axes, n_layers: int) -> None:
    _chain(ax, n_layers)
    for start in range(0, n_layers - 1, 2):
        _arc(ax, start, start + 2, ORANGE)
        plus = {"ha": "center", "va": "center", "fontsize": 14, "color": ORANGE, "weight": "bold"}
        box = {"boxstyle": "circle,pad=0.05", "fc": "white", "ec": "none"}
        ax.text(start + 1, 0.95, "+", **plus, bbox=box)
    ax.set_title("residual: shortcuts are added", fontsize=10)


def _dense(ax: Axes, n_layers: int) -> None:
    _chain(ax, n_layers)
    for end in range(2, n_layers + 1):
        for start in range(end - 1):
            _arc(ax, start, end, (BLUE, GREEN, PINK)[(end - start - 2) % 3])
    ax.set_title("dense: all before are concatenated", fontsize=10)


def _chain(ax: Axes, n_layers: int) -> None:
    for start in range(n_layers):
        look = {"arrowstyle": "-|>", "mutation_scale": 9, "color": GREY, "lw": 1.3}
        ax.add_patch(FancyArrowPatch((start + 0.2, 0), (start + 0.8, 0), **look))


def _arc(ax: Axes, start: int, end: int, colour: str) -> None:
    turn = np.linspace(np.pi, 0, 40)
    middle, reach = (start + end) / 2, (end - start) / 2
    ax.plot(middle + reach * np.cos(turn), 0.2 + 0.75 * reach * np.sin(turn), color=colour, lw=1.5)
