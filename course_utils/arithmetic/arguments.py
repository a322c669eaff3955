"""Reading whole numbers, (rows, columns) pairs and image shapes, with clear errors."""

from __future__ import annotations

import operator
from collections.abc import Sequence

Pair = int | tuple[int, int]


def whole_number(name: str, value: object, minimum: int | None = 1) -> int:
    """Return `value` as an int; NumPy integers are welcome, floats and bools are not.

    Raises
    ------
    TypeError
        If `value` is not a whole number.
    ValueError
        If it is below `minimum` (None: no lower bound).

    >>> whole_number("stride", 2)
    2
    >>> whole_number("stride", 2.0)
    Traceback (most recent call last):
        ...
    TypeError: stride must be a whole number, got 2.0
    """
    if isinstance(value, bool) or not hasattr(value, "__index__"):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    try:
        number = operator.index(value)
    except TypeError:
        # A NumPy array has __index__ but refuses unless it holds a single integer.
        raise TypeError(f"{name} must be a whole number, got {value!r}") from None
    if minimum is not None and number < minimum:
        raise ValueError(f"{name} must be at least {minimum}, got {number}")
    return number


def pair(name: str, value: Pair | Sequence[int]) -> tuple[int, int]:
    """Return (rows, columns) from one number or two, as Keras reads ``kernel_size``.

    >>> pair("kernel_size", 3), pair("kernel_size", (3, 5))
    ((3, 3), (3, 5))
    """
    if isinstance(value, list | tuple):
        if len(value) != 2:
            raise ValueError(f"{name} must be one number or (rows, columns), got {value!r}")
        rows, columns = value
    else:
        rows = columns = value
    return whole_number(name, rows), whole_number(name, columns)


def image_shape(name: str, value: Sequence[int]) -> tuple[int, int, int]:
    """Return `value` as (height, width, channels).

    >>> image_shape("input_shape", (28, 28, 1))
    (28, 28, 1)
    """
    if not isinstance(value, list | tuple) or len(value) != 3:
        raise ValueError(
            f"{name} must be (height, width, channels) without the batch axis, got {value!r}"
        )
    height, width, channels = (whole_number(name, side) for side in value)
    return height, width, channels
