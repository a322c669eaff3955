"""Pictures in a grid, and a window on a picture."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import ConnectionPatch, Rectangle
from numpy.typing import ArrayLike

from course_utils.plots.grids import number_grid
from course_utils.plots.placing import axes_in_rows
from course_utils.plots.style import ORANGE, PICTURE, WIDTH, new_figure, without_ticks

_LARGEST_GRID = 8
# Inches.
_GAP, _DIGIT_SIDE, _PHOTO_SIDE = 0.07, 1.6, 4.4


def draw_picture(ax: Axes, image: ArrayLike) -> None:
    """Draw one picture, without ticks: (H, W), (H, W, 1) or (H, W, 3).

    Bytes are shown from 0 to 255, other numbers from 0 to 1, or from their smallest to their
    largest if they leave that range.

    Raises
    ------
    ValueError
        If the shape is another one.
    """
    image = np.asarray(image)
    pixels = image[..., 0] if image.ndim == 3 and image.shape[2] == 1 else image
    if pixels.ndim != 2 and not (pixels.ndim == 3 and pixels.shape[2] == 3):
        raise ValueError(f"expected a picture (H, W), (H, W, 1) or (H, W, 3), got {image.shape}")
    low, high = _range_of(pixels)
    if pixels.ndim == 3:
        ax.imshow((pixels - low) / (high - low))
    else:
        ax.imshow(pixels, cmap=PICTURE, vmin=low, vmax=high)
    without_ticks(ax)


def plot_images(
    images: Sequence[ArrayLike], labels: Sequence[Any] | None = None, n_cols: int = 8
) -> Figure:
    """Draw pictures in rows of `n_cols`, each with its label above it.

    Parameters
    ----------
    images : sequence of (H, W), (H, W, 1) or (H, W, 3) arrays
    labels : sequence, optional
        As many as images.
    n_cols : int

    Raises
    ------
    ValueError
        If there are no images, not as many labels as images, or an image has another shape.
    """
    if len(images) == 0 or (labels is not None and len(labels) != len(images)):
        count = "no" if labels is None else len(labels)
        raise ValueError(f"got {len(images)} images and {count} labels")
    columns = min(n_cols, len(images))
    largest = max(max(np.shape(image)[:2]) for image in images)
    side = min((WIDTH + _GAP) / columns - _GAP, _PHOTO_SIDE if largest > 64 else _DIGIT_SIDE)
    height = side * max(np.shape(image)[0] / np.shape(image)[1] for image in images)
    title = 0.0 if labels is None else 0.24
    rows = -(-len(images) // columns)
    pitch = height + title + _GAP
    figure = new_figure(columns * (side + _GAP) - _GAP, rows * pitch - _GAP, layout="none")
    gaps = (_GAP, title + _GAP)
    places = axes_in_rows(figure, len(images), columns, (side, height), (0, title), gaps)
    for index, (ax, image) in enumerate(zip(places, images, strict=True)):
        draw_picture(ax, image)
        if labels is not None:
            ax.set_title(str(labels[index]), size=10, pad=3)
    return figure


def plot_window(image: ArrayLike, row: int, col: int, size: int) -> Figure:
    """Draw a picture with a framed size × size window, and beside it the window enlarged.

    The enlarged window of a grey picture shows its numbers, if it has at most 8 × 8 of them.

    Raises
    ------
    ValueError
        If the window leaves the picture, or `image` is no picture.
    """
    image = np.asarray(image)
    height, width = image.shape[:2]
    if size < 1 or not (0 <= row <= height - size and 0 <= col <= width - size):
        raise ValueError(
            f"a {size}×{size} window at row {row}, column {col} leaves the {height}×{width} picture"
        )
    figure = new_figure(WIDTH, 4.0)
    left, right = figure.subplots(1, 2, width_ratios=(1.3, 1))
    draw_picture(left, image)
    left.set_title(f"{height}×{width} picture")
    frame = {"fill": False, "edgecolor": ORANGE, "linewidth": 2.5}
    left.add_patch(Rectangle((col - 0.5, row - 0.5), size, size, **frame))
    patch = image[row : row + size, col : col + size]
    if patch.ndim == 2 or patch.shape[2] == 1:
        _draw_grey_window(right, patch.reshape(size, size), _range_of(image))
    else:
        draw_picture(right, patch)
    right.set_title(f"{size}×{size} window at [{row}, {col}]")
    right.add_patch(Rectangle((0, 0), 1, 1, transform=right.transAxes, clip_on=False, **frame))
    for corner, top in ((row - 0.5, 1), (row + size - 0.5, 0)):
        line = ConnectionPatch(
            (col + size - 0.5, corner), (0, top), coordsA="data", coordsB="axes fraction",
            axesA=left, axesB=right, color=ORANGE, linewidth=1.2, linestyle="--",
        )  # fmt: skip
        figure.add_artist(line)
    return figure


def _draw_grey_window(ax: Axes, patch: np.ndarray, limits: tuple[float, float]) -> None:
    if len(patch) > _LARGEST_GRID:
        ax.imshow(patch, cmap=PICTURE, vmin=limits[0], vmax=limits[1])
        without_ticks(ax)
        return
    fmt = "{:g}" if np.all(patch == np.round(patch)) else "{:.2f}"
    number_grid(ax, patch, fmt=fmt, cmap=PICTURE, limits=limits)
    ax.set(xlim=(0, len(patch)), ylim=(len(patch), 0))


def _range_of(pixels: np.ndarray) -> tuple[float, float]:
    """Return what is black and what is white."""
    low, high = (0, 255) if pixels.dtype == np.uint8 else (0, 1)
    if pixels.size and (pixels.min() < low or pixels.max() > high):
        return float(pixels.min()), float(pixels.max())
    return low, high
