"""Answer the grader's requests from inside the student's process.

The grader sends one request at a time, so cells that come later, and the arguments of calls that
come later, are not in this process's memory for a student's code to find.
"""

from __future__ import annotations

import builtins
import importlib
import os
import random
import socket
import sys
from typing import Any, NoReturn

import numpy as np
from matplotlib import pyplot

from .decode import decode
from .encode import UnencodableError, encode, type_name
from .figures import OpenFigures, to_png
from .job import Limits
from .recorder import Recorder
from .shell import NotebookShell, describe, make_shell, watch_figures
from .timeout import Deadline, TimeExceededError
from .verdict import BROKEN
from .wire import LENGTHS, MESSAGE_DEPTH, MESSAGE_ITEMS

_EXCEPTIONS = {
    entry: name
    for name, entry in vars(builtins).items()
    if isinstance(entry, type) and issubclass(entry, BaseException) and entry.__name__ == name
}


def prepare() -> tuple[NotebookShell, OpenFigures]:
    """Make, once in the zygote, what every session needs: it starts no thread, opens no file."""
    shell = make_shell(Recorder())
    figures = watch_figures(shell, pyplot)
    figure, axes = pyplot.subplots()
    axes.set_title("loads the fonts")
    to_png(figure)
    pyplot.close(figure)
    return shell, figures


class Session:
    """State of one run: the shell, the socket to the grader, and what may still be sent."""

    def __init__(
        self, connection: socket.socket, limits: Limits, shell: NotebookShell, figures: OpenFigures
    ) -> None:
        self._connection = connection
        self._limits = limits
        self._answer_bytes = limits.answer_bytes
        self._shell = shell
        self._figures = figures
        self._recorder = shell.recorder
        self._recorder.start_run(limits.output_bytes)
        self._deadline = Deadline(self._abandon)
        self._request: dict[str, Any] = {}
        self._pid = os.getpid()
        sys.stdout, sys.stderr = self._recorder.stdout, self._recorder.stderr

    def serve(self) -> None:
        """Answer requests until the grader hangs up."""
        self._reply({"number": 0})
        self._serve()

    def _serve(self) -> NoReturn:
        while True:
            request = self._request = self._receive()
            match request["op"]:
                case "cell":
                    reply = self._cell(request["source"])
                case "value":
                    reply = self._value(request["name"])
                case "call":
                    reply = self._call(request)
            self._reply({"number": request["number"], **reply})

    def _abandon(self) -> NoReturn:
        """Reply for code that cannot be interrupted, and serve later requests on top of it."""
        try:
            late = self._late_cell() if self._request["op"] == "cell" else {"kind": "timeout"}
            self._reply({"number": self._request["number"], **late})
            self._serve()
        finally:
            os._exit(BROKEN)

    def _cell(self, source: str) -> dict[str, Any]:
        self._recorder.start_cell()
        self._figures.start_cell()
        try:
            error = self._deadline.run(self._limits.cell_seconds, lambda: self._run_cell(source))
        except BaseException as escaped:  # interrupted, or the student changed the shell
            error = escaped
        if self._deadline.expired:
            return self._late_cell()
        reply = {"status": "ok"}
        if error is not None:
            name = type(error).__name__
            reply = {"status": "error", "error_name": name, "message": describe(error)}
        return {**reply, "outputs": self._recorder.take()}

    def _late_cell(self) -> dict[str, Any]:
        message = f"interrupted after {self._limits.cell_seconds:g} seconds"
        return {"status": "timeout", "message": message, "outputs": self._recorder.take()}

    def _run_cell(self, source: str) -> BaseException | None:
        result = self._shell.run_cell(source, store_history=True)
        self._figures.flush()
        return result.error_before_exec or result.error_in_exec

    def _value(self, name: str) -> dict[str, Any]:
        if name not in self._shell.user_ns:
            return {"kind": "absent"}
        value = self._shell.user_ns[name]
        if callable(value):
            module = getattr(value, "__module__", None)
            message = module if type(module) is str else ""
            return {"kind": "callable", "type_name": type_name(value), "message": message}
        try:
            return self._deadline.run(self._limits.call_seconds, lambda: self._sendable(value))
        except TimeExceededError:
            return {"kind": "timeout", "message": "reading the value took too long"}

    def _call(self, request: dict[str, Any]) -> dict[str, Any]:
        try:
            return self._deadline.run(self._limits.call_seconds, lambda: self._call_now(request))
        except TimeExceededError:
            return {"kind": "timeout", "message": "the call took too long"}
        except BaseException as error:
            if self._deadline.expired:
                return {"kind": "timeout", "message": "the call took too long"}
            bases = (_EXCEPTIONS[base] for base in type(error).__mro__ if base in _EXCEPTIONS)
            return {
                "kind": "error",
                "error_name": type(error).__name__,
                "error_bases": tuple(bases),
                "message": describe(error),
            }

    def _call_now(self, request: dict[str, Any]) -> dict[str, Any]:
        function, args = self._shell.user_ns.get(request["name"]), request["args"]
        with self._shell.builtin_trap:
            if request["through"]:
                module, _, helper = request["through"].rpartition(".")
                args = (function, *args)
                function = getattr(importlib.import_module(module), helper)
            return self._sendable(function(*args, **request["kwargs"]))

    def _sendable(self, value: Any) -> dict[str, Any]:
        """Return `value` encoded, or why it will not be."""
        name = type_name(value)
        if value is ...:
            return {"kind": "unanswered", "type_name": name}
        try:
            frame = encode(value, max_bytes=self._answer_bytes)
        except UnencodableError as error:
            return {"kind": "unencodable", "type_name": error.type_name, "message": error.reason}
        self._answer_bytes -= len(frame)
        return {"kind": "value", "type_name": name, "value": frame}

    def _reply(self, reply: dict[str, Any]) -> None:
        """Send a reply; an answer follows as a frame of its own."""
        if os.getpid() != self._pid:
            os._exit(0)  # a process that student code forked and did not end
        value = reply.pop("value", b"")
        frame = encode(reply, max_bytes=2**31, max_depth=MESSAGE_DEPTH, max_items=MESSAGE_ITEMS)
        self._connection.sendall(frame + value)

    def _receive(self) -> dict[str, Any]:
        header_size, blob_size = LENGTHS.unpack(self._read(LENGTHS.size))
        header, blob = self._read(header_size), self._read(blob_size)
        return decode(header, blob, max_depth=MESSAGE_DEPTH, max_items=MESSAGE_ITEMS)

    def _read(self, count: int) -> bytes:
        parts = []
        while count:
            part = self._connection.recv(min(count, 1 << 20))
            if not part:
                os._exit(0)  # the grader has everything it wants
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


def seed_everything(seed: int) -> None:
    """Seed every random generator that a notebook of the course uses."""
    random.seed(seed)
    np.random.seed(seed)
    keras = sys.modules.get("keras")
    if keras is not None:
        keras.utils.set_random_seed(seed)
