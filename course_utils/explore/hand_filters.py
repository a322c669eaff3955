"""Filters made by hand, and what they answer to pictures: figures of notebook 01.

``FILTERS``           five classical 3×3 filters
``filter_response``   what one filter answers at every position
``plot_one_filter``   a picture, one window of it, the filter, and all its answers
``plot_filter_bank``  several pictures through several filters
``explore_filters``   one picture and one filter, chosen from menus
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import ArrayLike

from course_utils.plots.grids import number_grid
from course_utils.plots.images import draw_picture
from course_utils.plots.responses import plot_response
from course_utils.plots.style import (
    AROUND_ZERO,
    ORANGE,
    PICTURE,
    WIDTH,
    new_figure,
    without_ticks,
)

# Edges are counted from bright to dark, as by the kernel of the exercise.
FILTERS: dict[str, np.ndarray] = {
    "identity": np.array([[0, 0, 0], [0, 1, 0], [0, 0, 0]]),
    "box blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "vertical edges": np.array([[1, 0, -1], [2, 0, -2], [1, 0, -1]]),
    "horizontal edges": np.array([[1, 2, 1], [0, 0, 0], [-1, -2, -1]]),
}


def filter_response(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    """Return a filter's response at every position, (H-kh+1, W-kw+1); fast for large pictures.

    Raises
    ------
    ValueError
        If either is not two-dimensional or the kernel is larger than the image.

    Examples
    --------
    >>> filter_response([[3, 3, 8, 8]], [[1, -1]])
    array([[ 0, -5,  0]])
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    if image.ndim != 2 or kernel.ndim != 2 or (np.array(kernel.shape) > image.shape).any():
        raise ValueError(f"kernel {kernel.shape} does not fit into image {image.shape}")
    rows, columns = (n - k + 1 for n, k in zip(image.shape, kernel.shape, strict=True))
    # In the same order at every position: a moved picture gives exactly the moved response.
    return sum(
        weight * image[row : row + rows, col : col + columns]
        for (row, col), weight in np.ndenumerate(kernel)
    )


def plot_one_filter(picture: ArrayLike, kernel: ArrayLike, row: int, col: int) -> Figure:
    """Draw a grey picture, its window at [row, col], a filter, and the filter's response map.

    Parameters
    ----------
    picture : (H, W) array
        Of 0 to 1; the window's numbers are written in per cent.
    kernel : (kh, kw) array
    row, col : int

    Raises
    ------
    ValueError
        If the window leaves the picture.
    """
    picture, kernel = np.asarray(picture), np.asarray(kernel)
    response = filter_response(picture, kernel)
    if not (0 <= row < response.shape[0] and 0 <= col < response.shape[1]):
        raise ValueError(
            f"a window at row {row}, column {col} leaves the {picture.shape[0]}×{picture.shape[1]} "
            "picture"
        )
    figure = new_figure(WIDTH, 2.75)
    left, window, middle, right = figure.subplots(1, 4, width_ratios=(3, 1.1, 1.1, 3))
    draw_picture(left, picture)
    left.set_title("picture")
    patch = picture[row : row + kernel.shape[0], col : col + kernel.shape[1]]
    number_grid(window, np.round(100 * patch), title="one window", cmap=PICTURE)
    number_grid(middle, kernel, title="filter", cmap=AROUND_ZERO)
    extent = np.abs(response).max() or 1
    right.imshow(response, cmap=AROUND_ZERO, vmin=-extent, vmax=extent)
    without_ticks(right)
    right.set_title("feature map: its answer everywhere")
    for ax in (left, right):
        box = {"xy": (col - 0.5, row - 0.5), "width": kernel.shape[1], "height": kernel.shape[0]}
        ax.add_patch(Rectangle(**box, fill=False, edgecolor=ORANGE, linewidth=1.5))
    frame = Rectangle((0, 0), *kernel.shape[::-1], fill=False, edgecolor=ORANGE, linewidth=2.5)
    window.add_patch(frame)
    _connect(figure, left, (col + kernel.shape[1], row), window, (0, 0))
    _connect(figure, left, (col + kernel.shape[1], row + kernel.shape[0]), window, (0, len(kernel)))
    for height in (0, len(kernel)):
        _connect(figure, middle, (kernel.shape[1], height), right, (col, row))
    return figure


def plot_filter_bank(pictures: Mapping[str, ArrayLike], filters: Mapping[str, ArrayLike]) -> Figure:
    """Draw what several filters answer to several pictures: one column each, kernel on top.

    Responses of filters whose weights add up to zero are signed: red positive, blue negative,
    white zero. The others give a picture again and are drawn grey.

    Parameters
    ----------
    pictures : dict
        Name and (H, W) array of 0 to 1.
    filters : dict
        Name and (kh, kw) array.
    """
    columns, rows = len(filters) + 1, len(pictures) + 1
    side = WIDTH / columns
    figure = new_figure(WIDTH, side * (rows - 1) + 0.75 * side + 0.5)
    axes = figure.subplots(rows, columns, height_ratios=[0.72] + [1] * len(pictures))
    without_ticks(axes)
    for ax, (name, kernel) in zip(axes[0, 1:], filters.items(), strict=True):
        ninths = np.allclose(kernel, 1 / 9)
        number_grid(
            ax, np.ones((3, 3)) if ninths else kernel, title=name, cmap=AROUND_ZERO,
            fmt="1/9" if ninths else "{:g}",
        )  # fmt: skip
    for row, (name, picture) in zip(axes[1:], pictures.items(), strict=True):
        draw_picture(row[0], picture)
        row[0].set_title(name, size=9)
        for ax, kernel in zip(row[1:], filters.values(), strict=True):
            _draw_response(ax, filter_response(picture, kernel), signed=abs(np.sum(kernel)) < 1e-9)
    return figure


def explore_filters(pictures: Mapping[str, ArrayLike]) -> None:
    """Show one of several grey pictures, one of the `FILTERS`, and the response, with menus."""
    from course_utils.explore import choice, interactive_figure

    def draw(picture: np.ndarray, kernel: np.ndarray) -> Figure:
        """A picture, a filter of nine numbers, and the filter's response at every position."""
        return plot_response(picture, kernel, filter_response(picture, kernel))

    interactive_figure(
        draw,
        picture=choice(dict(pictures)),
        kernel=choice(FILTERS, value="vertical edges", label="filter"),
    )


def _draw_response(ax: Axes, response: np.ndarray, signed: bool) -> None:
    if signed:
        extent = np.abs(response).max() or 1
        ax.imshow(response, cmap=AROUND_ZERO, vmin=-extent, vmax=extent)
    else:
        # Sharpening leaves the range of a picture; what does is shown black or white.
        ax.imshow(response, cmap=PICTURE, vmin=0, vmax=1)


def _connect(
    figure: Figure,
    one: Axes,
    start: tuple[float, float],
    other: Axes,
    end: tuple[float, float],
) -> None:
    style = {"color": ORANGE, "linewidth": 1, "linestyle": "--"}
    figure.add_artist(ConnectionPatch(start, end, one.transData, other.transData, **style))
