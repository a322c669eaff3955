"""Glyphs in random colours on random coloured backgrounds: 32×32 stand-ins for colour photographs.

``glyphs_on_clutter``  printed characters, in as many images as you like
``digits_on_clutter``  scikit-learn's handwritten digits, in training and test images
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import matplotlib
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from course_utils.datasets.dataset import Dataset
from course_utils.datasets.digits import DIGITS, load_digits_images

SIDE = 32
# Capitals, without the two that look like the digits 1 and 0.
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
# All that ship with matplotlib, so that every machine draws the same characters.
FACES = tuple(
    f"DejaVu{family}.ttf"
    for family in (
        *("Sans", "Sans-Bold", "Sans-BoldOblique", "Sans-Oblique"),
        *("SansMono", "SansMono-Bold", "SansMono-BoldOblique", "SansMono-Oblique"),
        *("Serif", "Serif-Bold", "Serif-BoldItalic", "Serif-Italic"),
    )
)
CONTRAST = 0.35

_DIGIT_SIDE, _GLYPH_SIDE = 20, 24
# Drawn at twice the size, with a margin that turning and shearing may use.
_SHEET, _CUT, _FONT_SIZE = 64, 48, 40
_TILT, _SHEAR = 20, 0.3
_GRID, _BRIGHTNESS, _NOISE = 4, 0.6, 0.04


def glyphs_on_clutter(
    n: int, characters: str = LETTERS, seed: int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Return `n` images of printed characters on clutter, and which character each one shows.

    Character and typeface (12 DejaVu faces) are drawn at random; each glyph is turned by up to
    20° either way, sheared by up to 0.3 and put in a random place.

    Parameters
    ----------
    n : int
        At least 1.
    characters : str
        The classes, in the order of their labels; by default 24 capital letters.
    seed : int
        The same seed gives the same images; more images begin with the fewer ones.

    Returns
    -------
    images : (n, 32, 32, 3) array of float32 in [0, 1]
    labels : (n,) array of int64
        Index in `characters`.

    Raises
    ------
    ValueError
        If `n` is below 1, or a character is repeated, blank or missing.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    if not characters or len(set(characters)) < len(characters):
        raise ValueError(f"characters must be different from each other, got {characters!r}")
    if blank := [c for c in characters if not c.isprintable() or c.isspace()]:
        raise ValueError(f"characters must be visible, got {blank[0]!r}")
    rng = np.random.default_rng(seed)
    images, labels = np.empty((n, SIDE, SIDE, 3), "float32"), np.empty(n, "int64")
    for index in range(n):
        labels[index] = rng.integers(len(characters))
        face = FACES[rng.integers(len(FACES))]
        images[index] = _on_clutter(_glyph(characters[labels[index]], face, rng), rng)
    return images, labels


def digits_on_clutter(
    n_train_per_class: int | None = None, n_test: int = 700, seed: int = 5
) -> Dataset:
    """Return scikit-learn's 1,797 handwritten digits, each on clutter of its own.

    Parameters
    ----------
    n_train_per_class : int, optional
        Training images of each digit; None: all that are not test images.
    n_test : int
        Test images; the same for any number of training images.
    seed : int
        Of the shuffling and the clutter.

    Returns
    -------
    Dataset
        Images of shape (n, 32, 32, 3). Smaller training sets are parts of the larger ones.

    Raises
    ------
    ValueError
        If there are not that many images.

    Examples
    --------
    >>> data = digits_on_clutter(40)
    >>> data.x_train.shape, data.x_test.shape
    ((400, 32, 32, 3), (700, 32, 32, 3))
    """
    images, labels = _all_digits(seed)
    if not 1 <= n_test < len(labels):
        raise ValueError(f"n_test must be 1 to {len(labels) - 1}, got {n_test}")
    first_test = len(labels) - n_test
    chosen = np.arange(first_test)
    if n_train_per_class is not None:
        available = np.bincount(labels[:first_test], minlength=len(DIGITS)).min()
        if not 1 <= n_train_per_class <= available:
            raise ValueError(
                f"n_train_per_class must be 1 to {available} beside {n_test} test images, "
                f"got {n_train_per_class}"
            )
        of_class = [np.flatnonzero(labels[:first_test] == digit) for digit in range(len(DIGITS))]
        chosen = np.sort(np.concatenate([found[:n_train_per_class] for found in of_class]))
    return Dataset(
        "digits on clutter",
        images[chosen],
        labels[chosen],
        images[first_test:].copy(),
        labels[first_test:].copy(),
        DIGITS,
        is_standin=False,
        note=f"{len(chosen) + n_test:,} real handwritten digits, enlarged to "
        f"{_DIGIT_SIDE}×{_DIGIT_SIDE}, on random coloured backgrounds of {SIDE}×{SIDE} pixels.",
    )


@lru_cache(maxsize=1)
def _all_digits(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return every digit on clutter, shuffled; callers must not change them."""
    rng = np.random.default_rng(seed)
    digits = load_digits_images(_DIGIT_SIDE)
    masks = np.concatenate([digits.x_train, digits.x_test])[..., 0]
    labels = np.concatenate([digits.y_train, digits.y_test])
    order = rng.permutation(len(labels))
    return np.stack([_on_clutter(mask, rng) for mask in masks[order]]), labels[order]


def _on_clutter(mask: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return clutter with the shape of `mask` (0 to 1) in one colour, somewhere."""
    image = _clutter(rng)
    average = image.mean(axis=(0, 1))
    colour = rng.random(3)
    while np.abs(colour - average).mean() < CONTRAST:
        colour = rng.random(3)
    height, width = mask.shape
    top, left = (int(rng.integers(SIDE - side + 1)) for side in mask.shape)
    patch, cover = image[top : top + height, left : left + width], mask[..., None]
    patch[:] = patch * (1 - cover) + colour * cover
    return image


def _clutter(rng: np.random.Generator) -> np.ndarray:
    """Return a smooth, noisy, darkish background."""
    grid = rng.integers(256, size=(_GRID, _GRID, 3), dtype=np.uint8)
    smooth = Image.fromarray(grid).resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    noise = rng.normal(0, _NOISE, (SIDE, SIDE, 3))
    image = np.asarray(smooth, "float32") / 255 * _BRIGHTNESS + noise
    return np.clip(image, 0, 1).astype("float32")


def _glyph(character: str, face: str, rng: np.random.Generator) -> np.ndarray:
    """Return a character as a mask of 24×24, turned and sheared around its middle."""
    tilt, shear = np.deg2rad(rng.uniform(-_TILT, _TILT)), rng.uniform(-_SHEAR, _SHEAR)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    matrix = turn @ [[1, shear], [0, 1]]
    middle = np.full(2, _SHEET / 2)
    (a, b), (c, d), (x, y) = *matrix, middle - matrix @ middle
    sheet = _printed(character, face).transform(
        (_SHEET, _SHEET), Image.Transform.AFFINE, (a, b, x, c, d, y), Image.Resampling.BILINEAR
    )
    edge = (_SHEET - _CUT) // 2
    cut = sheet.crop((edge, edge, edge + _CUT, edge + _CUT))
    small = cut.resize((_GLYPH_SIDE, _GLYPH_SIDE), Image.Resampling.BILINEAR)
    return np.asarray(small, "float32") / 255


@lru_cache(maxsize=1024)
def _printed(character: str, face: str) -> Image.Image:
    """Return a character, white in the middle of a black sheet."""
    path = Path(matplotlib.get_data_path(), "fonts", "ttf", face)
    # The basic layout is the same whether or not Pillow was built with Raqm.
    font = ImageFont.truetype(str(path), _FONT_SIZE, layout_engine=ImageFont.Layout.BASIC)
    sheet = Image.new("L", (_SHEET, _SHEET))
    pen = ImageDraw.Draw(sheet)
    left, top, right, bottom = pen.textbbox((0, 0), character, font=font)
    corner = ((_SHEET - left - right) / 2, (_SHEET - top - bottom) / 2)
    pen.text(corner, character, fill=255, font=font)
    return sheet
