"""Which Python values count as an answer, and the text two equal answers share.

Both the student's immediate check and the trusted grader start here, so a value is
understood (or refused, with the same sentence) in both places. A *spec* is the public part of
an exercise: a dict such as ``{"type": "number_list", "length": 3}``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Any

import numpy as np

MAX_ITEMS = 100_000
LONGEST_TEXT = 100
LARGEST = 10**15
DECIMALS = 5


class Unsuitable(Exception):
    """The value cannot be an answer to this exercise; the message tells the student why."""


class Unanswered(Unsuitable):
    """Nothing has been answered yet: the stub is still in place."""


class Ungradable(Unsuitable):
    """The answer may be right, but only a person can tell."""


def normalise(spec: dict[str, Any], value: Any) -> Any:
    """Return `value` as the plain Python or NumPy object its exercise type asks for.

    Parameters
    ----------
    spec : dict
        ``{"type": ..., ...}``, see the functions below for the keys each type reads.
    value : object
        What the student assigned.

    Returns
    -------
    int, float, tuple, str or numpy.ndarray

    Raises
    ------
    Unanswered
        For ``...`` and ``None``, the stubs of the released notebook.
    Unsuitable
        With a sentence for the student, when type, length or shape cannot be right.
    """
    if value is None or value is Ellipsis:
        raise Unanswered("Not answered yet.")
    return _NORMALISERS[spec["type"]](spec, value)


def canonical(value: Any) -> str:
    """Return a text that equal answers share: ``[26, 26]`` for list, tuple and array alike.

    Floats are rounded to five decimals, whole floats are written as integers.

    >>> canonical((3, 4.0)) == canonical(np.array([3, 4]))
    True
    """
    return json.dumps(_plain(value), separators=(",", ":"))


def is_number(value: Any) -> bool:
    """Tell whether `value` is a real number; ``True`` and ``False`` are not."""
    return isinstance(value, (int, float, np.integer, np.floating)) and not isinstance(
        value, (bool, np.bool_)
    )


def describe(value: Any, limit: int = 60) -> str:
    """Return a short, safe text for `value`, to show a student what was received."""
    if isinstance(value, np.ndarray):
        text = f"an array of shape {value.shape}"
    elif callable(value):
        text = f"the function {getattr(value, '__name__', '?')}"
    else:
        text = repr(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def kind_of(value: Any) -> str:
    """Return in words what kind of thing `value` is; an array without axes is a number.

    >>> kind_of(np.array([1, 2])), kind_of("cat"), kind_of(len)
    ('a list', 'text', 'a function')
    """
    if isinstance(value, np.ndarray) and value.shape == ():
        value = value[()]
    if is_number(value):
        return "a number"
    for types, kind in _KINDS.items():
        if isinstance(value, types):
            return kind
    return "a function" if callable(value) else _a(value)


_GUESSES = ("a number", "text", "True or False", "a list")
_KINDS: dict[Any, str] = {
    str: "text",
    (bool, np.bool_): "True or False",
    (list, tuple, set, frozenset, np.ndarray): "a list",
    type: "a class",
}


def _number(spec: dict[str, Any], value: Any) -> int | float:
    if isinstance(value, np.ndarray) and value.shape == ():
        value = value[()]
    if isinstance(value, (str, bytes)):
        raise Unsuitable("That is text. Give a number without quotes.")
    if not is_number(value):
        raise Unsuitable(f"Expected one number, got {_a(value)}.")
    if not isinstance(value, (int, np.integer)) and not math.isfinite(value):
        raise Unsuitable("Expected a finite number.")
    if abs(value) > LARGEST:
        raise Unsuitable("That number is implausibly large.")
    number = int(value) if float(value).is_integer() else float(value)
    if spec.get("whole", True) and isinstance(number, float):
        raise Unsuitable("Expected a whole number.")
    if spec.get("positive", True) and number <= 0:
        raise Unsuitable("Expected a positive number.")
    return number


def _number_list(spec: dict[str, Any], value: Any) -> tuple[int | float, ...]:
    items = _items(value, spec.get("length"), "number")
    return tuple(_item(_number, spec, item, i) for i, item in enumerate(items))


def _shape(spec: dict[str, Any], value: Any) -> tuple[int, ...]:
    if is_number(value):
        raise Unsuitable("Expected a shape such as (28, 28, 1) or (10,), got one number.")
    items = _items(value, spec.get("length"), "number")
    return tuple(_item(_number, {"whole": True}, item, i) for i, item in enumerate(items))


def _shape_list(spec: dict[str, Any], value: Any) -> tuple[tuple[int, ...], ...]:
    items = _items(value, spec["length"], "shape")
    lengths = spec.get("lengths", [None] * len(items))
    return tuple(
        _item(_shape, {"length": length}, item, i)
        for i, (item, length) in enumerate(zip(items, lengths, strict=True))
    )


def _array(spec: dict[str, Any], value: Any) -> np.ndarray:
    try:
        array = np.asarray(value)
    except (ValueError, TypeError) as error:
        raise Unsuitable("The rows do not have equal lengths.") from error
    if array.dtype.kind not in "iuf":
        raise Unsuitable(f"Expected an array of numbers, got {_a(value)}.")
    if array.ndim != len(spec["shape"]):
        raise Unsuitable(
            f"Expected {len(spec['shape'])} axes, got {array.ndim} (shape {array.shape})."
        )
    if array.size > MAX_ITEMS or not np.all(np.isfinite(array)):
        raise Unsuitable("Expected a small array of finite numbers.")
    return array


def _choice(spec: dict[str, Any], value: Any) -> str:
    letter = value.strip().upper() if isinstance(value, str) else value
    if not isinstance(letter, str) or letter not in spec["options"]:
        raise Unsuitable(f"Answer with one of the letters {', '.join(spec['options'])}.")
    return str(letter)


def _choices(spec: dict[str, Any], value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [letter for letter in value if letter.isalpha()]
    if not isinstance(value, (list, tuple, set, frozenset)):
        raise Unsuitable('Answer with a set of letters, for example {"A", "B"}.')
    letters = {_choice(spec, letter) for letter in value}
    return tuple(sorted(letters))


def _text(spec: dict[str, Any], value: Any) -> str:
    if not isinstance(value, str):
        raise Unsuitable(f"Expected text in quotes, got {_a(value)}.")
    if not value.strip():
        raise Unanswered("Not answered yet.")
    if len(value) > LONGEST_TEXT:
        raise Unsuitable(f"Expected a short text, got {len(value)} characters.")
    return value.strip().lower()


def _prediction(spec: dict[str, Any], value: Any) -> Any:
    if isinstance(value, str) and not value.strip():
        raise Unanswered("Not answered yet.")
    kind = kind_of(value)
    if kind not in _GUESSES:
        raise Unsuitable(f"A prediction is a number, a word or a list of them, not {kind}.")
    return value


def _function(spec: dict[str, Any], value: Any) -> Callable[..., Any]:
    if not callable(value):
        raise Unsuitable(f"Expected a function, got {_a(value)}.")
    if (getattr(value, "__module__", "") or "").split(".")[0] in ("course_utils", "grader"):
        raise Unsuitable("That is the course's own function. Write your own here.")
    return value


def _model(spec: dict[str, Any], value: Any) -> Any:
    from course_utils.model_description import describe_model
    from course_utils.networks.network import read_network

    return read_network(describe_model(value))


def _table(spec: dict[str, Any], value: Any) -> Any:
    from course_utils.answer_tables import describe_table, read_table

    return read_table(spec, describe_table(value))


_NORMALISERS: dict[str, Callable[[dict[str, Any], Any], Any]] = {
    "number": _number,
    "number_list": _number_list,
    "shape": _shape,
    "shape_list": _shape_list,
    "array": _array,
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "prediction": _prediction,
    "function": _function,
    "model": _model,
    "table": _table,
}


def _items(value: Any, length: int | None, what: str) -> list[Any]:
    """Return the items of a list; without a length any number of them may be right."""
    if isinstance(value, np.ndarray):
        value = value.tolist()
    wanted = f"{what}s" if length is None else f"{length} {what}{'s' if length != 1 else ''}"
    if not isinstance(value, (list, tuple)):
        raise Unsuitable(f"Expected a list of {wanted}, got {_a(value)}.")
    if len(value) > MAX_ITEMS:
        raise Unsuitable(f"Expected a short list, got {len(value)} {what}s.")
    if length is not None and len(value) != length:
        raise Unsuitable(f"Expected {wanted}, got {len(value)}.")
    return list(value)


def _item(function: Callable[..., Any], spec: dict[str, Any], item: Any, index: int) -> Any:
    if item is None or item is Ellipsis:
        raise Unanswered(f"Item {index + 1} is not answered yet.")
    try:
        return function(spec, item)
    except Unsuitable as problem:
        raise Unsuitable(f"Item {index + 1}: {problem}") from None


def _plain(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return _plain(value.tolist())
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    if is_number(value):
        if not math.isfinite(value):
            return repr(float(value))
        rounded = round(float(value), DECIMALS) if not isinstance(value, int) else value
        return int(rounded) if float(rounded).is_integer() else rounded
    return value if isinstance(value, str) else f"<{type(value).__name__}>"


def _a(value: Any) -> str:
    name = type(value).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
