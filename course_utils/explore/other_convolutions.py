"""Which pixels and which channels a convolution reads: figures and explorations of notebook 11.

Stacks of layers are lists of (kernel, stride, dilation), from the input upwards.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_utils.arithmetic import (
    conv_output_length,
    conv_params,
    receptive_field,
    separable_params,
)
from course_utils.explore.controls import choice, slider
from course_utils.explore.receptive_fields import Layer, path_counts
from course_utils.explore.widget import interactive_figure
from course_utils.plots.style import (
    BLUE,
    GREEN,
    GREY,
    LIGHT_GREY,
    ORANGE,
    PICTURE,
    PINK,
    VERMILION,
    new_figure,
    without_ticks,
)

# One colour per group of channels, then again.
GROUP_COLOURS = (BLUE, VERMILION, GREEN, PINK)


def plot_family() -> Figure:
    """Draw, for five kinds of convolution, the pixels and the channels that one output reads."""
    kinds = {
        "ordinary": (3, 1, 4, 4, 1),
        "dilated": (3, 2, 4, 4, 1),
        "grouped": (3, 1, 4, 4, 2),
        "depthwise": (3, 1, 4, 4, 4),
        "pointwise (1×1)": (1, 1, 4, 4, 1),
    }
    figure = new_figure(9, 3.9)
    axes = figure.subplots(2, len(kinds))
    for (name, (kernel, rate, n_in, n_out, groups)), (top, bottom) in zip(
        kinds.items(), axes.T, strict=True
    ):
        _draw_taps(top, 5, kernel, rate)
        top.set_title(name)
        _draw_channels(bottom, n_in, n_out, groups, read_by=0)
        bottom.set_box_aspect(0.9)
    for ax, text in zip(axes[:, 0], ("which pixels?", "which channels?"), strict=True):
        ax.text(-0.12, 0.5, text, rotation=90, va="center", ha="right", transform=ax.transAxes)
    return figure


def plot_dilated_grids(rates: tuple[int, ...] = (1, 2, 4), kernel: int = 3) -> Figure:
    """Draw the pixels that one output reads, for several dilation rates on the same grid."""
    size = max(receptive_field([(kernel, 1, rate)]) for rate in rates)
    figure = new_figure(9, 3.4)
    for ax, rate in zip(figure.subplots(1, len(rates)), rates, strict=True):
        _draw_taps(ax, size, kernel, rate)
        ax.set_title(f"dilation_rate={rate}")
    return figure


def plot_dilated_window(image: ArrayLike, kernel: int, rate: int) -> Figure:
    """Draw a dilated kernel in the middle of an image, and what follows for sizes and weights."""
    image = np.asarray(image)
    height = image.shape[0]
    extent = receptive_field([(kernel, 1, rate)])
    figure = new_figure(9, 3.6)
    picture, text = figure.subplots(1, 2, width_ratios=(1, 1.25))
    picture.imshow(image, cmap=PICTURE)
    corner = (height - extent) // 2
    frame = {"fill": False, "ec": ORANGE, "lw": 2}
    picture.add_patch(Rectangle((corner - 0.5, corner - 0.5), extent, extent, **frame))
    taps = corner + rate * np.arange(kernel)
    picture.plot(*np.meshgrid(taps, taps), "s", color=ORANGE, mec="black", ms=5.5, ls="")
    picture.set(xticks=[], yticks=[], xlim=(-0.5, height - 0.5), ylim=(height - 0.5, -0.5))
    lines = [
        f"{kernel} taps and {kernel - 1} gaps, in each gap {rate - 1} skipped pixels:",
        f"   width {kernel} + {kernel - 1}·{rate - 1} = {extent}",
        f"reads {kernel**2} of the {extent}×{extent} = {extent**2} pixels in its window",
        f"weights for one channel pair: {kernel}·{kernel} = {kernel**2}",
        _output_line(height, kernel, rate),
    ]
    text.set_axis_off()
    place = {"transform": text.transAxes, "va": "top", "linespacing": 1.9}
    text.text(0, 0.95, "\n".join(lines), fontsize=10.5, **place)
    return figure


def explore_dilation(image: ArrayLike) -> None:
    """Show `plot_dilated_window` with sliders for kernel and dilation rate."""

    def show(kernel: int, rate: int) -> Figure:
        """A dilated kernel on an image: the pixels it reads, its width and its weights."""
        return plot_dilated_window(image, kernel, rate)

    interactive_figure(
        show,
        kernel=slider(2, 5, value=3, label="kernel k"),
        rate=slider(1, 8, value=3, label="dilation d"),
    )


def path_map(layers: list[Layer]) -> np.ndarray:
    """Return by how many paths one output of a stack reaches each pixel of its window.

    >>> path_map([(3, 1, 2)])[:3].tolist()
    [[1, 0, 1, 0, 1], [0, 0, 0, 0, 0], [1, 0, 1, 0, 1]]
    """
    along = path_counts(layers)[0]
    return np.outer(along, along)


def plot_gridding(stacks: Mapping[str, list[Layer]]) -> Figure:
    """Draw by how many paths each pixel reaches an output; pixels it never reads are hatched."""
    figure = new_figure(9, 3.9)
    for ax, (name, layers) in zip(figure.subplots(1, len(stacks)), stacks.items(), strict=True):
        paths = path_map(layers)
        side = len(paths)
        ax.imshow(np.where(paths > 0, paths, np.nan), cmap="viridis", vmin=0)
        for row, column in np.argwhere(paths == 0):
            look = {"fc": "white", "ec": GREY, "lw": 0.3, "hatch": "///"}
            ax.add_patch(Rectangle((column - 0.5, row - 0.5), 1, 1, **look))
        ax.set_title(f"{name}\nsees {side}×{side}, reads {(paths > 0).sum()} of {side**2}")
        without_ticks(ax)
    return figure


def plot_separable(channels: int = 4, filters: int = 6, kernel: int = 3) -> Figure:
    """Draw an ordinary convolution and its two separable steps as connections of channels."""
    taps = kernel**2
    ordinary = conv_params(kernel, channels, filters, use_bias=False)
    separable = separable_params(kernel, channels, filters)
    figure = new_figure(9, 3.6)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.7))
    _draw_channels(left, channels, filters, 1, read_by=0)
    left.set_title(f"ordinary: {channels}·{filters} lines × {taps} weights = {ordinary}")
    _draw_channels(right, channels, channels, channels, rows=max(channels, filters))
    _draw_channels(right, channels, filters, 1, start=1, read_by=0)
    right.set_title(
        f"separable: {channels} × {taps} + {channels}·{filters} × 1 weights = {separable}"
    )
    _under(left, 0, f"each line: a {kernel}×{kernel} filter")
    _under(right, 0, f"depthwise: {kernel}×{kernel}")
    _under(right, 1, "pointwise: 1×1")
    return figure


def plot_groups(groups: int, channels: int = 8, kernel: int = 3) -> Figure:
    """Draw which input channels each filter of a grouped convolution reads."""
    figure = new_figure(6, 3.9)
    ax = figure.subplots()
    _draw_channels(ax, channels, channels, groups)
    weights = conv_params(kernel, channels, channels, use_bias=False, groups=groups)
    per_group = channels // groups
    ax.set_title(
        f"groups={groups}: each filter {kernel}·{kernel}·{per_group}, "
        f"all {channels} filters {weights} weights"
    )
    return figure


def explore_groups() -> None:
    """Show `plot_groups` of eight channels with a menu for the number of groups."""

    def show(groups: int) -> Figure:
        """Connections between the channels of a grouped convolution."""
        return plot_groups(groups)

    interactive_figure(show, groups=choice({str(n): n for n in (1, 2, 4, 8)}, value="2"))


def cost_rows(channels: int, filters: int, kernel: int, side: int, groups: int) -> list[tuple]:
    """Return (name, weights, multiply-accumulates) of four convolutions, without biases.

    All have padding "same" and stride 1, so the output is side × side; the map between 1×k and
    k×1 has as many channels as the input.

    Examples
    --------
    >>> cost_rows(16, 32, kernel=3, side=28, groups=4)[-1]
    ('depthwise separable', 656, 514304)
    """
    no_bias = {"use_bias": False}
    across = conv_params((1, kernel), channels, channels, **no_bias)
    down = conv_params((kernel, 1), channels, filters, **no_bias)
    weights = {
        f"ordinary {kernel}×{kernel}": conv_params(kernel, channels, filters, **no_bias),
        f"1×{kernel}, then {kernel}×1": across + down,
        f"{groups} groups": conv_params(kernel, channels, filters, **no_bias, groups=groups),
        "depthwise separable": separable_params(kernel, channels, filters),
    }
    # Stride 1 and "same": every weight is used once at every position.
    return [(name, count, side * side * count) for name, count in weights.items()]


def plot_costs(channels: int, filters: int, kernel: int, side: int, groups: int) -> Figure:
    """Draw the weights of four convolutions as bars, with shares and multiplications."""
    rows = cost_rows(channels, filters, kernel, side, groups)
    names, weights, macs = zip(*rows, strict=True)
    figure = new_figure(9, 2.9)
    ax = figure.subplots()
    ax.barh(names, weights, color=[GREY, BLUE, GREEN, ORANGE], height=0.6)
    for place, (count, mac) in enumerate(zip(weights, macs, strict=True)):
        text = f" {count:,} weights ({count / weights[0]:.1%}), {mac / 1e6:,.2f} M multiplications"
        ax.text(count, place, text, va="center", fontsize=9.5)
    ax.invert_yaxis()
    ax.set(xlim=(0, max(weights) * 1.75), xticks=[])
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    ax.set_title(f"{channels} → {filters} channels on a {side}×{side} map", loc="left")
    return figure


def explore_costs() -> None:
    """Show `plot_costs` with a control for each number."""
    depths = {str(n): n for n in (16, 32, 64, 128, 256)}
    interactive_figure(
        plot_costs,
        channels=choice(depths, value="64", label="input channels"),
        filters=choice(depths, value="128", label="filters"),
        kernel=choice({"3": 3, "5": 5, "7": 7}, label="kernel k"),
        side=slider(7, 56, value=28, step=7, label="side of the map"),
        groups=choice({str(n): n for n in (2, 4, 8, 16)}, value="4", label="groups"),
    )


def _output_line(size: int, kernel: int, rate: int) -> str:
    try:
        side = conv_output_length(size, kernel, dilation=rate)
    except ValueError:
        return f'padding="valid": it does not fit into {size}×{size}'
    return f'padding="valid": {size}×{size} becomes {side}×{side}'


def _draw_taps(ax: Axes, size: int, kernel: int, rate: int) -> None:
    """Draw a grid of pixels and, about its middle, the taps of a kernel."""
    extent = receptive_field([(kernel, 1, rate)])
    corner = (size - extent) // 2
    for row, column in np.ndindex(size, size):
        offsets = (row - corner, column - corner)
        inside = all(0 <= offset < extent for offset in offsets)
        tap = inside and all(offset % rate == 0 for offset in offsets)
        colour = ORANGE if tap else "#fbeccb" if inside else "white"
        ax.add_patch(Rectangle((column, row), 1, 1, fc=colour, ec=GREY, lw=0.7))
    ax.set(xlim=(-0.1, size + 0.1), ylim=(size + 0.1, -0.1), aspect="equal")
    ax.set_axis_off()


def _draw_channels(
    ax: Axes,
    n_in: int,
    n_out: int,
    groups: int,
    start: int = 0,
    read_by: int | None = None,
    rows: int = 0,
) -> None:
    """Draw input channels at x = start, output channels at start + 1, and who reads whom.

    The lines of output channel `read_by` are strong, all others pale; without it the lines of
    each group have its colour. `rows` is the height of the drawing in channels.
    """
    rows = rows or max(n_in, n_out)
    for output, channel in np.ndindex(n_out, n_in):
        group = output * groups // n_out
        if channel * groups // n_in != group:
            continue
        strong = read_by in (None, output)
        colour = GROUP_COLOURS[group % len(GROUP_COLOURS)] if read_by is None else ORANGE
        look = {"color": colour if strong else LIGHT_GREY, "lw": 1.8 if strong else 0.7}
        ends = _height(channel, n_in, rows), _height(output, n_out, rows)
        ax.plot([start, start + 1], ends, **look, zorder=2 if strong else 1)
    for x, count in ((start, n_in), (start + 1, n_out)):
        heights = [_height(index, count, rows) for index in range(count)]
        ax.plot([x] * count, heights, "o", ms=10, mfc="white", mec=GREY, zorder=3)
    ax.set(xlim=(-0.15, start + 1.15), ylim=(rows - 0.5, -0.5), frame_on=False)
    ax.set(xticks=[], yticks=[])


def _height(index: int, count: int, rows: int) -> float:
    return index + (rows - count) / 2


def _under(ax: Axes, step: int, text: str) -> None:
    low = ax.get_ylim()[0]
    ax.text(step + 0.5, low + 0.1, text, ha="center", va="top")
