"""Options of layers in one form: whole numbers, pairs, short words; nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from course_utils.arithmetic.arguments import pair, whole_number

Options = dict[str, Any]

LARGEST = 10**7
LONGEST_WORD = 40
REQUIRED = object()


def read_options(defaults: Options, given: Options) -> Options:
    """Return `given` in one form, with `defaults` filled in.

    Raises
    ------
    TypeError, ValueError
        If an option is missing, unknown or impossible.

    >>> read_options({"pool_size": (2, 2), "strides": None}, {"pool_size": 3})
    {'pool_size': (3, 3), 'strides': (3, 3)}
    """
    unknown = set(given) - set(defaults)
    if unknown:
        raise TypeError(f"there is no option {min(unknown)!r}")
    options = {**defaults, **given}
    missing = [option for option, value in options.items() if value is REQUIRED]
    if missing:
        raise TypeError(f"{missing[0]} is missing")
    if options.get("strides", 1) is None:
        options["strides"] = options["pool_size"]
    return {option: _READERS[option](option, value) for option, value in options.items()}


def _count(name: str, value: Any) -> int:
    number = whole_number(name, value)
    if number > LARGEST:
        raise ValueError(f"{name} is implausibly large")
    return number


def _pair(name: str, value: Any) -> tuple[int, int]:
    rows, columns = pair(name, value)
    return _count(name, rows), _count(name, columns)


def _number(name: str, value: Any) -> float | None:
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number")
    if not abs(value) <= LARGEST:
        raise ValueError(f"{name} must be a number of plausible size")
    return round(float(value), 6)


def _word(name: str, value: Any) -> str:
    if value is None:
        return "linear"
    if type(value) is not str or not 0 < len(value) <= LONGEST_WORD or not value.isascii():
        raise TypeError(f"{name} must be a short word")
    return value


def _flag(name: str, value: Any) -> bool:
    if type(value) is not bool:
        raise TypeError(f"{name} must be True or False")
    return value


def _axis(name: str, value: Any) -> int:
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    axis = whole_number(name, value, minimum=-10)
    if axis > 10:
        raise ValueError(f"there is no axis {axis}")
    return axis


def _target(name: str, value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not 0 < len(value) <= 8:
        raise TypeError(f"{name} must be a shape")
    sides = [whole_number(name, side, minimum=-1) for side in value]
    return tuple(side if side == -1 else _count(name, side) for side in sides)


def _sides(name: str, value: Any) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Read pixels before and after: one number, (rows, columns), or a pair for each."""
    if not isinstance(value, list | tuple):
        value = (value, value)
    if len(value) != 2:
        raise ValueError(f"{name} must be given for rows and columns")
    both = [side if isinstance(side, list | tuple) else (side, side) for side in value]
    rows, columns = (tuple(whole_number(name, one, minimum=0) for one in side) for side in both)
    if len(rows) != 2 or len(columns) != 2 or max(rows + columns) > LARGEST:
        raise ValueError(f"{name} is impossible")
    return rows, columns


_READERS: dict[str, Callable[[str, Any], Any]] = {
    **dict.fromkeys(("filters", "units", "groups", "depth_multiplier", "height", "width"), _count),
    **dict.fromkeys(("kernel_size", "strides", "pool_size", "dilation_rate", "size"), _pair),
    **dict.fromkeys(("rate", "stddev", "negative_slope", "max_value", "threshold"), _number),
    **dict.fromkeys(("factor", "offset"), _number),
    **dict.fromkeys(("padding", "activation", "mode"), _word),
    **dict.fromkeys(("use_bias", "keepdims", "center", "scale"), _flag),
    **dict.fromkeys(("zeros", "cropping"), _sides),
    "axis": _axis,
    "target_shape": _target,
}
