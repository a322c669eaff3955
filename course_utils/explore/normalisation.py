"""What batch normalisation averages over, and how slowly its moving averages forget.

Figures of notebook 07.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.plots.style import BLUE, GREY, ORANGE, VERMILION, new_figure


def plot_averaged_together(images: int = 3, channels: int = 2, side: int = 3) -> Figure:
    """Draw a batch of feature maps: what batch normalisation averages, and two other ways."""
    ways = {
        "batch normalisation:\none mean per channel": lambda image, channel: channel == 0,
        "not: one mean per image": lambda image, channel: image == 0,
        "not: one mean per map": lambda image, channel: (image, channel) == (0, 0),
    }
    figure = new_figure(9, 3.7)
    for ax, (title, together) in zip(figure.subplots(1, 3), ways.items(), strict=True):
        for image, channel in np.ndindex(images, channels):
            colour = ORANGE if together(image, channel) else "white"
            _draw_map(ax, channel * (side + 0.8), image * (side + 0.8), side, colour)
        for image in range(images):
            ax.text(-0.4, image * (side + 0.8) + side / 2, f"image {image + 1}", ha="right",
                    va="center", fontsize=9)  # fmt: skip
        for channel in range(channels):
            place = channel * (side + 0.8) + side / 2
            ax.text(place, -0.25, f"channel {channel + 1}", ha="center", va="bottom", fontsize=9)
        ax.set(xlim=(-3.4, channels * (side + 0.8)), ylim=(images * (side + 0.8), -1.4))
        ax.set(aspect="equal", title=title)
        ax.set_axis_off()
    return figure


def plot_forgetting(momenta: Sequence[float], steps: int) -> Figure:
    """Draw how much of its start value a moving average holds, until the end of a training run.

    Parameters
    ----------
    momenta : two numbers from 0 to 1
    steps : int
        Batches in the run; a line marks it.
    """
    figure = new_figure(7, 3.5)
    ax = figure.subplots()
    shown = np.arange(0, 5 * steps + 1)
    looks = ((BLUE, "-"), (VERMILION, "--"))
    for momentum, (colour, line) in zip(momenta, looks, strict=True):
        ax.plot(shown, momentum**shown, line, color=colour, lw=2, label=f"momentum {momentum}")
    ax.axvline(steps, color=GREY, lw=1, ls=":")
    ax.text(steps, 1.02, f" end of our run: {steps} batches", va="bottom", fontsize=9)
    ax.set(xlabel="batches", ylabel="share of the start value", xlim=(0, shown[-1]), ylim=(0, 1.12))
    ax.legend(loc="center right")
    return figure


def _draw_map(ax: Axes, left: float, top: float, side: int, colour: str) -> None:
    for row, column in np.ndindex(side, side):
        look = {"fc": colour, "ec": GREY, "lw": 0.7}
        ax.add_patch(Rectangle((left + column, top + row), 1, 1, **look))
