"""Messages between grader and checker process: dictionaries in the runner's strict codec."""

from __future__ import annotations

import socket
import time
from typing import Any

from grader.runner.decode import DecodeError, decode
from grader.runner.encode import encode
from grader.runner.wire import LENGTHS, MESSAGE_DEPTH, MESSAGE_ITEMS

MOST_BYTES = 256 * 1024 * 1024


class ChannelClosed(Exception):
    """The other side has ended, or does not speak our language."""


class Channel:
    """One end of a connection; both ends send a message and then wait for one."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def send(self, message: dict[str, Any]) -> None:
        """Send `message`.

        Raises
        ------
        UnencodableError
            If it holds a value that cannot be sent; nothing has been sent then.
        ChannelClosed
        """
        bounds = {"max_depth": MESSAGE_DEPTH, "max_items": MESSAGE_ITEMS}
        frame = encode(message, max_bytes=MOST_BYTES, **bounds)
        try:
            self._connection.settimeout(None)
            self._connection.sendall(frame)
        except OSError as error:
            raise ChannelClosed(str(error)) from error

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        """Return the next message, waiting no longer than `seconds`.

        Raises
        ------
        TimeoutError, ChannelClosed
        """
        deadline = None if seconds is None else time.monotonic() + seconds
        header_size, blob_size = LENGTHS.unpack(self._read(LENGTHS.size, deadline))
        if header_size + blob_size > MOST_BYTES:
            raise ChannelClosed("a message is too large")
        header, blob = self._read(header_size, deadline), self._read(blob_size, deadline)
        try:
            message = decode(header, blob, max_depth=MESSAGE_DEPTH, max_items=MESSAGE_ITEMS)
        except DecodeError as error:
            raise ChannelClosed(f"a message cannot be read: {error}") from error
        if type(message) is not dict:
            raise ChannelClosed("a message is not a dictionary")
        return message

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _read(self, count: int, deadline: float | None) -> bytes:
        parts = bytearray()
        while len(parts) < count:
            left = None if deadline is None else deadline - time.monotonic()
            if left is not None and left <= 0:
                raise TimeoutError
            self._connection.settimeout(left)
            try:
                part = self._connection.recv(min(count - len(parts), 1 << 20))
            except ConnectionError as error:
                raise ChannelClosed(str(error)) from error
            if not part:
                raise ChannelClosed("it has ended")
            parts += part
        return bytes(parts)
