"""The course's look: colours that colour-blind readers can tell apart, and readable sizes."""

from __future__ import annotations

from typing import Any

import matplotlib
from matplotlib.figure import Figure

# Okabe and Ito, "Color Universal Design" (2008), the yellow left out: it is too light for lines.
BLUE, ORANGE, GREEN, PINK = "#0072B2", "#E69F00", "#009E73", "#CC79A7"
VERMILION, SKY, BLACK = "#D55E00", "#56B4E9", "#000000"
PALETTE = (BLUE, ORANGE, GREEN, PINK, VERMILION, SKY, BLACK)
GREY, LIGHT_GREY = "#6B6B6B", "#D9D9D9"

PICTURE = "gray"
FROM_ZERO = "viridis"
AROUND_ZERO = "RdBu_r"

WIDTH = 9.0
DPI = 100

RC = {
    "axes.prop_cycle": matplotlib.cycler(color=PALETTE),
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlesize": 11,
    "axes.labelsize": 10,
    # Unlike constrained layout it bears tight_layout() and subplots_adjust() without a warning.
    "figure.autolayout": True,
    "figure.dpi": DPI,
    "figure.figsize": (WIDTH, 4.0),
    "font.size": 10,
    "image.cmap": FROM_ZERO,
    "image.interpolation": "nearest",
    "legend.frameon": False,
    "savefig.dpi": DPI,
    "savefig.facecolor": "white",
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
}


def use_course_style() -> None:
    """Give all figures drawn from now on the course's look."""
    matplotlib.rcParams.update(RC)


def new_figure(width: float = WIDTH, height: float = 4.0, layout: str = "constrained") -> Figure:
    """Return an empty figure, in inches at 100 dots per inch; 9 inches fill a notebook's width.

    pyplot does not know it, so a notebook shows it once, when it is returned, and it needs no
    closing. With ``layout="none"`` axes stay where they are put, see ``placing``.
    """
    return Figure(figsize=(width, height), dpi=DPI, layout=layout)


def without_ticks(axes: Any) -> None:
    """Take ticks and frame off one axes or an array of them."""
    for ax in axes.flat if hasattr(axes, "flat") else [axes]:
        ax.set(xticks=[], yticks=[])
        ax.spines[:].set_visible(False)
