"""Two columns of the lecture's table put to the test: file size and depth; notebook 08."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from course_utils.architectures.applications import NetworkCounts
from course_utils.datasets.applications import Application
from course_utils.plots.style import BLACK, BLUE, GREEN, GREY, VERMILION, WIDTH, new_figure

_COUNTED = {
    "weight_layers": ("convolutions and Dense", BLUE, "^"),
    "longest_path": ("longest path", GREEN, "s"),
    "layers": ("len(model.layers)", VERMILION, "D"),
}


def mebibytes(params: int) -> float:
    """Return the memory of so many 4-byte numbers, in units of 1024² bytes.

    >>> round(mebibytes(138_357_544), 1)
    527.8
    """
    return 4 * params / 2**20


def plot_sizes(table: Sequence[Application]) -> Figure:
    """Draw the printed file size over 4 bytes per parameter, and what is left of it per model."""
    figure = new_figure(WIDTH, 4.4)
    line, rest = figure.subplots(1, 2, width_ratios=(1, 1.1))
    expected = np.array([mebibytes(row.params) for row in table])
    printed = np.array([row.size_mb for row in table])
    ends = np.array([11, 700])
    line.plot(ends, ends, color=GREY, lw=1)
    line.text(40, 30, "4 bytes each", color=GREY, rotation=45, rotation_mode="anchor")
    line.plot(expected, printed, "o", color=BLUE, ms=6)
    line.set(xscale="log", yscale="log", xlabel="parameters · 4 bytes (MiB)")
    line.set(ylabel="size in the table", xlim=ends, ylim=ends, aspect="equal")
    ticks = [20, 50, 100, 200, 500]
    for axis in (line.xaxis, line.yaxis):
        axis.set_ticks(ticks, [str(tick) for tick in ticks])
    line.minorticks_off()
    order = np.argsort(printed - expected)
    places = np.arange(len(table))
    rest.barh(places, (printed - expected)[order], color=BLUE)
    rest.set_yticks(places, [table[index].model for index in order], fontsize=8)
    rest.axvline(0, color=GREY, lw=0.8)
    rest.set_xlabel("size in the table minus 4 bytes per parameter")
    return figure


def plot_depths(table: Sequence[Application], counts: Mapping[str, NetworkCounts]) -> Figure:
    """Draw, for each row with a depth, that number among three ways of counting layers."""
    rows = [row for row in table if row.depth is not None]
    figure = new_figure(WIDTH, 0.9 + 0.34 * len(rows))
    ax = figure.subplots()
    places = np.arange(len(rows))[::-1]
    for key, (name, colour, marker) in _COUNTED.items():
        numbers = [getattr(counts[row.model], key) for row in rows]
        ax.plot(numbers, places, marker, color=colour, ms=9, label=name)
    tick = {"ls": "", "marker": "|", "color": BLACK, "ms": 22, "mew": 2.2}
    ax.plot([row.depth for row in rows], places, **tick, label="depth in the table")
    ax.set_yticks(places, [row.model for row in rows])
    ax.set(xscale="log", xlabel="layers (logarithmic)", ylim=(-0.7, len(rows) - 0.3))
    ticks = [16, 23, 50, 88, 121, 200, 400, 800]
    ax.set_xticks(ticks, [str(tick) for tick in ticks])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    figure.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    return figure
