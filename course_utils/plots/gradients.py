"""The size of the gradient in each layer, on a logarithmic scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import ceil, floor

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots.style import GREY, PALETTE, WIDTH, new_figure

MARKERS = "os^Dv*P"
# Below this nothing is told apart; zeros are drawn there.
FLOOR = 1e-30


def plot_gradient_norms(
    norms_by_name: Mapping[str, Sequence[float]], title: str | None = None
) -> Figure:
    """Draw one curve per network: gradient norm by layer, the first layer on the left.

    Parameters
    ----------
    norms_by_name : dict of list of float
        What ``course_utils.gradients.gradient_norms`` returns, by the name of the network.
    title : str, optional

    Raises
    ------
    ValueError
        If there is no network.
    """
    if not norms_by_name:
        raise ValueError("plot_gradient_norms needs at least one network")
    figure = new_figure(WIDTH, 4.0)
    ax = figure.subplots()
    draw_by_layer(ax, norms_by_name)
    ax.set(ylabel="gradient norm")
    if title:
        ax.set_title(title)
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1))
    return figure


def draw_by_layer(
    ax: Axes,
    values_by_name: Mapping[str, Sequence[float]],
    limits: tuple[float, float] | None = None,
) -> None:
    """Draw positive numbers by layer on a logarithmic axis, each curve with its own marker."""
    for index, (name, values) in enumerate(values_by_name.items()):
        values = np.maximum(np.asarray(values, float), FLOOR)
        look = {"color": PALETTE[index % len(PALETTE)], "marker": MARKERS[index % len(MARKERS)]}
        ax.plot(range(1, len(values) + 1), values, label=name, markersize=4, **look)
    last = max(len(values) for values in values_by_name.values())
    ax.set(yscale="log", xlabel="layer (1 = next to the image)", xlim=(0.5, last + 0.5))
    if limits:
        ax.set_ylim(limits)
    ax.set_xticks([1, *_every(2, last, most=9)])
    low, high = np.log10(ax.get_ylim())
    ax.set_yticks([10.0**power for power in _every(ceil(low), floor(high), most=7)])
    ax.grid(axis="y", color=GREY, alpha=0.25)
    ax.minorticks_off()


def _every(first: int, last: int, most: int) -> range:
    """Return multiples of a step from `first` to `last`, about `most` of them."""
    step = max(1, ceil((last - first) / most))
    return range(ceil(first / step) * step, last + 1, step)
