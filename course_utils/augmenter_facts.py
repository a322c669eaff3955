"""What a student's transformation of pictures does, in plain words.

Exercises call a student's function, or a Keras model of random layers, through these.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.picture_transforms import transform_picture

DRAWS = 50
SIDE = 28
STEP = 15
CLEARLY = 1.1

GOOD = "small changes, in training only"
CHANGES_ALWAYS = "another picture outside training"
NOT_RANDOM = "the same picture every time in training"
OUT_OF_RANGE = "values far outside 0 to 1"
LOST = "a digit that has left the picture"
MIRRORED = "mirrored digits"
TURNED = "digits turned by more than 45°"


def describe_augmenter(augmenter: Callable[..., Any], pattern: ArrayLike) -> str:
    """Return what an augmenter does to an asymmetric digit, drawn 50 times.

    Parameters
    ----------
    augmenter : callable
        Called as Keras layers are, ``augmenter(pictures, training=True)``.
    pattern : (7, 7) array of 0 and 1
        The digit; it is put in the middle of a 28×28 picture, three pixels for each.

    Returns
    -------
    str
        The first of these that is true: `CHANGES_ALWAYS`, `NOT_RANDOM`, `OUT_OF_RANGE`, `LOST`,
        `MIRRORED`, `TURNED`, `GOOD`; or another shape.
    """
    large = np.kron(np.asarray(pattern, "float32"), np.ones((3, 3), "float32"))
    before = (SIDE - len(large)) // 2
    digit = np.pad(large, (before, SIDE - len(large) - before))
    pictures = np.repeat(digit[None, :, :, None], DRAWS, axis=0)
    untouched = np.asarray(augmenter(pictures, training=False))
    drawn = np.asarray(augmenter(pictures, training=True))
    for result in (untouched, drawn):
        if result.shape != pictures.shape:
            return f"pictures of shape {result.shape[1:]}"
    if not np.allclose(untouched, pictures, atol=1e-5):
        return CHANGES_ALWAYS
    if np.allclose(drawn, drawn[:1], atol=1e-3):
        return NOT_RANDOM
    if drawn.min() < -1 or drawn.max() > 2:
        return OUT_OF_RANGE
    if drawn.sum(axis=(1, 2, 3)).min() < digit.sum() / 2:
        return LOST
    mirrored, turned = _likeness(drawn[..., 0], digit)
    if mirrored.max() > CLEARLY:
        return MIRRORED
    return TURNED if turned.max() > CLEARLY else GOOD


def attribute_of_result(function: Callable[..., Any], *args: Any) -> str:
    """Return an attribute of the array that `function` returns, such as its ``dtype``, as text.

    The last argument names the attribute, the others are the function's.

    Examples
    --------
    >>> attribute_of_result(np.negative, np.array([1, 2], "float32"), "dtype")
    'float32'
    """
    *arguments, attribute = args
    return str(getattr(np.asarray(function(*arguments)), attribute))


def _likeness(drawn: np.ndarray, digit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return how much more each drawn picture is like a mirrored, or a turned, digit.

    Wherever the digit has moved to, the picture is compared with it in 24 directions and with
    the mirror images of these. Two ratios: the best mirrored view to the best other one, and the
    best view turned by more than 45° to the best one of the others.
    """
    size = (2 * SIDE, 2 * SIDE)
    spectra = np.fft.rfft2(drawn, size)
    best: dict[tuple[bool, bool], np.ndarray] = {}
    for flip, angle in product((False, True), range(0, 360, STEP)):
        view = transform_picture(digit, rotation=angle, flip=flip, fill="constant")
        matches = np.fft.irfft2(spectra * np.conj(np.fft.rfft2(view, size)), size)
        score = matches.max(axis=(1, 2)) / np.linalg.norm(view)
        kind = flip, min(angle, 360 - angle) > 45
        best[kind] = np.maximum(best.get(kind, 0), score)
    plain, mirrored = (np.maximum(best[flip, False], best[flip, True]) for flip in (False, True))
    upright, turned = (np.maximum(best[False, far], best[True, far]) for far in (False, True))
    return mirrored / plain, turned / upright
