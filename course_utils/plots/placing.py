"""Axes at exact places, in inches from the top left corner of a figure.

For dozens of pictures: a layout engine takes seconds to place them, and unequal ones it does
not line up.
"""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure


def axes_at(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add axes of `width` × `height` inches to a figure made with ``layout="none"``."""
    total_width, total_height = figure.get_size_inches()
    return figure.add_axes(
        (
            left / total_width,
            1 - (top + height) / total_height,
            width / total_width,
            height / total_height,
        )
    )


def axes_in_rows(
    figure: Figure,
    count: int,
    n_cols: int,
    cell: tuple[float, float],
    corner: tuple[float, float] = (0.0, 0.0),
    gaps: tuple[float, float] = (0.06, 0.06),
) -> list[Axes]:
    """Add `count` axes, `n_cols` in a row.

    Parameters
    ----------
    figure : Figure
    count, n_cols : int
    cell : (width, height)
        Of one axes, in inches.
    corner : (left, top)
        Of the first axes, in inches.
    gaps : (between columns, between rows)
        In inches.
    """
    width, height = cell
    return [
        axes_at(
            figure,
            corner[0] + index % n_cols * (width + gaps[0]),
            corner[1] + index // n_cols * (height + gaps[1]),
            width,
            height,
        )
        for index in range(count)
    ]
