"""One run, seen from the grader: ask, read bounded replies, learn how it ended."""

from __future__ import annotations

import json
import select
import socket
import time
from typing import Any

from .decode import DecodeError, decode
from .encode import encode
from .job import Limits
from .wire import (
    LENGTHS,
    MESSAGE_DEPTH,
    MESSAGE_ITEMS,
    REPLY_DEPTH,
    REPLY_ITEMS,
    REPLY_OVERHEAD,
)

_FREE_BYTES = 16 * 1024  # of each reply: names and messages are not charged as output
_LATE_SECONDS = 20.0  # the zygote ends runs that are over time; this is for when it does not


class RunEndedError(Exception):
    """The run is over; `report` says how."""


class RunLostError(Exception):
    """The zygote ended, or hangs, and nobody can say how the run went."""


class Conversation:
    """Requests to one run and its replies.

    Attributes
    ----------
    report : what the zygote said about the end of the run, None while it goes on.
    broken : why we ended the run ourselves, "" if we did not.
    """

    def __init__(self, connection: socket.socket, status: socket.socket, limits: Limits) -> None:
        self._connection = connection
        self._status = status
        connection.setblocking(False)
        self._received = bytearray()
        self._number = -1
        self._output_left = limits.output_bytes * 5 // 4
        self._answers_left = limits.answer_bytes + REPLY_OVERHEAD
        self._deadline = time.monotonic() + limits.wall_seconds + _LATE_SECONDS
        self.report: dict[str, Any] | None = None
        self.broken = ""

    def greet(self) -> None:
        """Wait until the run is isolated and ready for requests.

        Raises
        ------
        RunEndedError, RunLostError
        """
        self._number += 1
        self._read_reply()

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """Send `request` and return the reply, decoded; its "value" is there if it came with one.

        Raises
        ------
        RunEndedError, RunLostError
        UnencodableError
            If the request holds a value that cannot be sent.
        """
        self._number += 1
        message = {**request, "number": self._number}
        self._send(
            encode(message, max_bytes=2**30, max_depth=MESSAGE_DEPTH, max_items=MESSAGE_ITEMS)
        )
        return self._read_reply()

    def end(self) -> dict[str, Any]:
        """End the run if it has not ended, and return the zygote's report.

        Raises
        ------
        RunLostError
        """
        try:
            self._status.send(b"end")
        except OSError:
            pass  # it has ended, and the report is waiting
        while self.report is None:
            self._wait(for_writing=False, for_reading=False)
        return self.report

    def close(self) -> None:
        """Let go of the run; one that still goes on is ended."""
        self._connection.close()
        self._status.close()

    def refuse(self, why: str) -> RunEndedError:
        """End the run because of what it sent, and return the exception to raise."""
        self.broken = self.broken or why
        self.end()
        return RunEndedError()

    def _read_reply(self) -> dict[str, Any]:
        header, blob = self._read_frame(self._output_left + REPLY_OVERHEAD)
        self._output_left -= max(0, len(header) + len(blob) - _FREE_BYTES)
        try:
            reply = decode(header, blob, max_depth=REPLY_DEPTH, max_items=REPLY_ITEMS)
            if type(reply) is not dict or "value" in reply:
                raise DecodeError("reply to another request")
            # By type first: an array compares to an array, which is neither true nor false.
            number, kind = reply.get("number"), reply.get("kind")
            if type(number) is not int or number != self._number:
                raise DecodeError("reply to another request")
            if type(kind) is str and kind == "value":
                header, blob = self._read_frame(self._answers_left)
                self._answers_left -= LENGTHS.size + len(header) + len(blob)
                reply["value"] = decode(header, blob)
        except DecodeError as error:
            raise self.refuse(f"it sent something unreadable: {error}") from error
        return reply

    def _read_frame(self, bound: int) -> tuple[bytes, bytes]:
        header_size, blob_size = LENGTHS.unpack(self._read(LENGTHS.size))
        if header_size + blob_size > bound:
            raise self.refuse("output")
        return self._read(header_size), self._read(blob_size)

    def _read(self, count: int) -> bytes:
        while len(self._received) < count:
            try:
                chunk = self._connection.recv(min(count - len(self._received), 1 << 20))
            except BlockingIOError:
                chunk = None
            except ConnectionError:
                chunk = b""
            if chunk:
                self._received += chunk
            elif self.report is not None:
                raise RunEndedError()
            else:
                self._wait(for_writing=False, for_reading=chunk is None)
        taken = bytes(self._received[:count])
        del self._received[:count]
        return taken

    def _send(self, frame: bytes) -> None:
        view = memoryview(frame)
        while view:
            try:
                view = view[self._connection.send(view[: 1 << 20]) :]
            except BlockingIOError:
                self._wait(for_writing=True, for_reading=False)
            except ConnectionError:
                return  # it has ended; reading the reply finds out how
            if self.report is not None:
                return

    def _wait(self, *, for_writing: bool, for_reading: bool) -> None:
        """Wait until the connection or the report is there to be read, or time is up."""
        poll = select.poll()
        if self.report is None:
            poll.register(self._status, select.POLLIN)
        if for_writing or for_reading:
            poll.register(self._connection, select.POLLOUT if for_writing else select.POLLIN)
        left = self._deadline - time.monotonic()
        ready = dict(poll.poll(max(0.0, left) * 1000))
        if not ready:
            raise RunLostError("the zygote does not end it")
        if self._status.fileno() in ready:
            try:
                data = self._status.recv(4096)
            except ConnectionError:
                data = b""
            if not data:
                raise RunLostError("the zygote ended")
            self.report = json.loads(data)
