"""What a test cell meets in place of a student's functions and of values that cannot be sent."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection
from typing import Any, NoReturn

import numpy as np

from grader.runner.encode import UnencodableError

Ask = Callable[[dict[str, Any]], dict[str, Any]]
_CALLABLE = ("function", "type", "method", "builtin_function_or_method", "functools.partial")
_MUTABLE = (list, dict, set, bytearray, np.ndarray)


class Interrupted(BaseException):
    """The student's side gave no answer; no test cell may go on without one."""


class Unreadable(TypeError):
    """A test cell wanted something that does not leave the student's process."""


class Correspondent:
    """Asks for the student's values and calls, and remembers what could not be had.

    Attributes
    ----------
    doubts : sentences for the instructor, in case points are lost.
    notes : sentences for the instructor in any case.
    interrupted : why an answer did not come, "" if all came.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self.doubts: list[str] = []
        self.notes: list[str] = []
        self.interrupted = ""

    def fetch(self, name: str, namespace: dict[str, Any]) -> bool:
        """Put the student's `name` into `namespace`; return whether there is one."""
        reply = self._request({"ask": "value", "name": name}, name)
        match reply["kind"]:
            case "absent":
                return False
            case "callable":
                if reply["type_name"] == "type":
                    self.doubt(f"{name} is a class, of which only results can be read from here")
                namespace[name] = StudentFunction(self, name)
            case "unanswered":
                namespace[name] = ...
            case "value":
                namespace[name] = reply["value"]
            case _:
                namespace[name] = _placeholder(self, name, reply["type_name"])
        return True

    def call(self, name: str, args: tuple, kwargs: dict[str, Any]) -> Any:
        """Call the student's function `name`; raise what it raised."""
        try:
            reply = self._request(
                {"ask": "call", "name": name, "args": args, "kwargs": kwargs}, name
            )
        except UnencodableError as error:
            self.unreadable(f"{name} cannot be given a value of type {error.type_name}")
        match reply["kind"]:
            case "value":
                if reply["value"] is None and any(isinstance(arg, _MUTABLE) for arg in args):
                    self.doubt(f"{name} returned None; what it changes in place is not seen")
                return reply["value"]
            case "unanswered":
                return ...
            case "error":
                raise _exception(reply)
            case _:
                return _placeholder(self, f"what {name} returned", reply["type_name"])

    def doubt(self, sentence: str) -> None:
        """Remember `sentence` for the instructor."""
        if sentence not in self.doubts:
            self.doubts.append(sentence)

    def replaced(self, names: Collection[str]) -> None:
        """Note that the student's variables were used in place of an earlier test cell's."""
        listed = ", ".join(sorted(names))
        self.notes.append(f"an earlier test cell sets {listed}; the student's own was used")

    def unreadable(self, sentence: str) -> NoReturn:
        """Refuse to go on with something that is not here."""
        self.doubt(sentence)
        raise Unreadable(sentence)

    def _request(self, request: dict[str, Any], name: str) -> dict[str, Any]:
        if not self.interrupted:
            reply = self._ask(request)
            if reply["kind"] not in ("timeout", "not_reached"):
                return reply
            late = reply["kind"] == "timeout"
            self.interrupted = f"{name} took too long" if late else "the run ended"
        raise Interrupted(self.interrupted)


def _exception(reply: dict[str, Any]) -> BaseException:
    """Return the builtin exception nearest to the student's."""
    name, message = reply["error_name"], reply["message"]
    base = reply["error_bases"][0] if reply["error_bases"] else ""
    kind = getattr(builtins, base, None)
    error = RuntimeError(f"{name}: {message}" if message else name)
    if (
        isinstance(kind, type)
        and issubclass(kind, BaseException)
        and (name == base or base not in ("Exception", "BaseException"))
    ):
        if kind is KeyError and message[:1] == message[-1:] and message[:1] in ("'", '"'):
            message = message[1:-1]  # its text is the repr of the key
        try:
            error = kind(message) if message else kind()
        except TypeError:
            pass  # a class that wants more than a message
    error.by_student = name
    return error


class StudentFunction:
    """Calls a function that lives in the student's process, with copies of its arguments."""

    def __init__(self, correspondent: Correspondent, name: str) -> None:
        self.__correspondent = correspondent
        self.__name__ = self.__qualname__ = name

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call it and return its result, or raise what it raised."""
        return self.__correspondent.call(self.__name__, args, kwargs)

    def __getattr__(self, attribute: str) -> NoReturn:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        self.__correspondent.unreadable(f"{self.__name__}.{attribute} is not within reach")

    def __repr__(self) -> str:
        return f"<function {self.__name__}>"


class Placeholder:
    """Stands for a value that could not be sent: whatever is done with it raises TypeError."""

    def __init__(self, correspondent: Correspondent, what: str, type_name: str) -> None:
        self.__correspondent = correspondent
        self.__sentence = f"{what} is a {type_name or 'value'} that cannot be read from here"

    def __getattr__(self, attribute: str) -> NoReturn:
        if attribute.startswith("_"):
            raise AttributeError(attribute)
        self.__correspondent.unreadable(self.__sentence)

    def __repr__(self) -> str:
        return f"<{self.__sentence}>"

    def _refuse(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        self.__correspondent.unreadable(self.__sentence)


_OPERATIONS = """
    array bool bytes complex contains delitem enter exit float format getitem hash index int
    iter len next reversed setitem
    eq ne lt le gt ge abs neg pos invert round trunc floor ceil
    add sub mul matmul truediv floordiv mod divmod pow lshift rshift and or xor
    radd rsub rmul rmatmul rtruediv rfloordiv rmod rdivmod rpow rlshift rrshift rand ror rxor
    iadd isub imul imatmul itruediv ifloordiv imod ipow ilshift irshift iand ior ixor
"""
for _operation in _OPERATIONS.split():
    setattr(Placeholder, f"__{_operation}__", Placeholder._refuse)


class CallablePlaceholder(Placeholder):
    """Stands for a function or class that a student's function returned."""

    __call__ = Placeholder._refuse


def _placeholder(correspondent: Correspondent, what: str, type_name: str) -> Placeholder:
    kind = CallablePlaceholder if type_name in _CALLABLE else Placeholder
    return kind(correspondent, what, type_name)
