"""Geometric transformations of one picture, written in NumPy to be looked at slowly.

The same conventions as Keras' random layers, which draw the numbers that are given here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike


def transform_picture(
    image: ArrayLike,
    rotation: float = 0.0,
    down: float = 0.0,
    right: float = 0.0,
    shear: float = 0.0,
    zoom: float = 0.0,
    flip: bool = False,
    fill: str = "nearest",
) -> np.ndarray:
    """Return a picture mirrored, turned, sheared, zoomed and moved, in this order.

    Parameters
    ----------
    image : (H, W) or (H, W, C) array
    rotation : float
        Degrees, against the clock.
    down, right : float
        Fractions of height and width.
    shear : float
        Slope: by how many columns a row moves for each row further down. The middle row stays.
    zoom : float
        As in Keras, positive is *out*: 0.2 shrinks lengths to 1/1.2.
    flip : bool
        Mirror left and right.
    fill : {"nearest", "reflect", "constant"}
        What comes in from outside: the edge, a mirror image at the edge, or black.

    Returns
    -------
    float array of the same shape

    Raises
    ------
    ValueError
        If the picture has another shape or `fill` is unknown.

    Examples
    --------
    >>> transform_picture([[1, 2, 3, 4]], right=0.25)
    array([[1., 1., 2., 3.]])
    >>> transform_picture([[1, 2, 3, 4]], right=0.25, flip=True, fill="constant")
    array([[0., 4., 3., 2.]])
    """
    image = np.asarray(image, float)
    if image.ndim not in (2, 3):
        raise ValueError(f"image must be (H, W) or (H, W, C), got shape {image.shape}")
    if fill not in _PLACES:
        raise ValueError(f"fill is {fill!r}; use one of {', '.join(_PLACES)}")
    height, width = image.shape[:2]
    rows, columns = np.indices((height, width), float)
    # Backwards: where does each pixel of the result come from, seen from the middle?
    y = (rows - (height - 1) / 2 - down * height) * (1 + zoom)
    x = (columns - (width - 1) / 2 - right * width) * (1 + zoom)
    x = x - shear * y
    cos, sin = np.cos(np.radians(rotation)), np.sin(np.radians(rotation))
    y, x = cos * y + sin * x, cos * x - sin * y
    if flip:
        x = -x
    return _read(image, y + (height - 1) / 2, x + (width - 1) / 2, fill)


def _read(image: np.ndarray, y: np.ndarray, x: np.ndarray, fill: str) -> np.ndarray:
    """Return the values at places between pixels, mixed from the four pixels around."""
    # Rounding errors of 1e-14 would reach for a pixel outside.
    y, x = np.round(y, 9), np.round(x, 9)
    top, left = np.floor(y).astype(int), np.floor(x).astype(int)
    result = np.zeros(image.shape)
    for row, near_row in ((top, 1 - (y - top)), (top + 1, y - top)):
        for column, near_column in ((left, 1 - (x - left)), (left + 1, x - left)):
            share = near_row * near_column
            rows, columns = (
                _PLACES[fill](index, side)
                for index, side in zip((row, column), image.shape, strict=False)
            )
            if fill == "constant":
                share = share * (rows == row) * (columns == column)
            share = share.reshape(*share.shape, *[1] * (image.ndim - 2))
            result += share * image[rows, columns]
    return result


def _at_the_edge(index: np.ndarray, side: int) -> np.ndarray:
    return np.clip(index, 0, side - 1)


def _mirrored(index: np.ndarray, side: int) -> np.ndarray:
    index = index % (2 * side)
    return np.minimum(index, 2 * side - 1 - index)


_PLACES: dict[str, Callable[[np.ndarray, int], np.ndarray]] = {
    "nearest": _at_the_edge,
    "reflect": _mirrored,
    "constant": _at_the_edge,
}
FILL_MODES = tuple(_PLACES)
