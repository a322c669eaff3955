"""Ask a run for values and calls, and never raise for what it does."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any

from .conversation import Conversation, RunEndedError
from .decode import DecodeError
from .job import Answer, Call, CallResult, CellOutcome, CellStep
from .replies import read_answer, read_call, read_cell


class Remote:
    """The namespace of a run, as an examiner sees it.

    Values and results are `Answer` and `CallResult`; once the run has ended, of kind
    "not_reached". Only names that the step lists can be asked for.
    """

    def __init__(self, namespace: Namespace, names: Iterable[str]) -> None:
        self._namespace = namespace
        self._names = frozenset(names)

    def value(self, name: str) -> Answer:
        """Return what the variable `name` holds now."""
        self._check(name)
        try:
            return self._namespace.value(name)
        except RunEndedError:
            return Answer("not_reached")

    def call(
        self, name: str, args: tuple = (), kwargs: Mapping[str, Any] | None = None
    ) -> CallResult:
        """Call the student's function `name`.

        Raises
        ------
        UnencodableError
            If an argument has a type that cannot be sent.
        """
        self._check(name)
        try:
            return self._namespace.call(name, Call(tuple(args), kwargs or {}))
        except RunEndedError:
            return CallResult("not_reached")

    def _check(self, name: str) -> None:
        if name not in self._names:
            listed = ", ".join(sorted(self._names)) or "none"
            raise ValueError(f"the step does not list the name {name!r}; it lists: {listed}")


class Namespace:
    """Cells, values and calls of one run, read from its conversation.

    Every method raises `RunEndedError` when the run is over, `RunLostError` when nobody knows.
    """

    def __init__(self, conversation: Conversation) -> None:
        self._conversation = conversation
        self._executed = 0

    def cell(self, step: CellStep) -> CellOutcome:
        """Run a cell."""
        self._executed += 1
        started = time.monotonic()
        reply = self._conversation.ask({"op": "cell", "source": step.source})
        seconds = time.monotonic() - started
        return self._read(read_cell, reply, seconds, self._executed)

    def value(self, name: str) -> Answer:
        """Return what a variable holds, without calling it."""
        return self._read(read_answer, self._conversation.ask({"op": "value", "name": name}))

    def call(self, name: str, call: Call) -> CallResult:
        """Call a function once with arguments of its own."""
        request = {
            "op": "call",
            "name": name,
            "through": call.through,
            "args": call.args,
            "kwargs": dict(call.kwargs),
        }
        started = time.monotonic()
        reply = self._conversation.ask(request)
        return self._read(read_call, reply, time.monotonic() - started)

    def _read(self, read: Any, reply: dict[str, Any], *details: Any) -> Any:
        try:
            return read(reply, *details)
        except DecodeError as error:
            raise self._conversation.refuse(f"it sent something unreadable: {error}") from error
