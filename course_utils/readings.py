"""Facts about a result, where many different results are right.

A shuffled batch and a resized picture have no single right value. A *reading* says about them
what all right results share: the sentences are compared, and shown to the student.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.networks.facts import block_facts, block_shape, block_weights

_MOST_SAMPLES = 100_000


def read(reading: str, value: Any, args: tuple[Any, ...]) -> list[str]:
    """Return the facts of a result, whatever it is; `args` are the arguments it came from."""
    try:
        return _READINGS[reading](value, *args)
    except (ValueError, TypeError, IndexError, AttributeError, OverflowError):
        return ["something that cannot be read"]


def batch_facts(batches: Any, x: Any, y: Any, *_: Any) -> list[str]:
    """Return sizes, labels, passes and order of what a generator of ``(x_batch, y_batch)`` gave.

    Examples
    --------
    >>> x, y = np.arange(4), np.arange(4)
    >>> batch_facts([(x[:3], y[:3]), (x[3:], y[3:])], x, y)[0]
    '2 batches, of 3, 1 samples'
    """
    x, y = np.asarray(x), np.asarray(y)
    place = {image.tobytes(): index for index, image in enumerate(x)}
    sizes, samples, labels_fit = [], [], True
    for batch in batches:
        if not isinstance(batch, (tuple, list)) or len(batch) != 2:
            return ["something that is no pair (images, labels)"]
        images, labels = np.asarray(batch[0]), np.asarray(batch[1])
        pair = f"images of shape {images.shape} with labels of shape {labels.shape}"
        if images.shape[1:] != x.shape[1:] or images.ndim != x.ndim or labels.ndim != y.ndim:
            return [pair]
        if len(images) != len(labels) or len(samples) + len(images) > _MOST_SAMPLES:
            return [pair]
        rows = [place.get(image.tobytes()) for image in images.astype(x.dtype)]
        if None in rows:
            return ["images that are not in x"]
        sizes.append(str(len(images)))
        samples += rows
        labels_fit &= bool(np.array_equal(y[rows], labels))
    passes = [samples[i : i + len(x)] for i in range(0, len(samples) - len(x) + 1, len(x))]
    complete = all(sorted(one) == list(range(len(x))) for one in passes)
    return [
        f"{len(sizes)} batches, of {', '.join(sizes)} samples",
        f"labels that {'' if labels_fit else 'do not '}belong to their images",
        f"{'' if complete else 'not '}every sample once in each pass",
        _order(passes or [samples]),
    ]


def picture_facts(picture: Any, *_: Any) -> list[str]:
    """Return dtype, shape, range and coarse colours of a picture made of ``Blocks``.

    Examples
    --------
    >>> picture_facts(np.full((9, 9, 3), 128, np.uint8))
    ['dtype uint8', 'shape (9, 9, 3)', 'values above 1']
    """
    pixels = np.asarray(picture)
    if pixels.dtype.kind not in "iuf" or not pixels.size:
        return ["no array of numbers"]
    facts = [f"dtype {pixels.dtype.name}", f"shape {pixels.shape}"]
    # Interpolation may overshoot a little.
    if pixels.min() < -0.2:
        return [*facts, "values below 0"]
    if pixels.max() > 1.2:
        return [*facts, "values above 1"]
    facts.append("values from 0 to 1")
    if pixels.ndim == 3 and pixels.shape[2] == 3:
        rows, columns = ([side * part // 6 for part in (1, 3, 5)] for side in pixels.shape[:2])
        steps = np.floor(pixels[np.ix_(rows, columns)] * 5).astype(int)
        lines = ["".join(map(str, line)) for line in steps.transpose(2, 0, 1).reshape(-1, 3)]
        facts.append(f"brightness by channel and row, in fifths: {' '.join(lines)}")
    return facts


def _order(passes: list[list[int]]) -> str:
    as_given = [one == sorted(one) for one in passes]
    if all(as_given):
        return "in the given order"
    if any(as_given):
        return "shuffled, but not in every pass"
    different = len({tuple(one) for one in passes})
    if 1 < len(passes) != different:
        return "shuffled, but passes are alike"
    return "shuffled, every pass anew"


_READINGS = {
    "batches": batch_facts,
    "picture": picture_facts,
    "block": block_facts,
    "block shape": block_shape,
    "block weights": block_weights,
}
