"""Figures and explorations of notebook 09: mixed channels, inception modules and their costs."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch, Rectangle
from numpy.typing import ArrayLike

from course_utils.architectures.googlenet import MODULES, Widths
from course_utils.arithmetic import conv_macs
from course_utils.explore.controls import choice, slider
from course_utils.explore.widget import interactive_figure
from course_utils.plots.images import draw_picture
from course_utils.plots.style import BLUE, GREEN, GREY, ORANGE, PINK, VERMILION, new_figure

BRANCHES = {"1×1": BLUE, "3×3": ORANGE, "5×5": GREEN, "pool": PINK}


class Cost(NamedTuple):
    """Multiplications of one branch: without a 1×1 reduction, and with one in two parts."""

    direct: int
    pointwise: int
    rest: int

    @property
    def reduced(self) -> int:
        """All multiplications with the reduction."""
        return self.pointwise + self.rest


def branch_costs(side: int, channels: int, widths: Widths) -> dict[str, Cost]:
    """Return the multiplications of the branches of a module, padding "same", stride 1.

    Without reductions the pool branch multiplies nothing: it passes all its channels on. Layers
    with 0 filters are left out.

    >>> branch_costs(28, 192, MODULES["3a"])["5×5"]
    Cost(direct=120422400, pointwise=2408448, rest=10035200)
    """
    f1, f3_reduce, f3, f5_reduce, f5, pool_proj = widths

    def macs(kernel: int, n_in: int, filters: int) -> int:
        return conv_macs(side, kernel, n_in, filters) if filters and n_in else 0

    alone = macs(1, channels, f1)
    return {
        "1×1": Cost(alone, alone, 0),
        "3×3": Cost(macs(3, channels, f3), macs(1, channels, f3_reduce), macs(3, f3_reduce, f3)),
        "5×5": Cost(macs(5, channels, f5), macs(1, channels, f5_reduce), macs(5, f5_reduce, f5)),
        "pool": Cost(0, macs(1, channels, pool_proj), 0),
    }


def millions(number: int) -> str:
    """Return a number of multiplications for a figure.

    >>> millions(12_443_648), millions(401_408), millions(0)
    ('12.4 M', '0.4 M', '0')
    """
    return f"{number / 1e6:,.1f} M" if number else "0"


def plot_module(
    side: int,
    channels: int,
    widths: Widths,
    naive: bool = False,
    pool: int = 3,
    numbers: bool = True,
) -> Figure:
    """Draw an inception module, input at the bottom, concatenated output on top.

    Parameters
    ----------
    side, channels : int
        Of the input.
    widths : Widths
    naive : bool
        Without the 1×1 reductions; `widths` then says f1, f3 and f5 only.
    pool : int
        Window of the pooling.
    numbers : bool
        Whether to write multiplications, and how many channels come out.
    """
    figure = new_figure(9, 3.3 if naive else 4.1)
    ax = figure.subplots()
    height = 2 if naive else 3
    costs = branch_costs(side, channels, widths)
    outputs = [widths.f1, widths.f3, widths.f5, channels if naive else widths.pool_proj]
    ends = _draw_output(ax, height, side, outputs, numbers)
    for column, (colour, boxes) in enumerate(
        zip(BRANCHES.values(), _branches(widths, costs, naive, pool), strict=True)
    ):
        x = 2.25 * column + 1.05
        rows = [1] if naive else [1, 2] if len(boxes) == 2 else [1.5]
        _line(ax, (x, 0.25), (x, rows[-1] - 0.25))
        _line(ax, (x, rows[-1] + 0.25), (ends[column], height - 0.24), "-|>")
        for row, (text, cost) in zip(rows, boxes, strict=True):
            label = f"{text}\n{millions(cost)}" if numbers and cost is not None else text
            _box(ax, x, row, 1.9, colour, label)
    _box(ax, 4.425, 0, 8.65, GREY, f"input {side}×{side}×{channels}")
    total = sum(cost.direct if naive else cost.reduced for cost in costs.values())
    title = f": {millions(total)} multiplications" if numbers else ""
    kind = "naive version" if naive else "with dimensionality reduction"
    ax.set(xlim=(-0.05, 8.9), ylim=(-0.35, height + 0.75), title=f"{kind}{title}")
    ax.set_axis_off()
    return figure


def plot_costs(
    side: int,
    channels: int,
    f1: int,
    f3_reduce: int,
    f3: int,
    f5_reduce: int,
    f5: int,
    pool_proj: int,
) -> Figure:
    """Draw the multiplications of each branch of a module, without and with 1×1 reductions."""
    widths = Widths(f1, f3_reduce, f3, f5_reduce, f5, pool_proj)
    costs = branch_costs(side, channels, widths)
    figure = new_figure(9, 4)
    ax = figure.subplots()
    longest = max(max(cost.direct, cost.reduced) for cost in costs.values())
    for row, cost in enumerate(costs.values()):
        ax.barh(row - 0.2, cost.direct, 0.36, color=GREY)
        ax.barh(row + 0.2, cost.pointwise, 0.36, color=BLUE)
        ax.barh(row + 0.2, cost.rest, 0.36, left=cost.pointwise, color=ORANGE, hatch="//")
        for y, number in ((row - 0.2, cost.direct), (row + 0.2, cost.reduced)):
            ax.text(number + longest / 100, y, millions(number), va="center", fontsize=9)
    direct, reduced = (
        sum(getattr(cost, way) for cost in costs.values()) for way in ("direct", "reduced")
    )
    ax.set(yticks=range(len(costs)), xticks=[], xlim=(0, longest * 1.1))
    ax.set_yticklabels([f"{name} branch" for name in costs])
    ax.invert_yaxis()
    ax.spines["bottom"].set_visible(False)
    ax.tick_params(axis="y", length=0)
    handles = [Rectangle((0, 0), 1, 1, fc=colour, hatch=hatch) for colour, hatch in _LEGEND]
    names = ["naive", "with 1×1 layers: the 1×1 layers", "the 3×3 and 5×5 behind them"]
    figure.legend(handles, names, loc="outside lower center", ncols=3)
    ax.set_title(
        f"{side}×{side}×{channels} in\n"
        f"naive: {millions(direct)} multiplications, {f1 + f3 + f5 + channels} channels out\n"
        f"with 1×1 layers: {millions(reduced)} multiplications, {widths.channels} channels out",
        loc="left",
    )
    return figure


def explore_costs() -> None:
    """Show `plot_costs` with a control for each number; it begins with GoogLeNet's module 3a."""
    start = MODULES["3a"]
    interactive_figure(
        plot_costs,
        side=choice({str(n): n for n in (7, 14, 28, 56)}, value="28", label="side of the map"),
        channels=choice(
            {str(n): n for n in (16, 64, 192, 256, 512)}, value="192", label="input channels"
        ),
        f1=slider(8, 256, value=start.f1, step=8, label="1×1 filters"),
        f3_reduce=slider(8, 256, value=start.f3_reduce, step=8, label="reduce for 3×3"),
        f3=slider(8, 320, value=start.f3, step=8, label="3×3 filters"),
        f5_reduce=slider(4, 64, value=start.f5_reduce, step=4, label="reduce for 5×5"),
        f5=slider(8, 128, value=start.f5, step=8, label="5×5 filters"),
        pool_proj=slider(8, 128, value=start.pool_proj, step=8, label="1×1 after pooling"),
    )


def plot_channel_mix(photo: ArrayLike, red: float, green: float, blue: float) -> Figure:
    """Draw a photograph and what one 1×1 filter with three weights makes of it."""
    photo = np.asarray(photo)
    mixed = photo @ np.array([red, green, blue])
    low, high = mixed.min(), mixed.max()
    figure = new_figure(9, 3.35)
    before, after = figure.subplots(1, 2)
    draw_picture(before, photo)
    before.set_title("three channels in")
    draw_picture(after, mixed)
    after.set_title(
        f"{red:g}·red + {green:g}·green + {blue:g}·blue\nvalues {low:.2f} to {high:.2f}"
    )
    return figure


def explore_channel_mix(photo: ArrayLike) -> None:
    """Show `plot_channel_mix` with a slider for each of the three weights."""

    def show(red: float, green: float, blue: float) -> Figure:
        """A photograph and the result of a 1×1 filter on it."""
        return plot_channel_mix(photo, red, green, blue)

    interactive_figure(
        show,
        red=slider(-1.0, 1.0, value=0.3, step=0.1, label="weight of red"),
        green=slider(-1.0, 1.0, value=0.6, step=0.1, label="weight of green"),
        blue=slider(-1.0, 1.0, value=0.1, step=0.1, label="weight of blue"),
    )


def plot_spectral_filters(nanometres: ArrayLike, weights: ArrayLike) -> Figure:
    """Draw the weights of three 1×1 filters, for red, green and blue, over the wavelength.

    Parameters
    ----------
    nanometres : (bands,) array
    weights : (bands, 3) array
    """
    weights = np.asarray(weights)
    figure = new_figure(7, 2.9)
    ax = figure.subplots()
    ax.axhline(0, color=GREY, lw=0.8)
    looks = (("red", VERMILION, "-o"), ("green", GREEN, "-s"), ("blue", BLUE, "-^"))
    for column, (name, colour, line) in enumerate(looks):
        ax.plot(nanometres, weights[:, column], line, color=colour, ms=3.5, lw=1.2, label=name)
    ax.set(xlabel="wavelength of the band in nm", ylabel="weight")
    figure.legend(title="filter for", loc="outside right upper")
    return figure


_LEGEND = ((GREY, ""), (BLUE, ""), (ORANGE, "//"))


def _branches(
    widths: Widths, costs: dict[str, Cost], naive: bool, pool: int
) -> list[list[tuple[str, int | None]]]:
    """Return the text and the multiplications of each box, from the input upwards."""
    pooling = (f"max-pooling {pool}×{pool}", None)
    if naive:
        one, three, five = (costs[name].direct for name in ("1×1", "3×3", "5×5"))
        texts = (f"{widths.f1} of 1×1", f"{widths.f3} of 3×3", f"{widths.f5} of 5×5")
        return [*([box] for box in zip(texts, (one, three, five), strict=True)), [pooling]]
    two_steps = [
        [(f"{narrow} of 1×1", costs[name].pointwise), (f"{filters} of {name}", costs[name].rest)]
        for name, narrow, filters in (
            ("3×3", widths.f3_reduce, widths.f3),
            ("5×5", widths.f5_reduce, widths.f5),
        )
    ]
    projection = (f"{widths.pool_proj} of 1×1", costs["pool"].pointwise)
    return [[(f"{widths.f1} of 1×1", costs["1×1"].direct)], *two_steps, [pooling, projection]]


def _draw_output(ax: Axes, y: float, side: int, channels: list[int], numbers: bool) -> list[float]:
    """Draw the concatenated map as a bar, each branch's part as long as it has channels.

    Returns where the parts have their middles.
    """
    left, per_channel, middles = 0.1, 8.65 / sum(channels), []
    for count, colour in zip(channels, BRANCHES.values(), strict=True):
        length = count * per_channel
        look = {"fc": _pale(colour), "ec": "#555555", "lw": 0.9}
        ax.add_patch(Rectangle((left, y - 0.22), length, 0.44, **look))
        middles.append(left + length / 2)
        if numbers:
            ax.text(middles[-1], y, str(count), ha="center", va="center", fontsize=9.5)
        left += length
    size = f"{side}×{side}×"
    joined = " + ".join(map(str, channels))
    depth = f"({joined}) = {size}{sum(channels)}" if numbers else "?"
    text = f"concatenated along the channels: {size}{depth}"
    ax.text(4.425, y + 0.33, text, ha="center", va="bottom", fontsize=10)
    return middles


def _line(ax: Axes, start: tuple[float, float], end: tuple[float, float], style: str = "-") -> None:
    arrow = {"arrowstyle": style, "color": "#555555", "lw": 1.1, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", end, start, arrowprops=arrow, zorder=1)


def _box(ax: Axes, x: float, y: float, width: float, colour: str, text: str) -> None:
    look = {"fc": _pale(colour), "ec": "#555555", "lw": 0.9, "zorder": 2}
    style = "round,pad=0,rounding_size=0.06"
    ax.add_patch(FancyBboxPatch((x - width / 2, y - 0.25), width, 0.5, boxstyle=style, **look))
    ax.text(x, y, text, ha="center", va="center", fontsize=9.5, zorder=3)


def _pale(colour: str) -> tuple[float, ...]:
    """Return a tint on which black text is easy to read."""
    return tuple(1 - 0.42 * (1 - part) for part in to_rgb(colour))
