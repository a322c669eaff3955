"""The largest of several channels: figures and an exploration of notebook 03.

Maxout is the activation of Goodfellow et al., "Maxout networks" (arXiv:1302.4389).
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.conv_ops import max_pool2d, maxout
from course_utils.explore.controls import slider
from course_utils.explore.widget import interactive_figure
from course_utils.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PICTURE,
    PINK,
    SKY,
    new_figure,
    without_ticks,
)

PIECES = (BLUE, ORANGE, GREEN, PINK, SKY)


def plot_maxout(lines: list[tuple[float, float]], title: str = "") -> Figure:
    """Draw straight lines, given as (slope, intercept), and the largest of them at every point."""
    figure = new_figure(6, 3.4)
    axes = figure.subplots()
    _draw_maxout(axes, lines)
    axes.legend(loc="upper center")
    axes.set_title(title or "the largest of the pieces")
    return figure


def plot_maxout_examples() -> Figure:
    """Draw three maxout units: ReLU, the absolute value, and a parabola from five tangents."""
    points = np.array([-2, -1, 0, 1, 2])
    examples = {
        "max(0, x) = ReLU": [(0, 0), (1, 0)],
        "max(-x, x) = |x|": [(-1, 0), (1, 0)],
        # The tangent of x²/2 at p is p·x - p²/2.
        "five tangents ≈ x²/2": [(p, -p * p / 2) for p in points],
    }
    figure = new_figure(9, 2.8)
    for axes, (title, lines) in zip(figure.subplots(1, 3), examples.items(), strict=True):
        _draw_maxout(axes, lines)
        axes.set_title(title)
    return figure


def explore_maxout() -> None:
    """Show `plot_maxout` of three lines with sliders for slopes and intercepts."""

    def show(slope_1, intercept_1, slope_2, intercept_2, slope_3, intercept_3) -> Figure:
        """Three straight lines and the largest of them at every point, a maxout unit."""
        lines = [(slope_1, intercept_1), (slope_2, intercept_2), (slope_3, intercept_3)]
        return plot_maxout(lines)

    start = {
        "slope_1": -1,
        "intercept_1": -1,
        "slope_2": 0,
        "intercept_2": 0,
        "slope_3": 1,
        "intercept_3": -1,
    }
    controls = {
        name: slider(-2.0, 2.0, value=float(value), step=0.25, label=name.replace("_", " "))
        for name, value in start.items()
    }
    interactive_figure(show, **controls)


def plot_space_and_channels(maps: ArrayLike, names: tuple[str, ...], k: int = 2) -> Figure:
    """Draw feature maps (H, W, C), the same pooled over space, and over groups of `k` channels."""
    maps = np.asarray(maps)
    rows = {
        "feature maps": maps,
        "max-pooling: over space": max_pool2d(maps, k),
        "maxout: over channels": maxout(maps, k),
    }
    channels = maps.shape[2]
    figure = new_figure(1.9 * channels, 6)
    panels = figure.subplots(3, channels)
    for line, (label, row) in zip(panels, rows.items(), strict=True):
        for channel, axes in enumerate(line):
            without_ticks(axes)
            if channel >= row.shape[2]:
                axes.set_visible(False)
                continue
            axes.imshow(row[:, :, channel], cmap=PICTURE, vmin=0, vmax=maps.max())
            members = names[channel * k : channel * k + k]
            grouped = row.shape[2] < channels
            axes.set_title(" or ".join(members) if grouped else names[channel], fontsize=9)
        line[0].set_ylabel(f"{label}\n{'×'.join(map(str, row.shape))}", fontsize=9)
    return figure


def _draw_maxout(axes: Axes, lines: list[tuple[float, float]]) -> None:
    x = np.linspace(-3, 3, 241)
    pieces = np.array([slope * x + intercept for slope, intercept in lines])
    for piece, (slope, intercept), colour in zip(pieces, lines, PIECES, strict=False):
        axes.plot(x, piece, color=colour, ls="--", lw=1.5, label=f"{slope:g}·x {intercept:+g}")
    # maxout wants the pieces as neighbouring channels: (points, pieces).
    axes.plot(x, maxout(pieces.T, len(lines))[:, 0], color="black", lw=3, label="maxout")
    axes.axhline(0, color=GREY, lw=0.6)
    axes.set(xlim=(-3, 3), ylim=(-3.2, 3.7), xlabel="x")
