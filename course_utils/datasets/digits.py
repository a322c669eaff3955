"""Small handwritten digits that come with scikit-learn, and digits on a larger canvas."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image

from course_utils.datasets.dataset import Dataset

DIGITS = tuple("0123456789")


def load_digits_images(size: int = 8, n_train: int = 1200, seed: int = 0) -> Dataset:
    """Return scikit-learn's 1,797 handwritten digits, shuffled, in training and test images.

    The originals (E. Alpaydin and C. Kaynak, UCI repository, 1998) are 8×8 pixels of 0 to 16;
    larger ones are made from them by bilinear interpolation. They are not MNIST: fewer, smaller
    and more alike.

    Parameters
    ----------
    size : int
        Height and width of the images, at least 8.
    n_train : int
        Training images, 1 to 1796; the others are test images.
    seed : int
        Of the shuffling.

    Returns
    -------
    Dataset
        Images of shape (n, size, size, 1).

    Raises
    ------
    ValueError
        If `size` or `n_train` is out of range.
    """
    from sklearn.datasets import load_digits

    if size < 8:
        raise ValueError(f"size must be at least 8, got {size}")
    originals, labels = load_digits(return_X_y=True)
    if not 1 <= n_train < len(labels):
        raise ValueError(f"n_train must be 1 to {len(labels) - 1}, got {n_train}")
    order = np.random.default_rng(seed).permutation(len(labels))
    small = (originals.reshape(-1, 8, 8) / 16).astype("float32")[order]
    images = small if size == 8 else np.stack([_enlarge(image, size) for image in small])
    images, labels = images[..., None], labels[order].astype("int64")
    enlarged = "" if size == 8 else f", enlarged to {size}×{size}"
    return Dataset(
        "digits",
        images[:n_train],
        labels[:n_train],
        images[n_train:],
        labels[n_train:],
        DIGITS,
        is_standin=False,
        note=f"{len(labels):,} real handwritten digits of 8×8 pixels{enlarged}.",
    )


def place_on_canvas(images: ArrayLike, size: int, shifts: ArrayLike = (0, 0)) -> np.ndarray:
    """Return images in the middle of black size × size canvases, moved by `shifts` pixels.

    Parameters
    ----------
    images : (n, height, width, channels) array
    size : int
        Height and width of the canvas.
    shifts : (rows, columns) or (n, 2) array of int
        How far to move down and to the right: all images alike, or each by its own row.

    Returns
    -------
    (n, size, size, channels) array

    Raises
    ------
    ValueError
        If the shapes do not fit, or an image would leave its canvas.

    Examples
    --------
    >>> one = np.ones((1, 1, 1, 1), int)
    >>> place_on_canvas(one, 3, shifts=(0, 1))[0, :, :, 0]
    array([[0, 0, 0],
           [0, 0, 1],
           [0, 0, 0]])
    """
    images, shifts = np.asarray(images), np.asarray(shifts)
    if images.ndim != 4:
        raise ValueError(f"images must be (n, height, width, channels), got {images.shape}")
    n, height, width, channels = images.shape
    if shifts.shape not in ((2,), (n, 2)) or shifts.dtype.kind not in "iu":
        raise ValueError(
            f"shifts must be (2,) or ({n}, 2) whole numbers, got {shifts.dtype} {shifts.shape}"
        )
    middle = np.array([(size - height) // 2, (size - width) // 2])
    corners = np.broadcast_to(middle + shifts, (n, 2))
    if n and (corners.min() < 0 or (corners.max(axis=0) > (size - height, size - width)).any()):
        raise ValueError(
            f"an image of {height}×{width} moved by up to {np.abs(shifts).max()} pixels leaves "
            f"the {size}×{size} canvas"
        )
    canvas = np.zeros((n, size, size, channels), images.dtype)
    for target, image, (top, left) in zip(canvas, images, corners, strict=True):
        target[top : top + height, left : left + width] = image
    return canvas


def _enlarge(image: np.ndarray, size: int) -> np.ndarray:
    return np.asarray(Image.fromarray(image).resize((size, size), Image.Resampling.BILINEAR))
