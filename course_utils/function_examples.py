"""Run a student's function on examples, and put what happened into comparable words."""

from __future__ import annotations

import contextlib
import copy
import importlib
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.answer_types import canonical
from course_utils.example_files import Blocks
from course_utils.readings import read


class NotAGenerator(TypeError):
    """A function that should have yielded returned something else."""


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
            return "Your function did not finish in time: is there a loop that never ends?"
        if self.error == "NotReached":
            return "Your function was not reached: the run ended before it."
        if self.error == "NotImplementedError":
            return "Part of your function is not written yet."
        if self.error == "NotAGenerator":
            return f"Your function returned {self.message}, not a generator: use yield."
        if self.error == "NotATensor":
            return f"Your function returned {self.message}, not a tensor: return the last result."
        if self.error is not None:
            return f"Your function raised {self.error}: {self.message}".rstrip(": ") + "."
        if self.value is None:
            return "Your function returned None: is a return statement missing?"
        return "The result is not right."


@dataclass(frozen=True)
class Call:
    """One call of a student's function.

    Parameters
    ----------
    args, kwargs : tuple, dict
        Inert values: numbers, text, lists, tuples, arrays.
    files : dict, optional
        Pictures by file name, in the working directory during the call.
    first : int, optional
        The function returns a generator; its first so many items are the result.
    reading : str, optional
        Many results are right: compare what `course_utils.readings` says about them.
    through : str, optional
        Dotted name of a function of this package that is called in the function's place, as
        ``through(function, *args, **kwargs)``: it makes of `args` what is no inert value, and
        an inert value of the result.
    """

    args: tuple[Any, ...]
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, Blocks] = field(default_factory=dict)
    first: int = 0
    reading: str = ""
    through: str = ""

    @property
    def is_plain(self) -> bool:
        """Whether it takes no more than ``function(*args, **kwargs)``."""
        return not (self.files or self.first or self.through)

    @property
    def staged(self) -> tuple[Any, ...]:
        """The arguments of `perform` after the function, without what only `read` needs."""
        files = {name: blocks.jpeg() for name, blocks in self.files.items()}
        return self.args, dict(self.kwargs), files, self.first, self.through

    def outcome(self, function: Callable[..., Any]) -> Outcome:
        """Return what `function` does with a fresh copy of these arguments."""
        return self.read(outcome_of(perform, (function, *copy.deepcopy(self.staged)), {}))

    def read(self, outcome: Outcome) -> Outcome:
        """Return an outcome of this call in the form in which it is compared."""
        if not self.reading or outcome.error is not None or outcome.value is None:
            return outcome
        return Outcome(value=read(self.reading, outcome.value, self.args))


def perform(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    files: Mapping[str, bytes],
    first: int,
    through: str = "",
) -> Any:
    """Call `function` with files in the working directory; see `Call`.

    Raises
    ------
    NotAGenerator
        If `first` items are asked for and the function returned something else.
    """
    if through:
        module, _, name = through.rpartition(".")
        function = partial(getattr(importlib.import_module(module), name), function)
    with _working_directory(files):
        result = function(*args, **kwargs)
        if not first:
            return result
        if not isinstance(result, Iterator):
            raise NotAGenerator("None" if result is None else f"a {type(result).__name__}")
        # Copies: a later item may be written into the same memory.
        return [copy.deepcopy(item) for item in islice(result, first)]


@contextlib.contextmanager
def _working_directory(files: Mapping[str, bytes]) -> Iterator[None]:
    if not files:
        yield
        return
    # On Windows a file that the student left open cannot be removed.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        for name, content in files.items():
            Path(folder, name).write_bytes(content)
        with contextlib.chdir(folder):
            yield


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
    value, shape = _counted(value), None
    if isinstance(value, (np.ndarray, list)):
        shape = "shape:" + canonical(np.shape(np.asarray(value, dtype=object)))
    return "value:" + canonical(value), shape


def _counted(value: Any) -> Any:
    """Return `value` with 0 and 1 in arrays of truth values: they compute alike."""
    if isinstance(value, np.ndarray) and value.dtype == bool:
        return value.astype(int)
    if isinstance(value, (list, tuple)):
        items = [_counted(item) for item in value]
        return tuple(items) if isinstance(value, tuple) else items
    return value


def encode_call(call: Call) -> dict[str, Any]:
    """Return a visible example as JSON; arrays keep their dtype."""
    example: dict[str, Any] = {
        "args": [_encode(value) for value in call.args],
        "kwargs": {name: _encode(value) for name, value in call.kwargs.items()},
    }
    if call.files:
        example["files"] = {name: blocks._asdict() for name, blocks in call.files.items()}
    if call.first:
        example["first"] = call.first
    if call.reading:
        example["reading"] = call.reading
    if call.through:
        example["through"] = call.through
    return example


def decode_call(example: dict[str, Any]) -> Call:
    """Return a visible example with fresh arguments: the inverse of `encode_call`."""
    return Call(
        tuple(_decode(value) for value in example["args"]),
        {name: _decode(value) for name, value in example["kwargs"].items()},
        {name: Blocks(**blocks) for name, blocks in example.get("files", {}).items()},
        example.get("first", 0),
        example.get("reading", ""),
        example.get("through", ""),
    )


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
