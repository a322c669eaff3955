"""Run a student's function on examples, and put what happened into comparable words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.answer_types import canonical


@dataclass(frozen=True)
class Outcome:
    """How one call ended: a value, or the name of an error class and its bases."""

    value: Any = None
    error: str | None = None
    error_bases: tuple[str, ...] = ()
    message: str = ""

    def sentence(self) -> str:
        """Return one sentence for the student about a call that went wrong."""
        if self.error == "Timeout":
            return "Your function did not finish in time."
        if self.error == "NotReached":
            return "Your function was not reached: the run ended before it."
        if self.error == "NotImplementedError":
            return "Part of your function is not written yet."
        if self.error is not None:
            return f"Your function raised {self.error}: {self.message}".rstrip(": ") + "."
        if self.value is None:
            return "Your function returned None: is a return statement missing?"
        return "The result is not right."


def outcome_of(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> Outcome:
    """Call `function` and return its outcome; whatever it raises is caught."""
    try:
        return Outcome(value=function(*args, **kwargs))
    except Exception as error:
        bases = tuple(base.__name__ for base in type(error).__mro__[1:-2])
        return Outcome(error=type(error).__name__, error_bases=bases, message=str(error)[:200])


def outcome_texts(outcome: Outcome) -> tuple[str, str | None]:
    """Return the comparable texts of an outcome: of its value, and of its shape for arrays."""
    if outcome.error is not None:
        name = "ValueError" if "ValueError" in outcome.error_bases else outcome.error
        return f"raises:{name}", None
    value = outcome.value
    if hasattr(value, "numpy"):
        value = value.numpy()
    shape = None
    if isinstance(value, (np.ndarray, list)):
        shape = "shape:" + canonical(np.shape(np.asarray(value, dtype=object)))
    return "value:" + canonical(value), shape


def encode_call(args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return the arguments of a visible example as JSON; arrays keep their dtype."""
    return {
        "args": [_encode(value) for value in args],
        "kwargs": {name: _encode(value) for name, value in kwargs.items()},
    }


def decode_call(example: dict[str, Any]) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return fresh arguments of a visible example: the inverse of `encode_call`."""
    args = tuple(_decode(value) for value in example["args"])
    return args, {name: _decode(value) for name, value in example["kwargs"].items()}


def _encode(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return {"array": value.tolist(), "dtype": str(value.dtype)}
    if isinstance(value, tuple):
        return {"tuple": [_encode(item) for item in value]}
    if isinstance(value, list):
        return [_encode(item) for item in value]
    return value


def _decode(value: Any) -> Any:
    if isinstance(value, dict) and "array" in value:
        return np.array(value["array"], dtype=value["dtype"])
    if isinstance(value, dict):
        return tuple(_decode(item) for item in value["tuple"])
    if isinstance(value, list):
        return [_decode(item) for item in value]
    return value
