"""Collect what one cell shows, within bounds, while student code runs."""

from __future__ import annotations

import io
import os
from typing import Any

from .outputs import MAX_OUTPUTS, MAX_TEXT, OMITTED, clean_text, collapse_returns, is_small_png

_NATIVE_TEXT = 16 * 1024


class Stream(io.TextIOBase):
    """Stands in for sys.stdout or sys.stderr and writes to a recorder."""

    encoding = "utf-8"
    errors = "replace"

    def __init__(self, recorder: Recorder, name: str, descriptor: int) -> None:
        self._recorder = recorder
        self.name = name
        self._descriptor = descriptor

    def writable(self) -> bool:
        """Return True: that is what it is for."""
        return True

    def fileno(self) -> int:
        """Return the descriptor that programs started by the student write to."""
        return self._descriptor

    def write(self, text: str) -> int:
        """Record `text` and return its length."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._recorder.text(self.name, text)
        return len(text)


class Recorder:
    """Outputs of the current cell as small tuples (`outputs.to_nbformat` reads them)."""

    def __init__(self) -> None:
        self._budget = 0
        self.stdout = Stream(self, "stdout", 1)
        self.stderr = Stream(self, "stderr", 2)
        self.start_cell()

    def start_cell(self) -> None:
        """Forget the previous cell."""
        self._entries: list[list[Any]] = []
        self._displays: dict[str, list[Any]] = {}

    def start_run(self, budget: int) -> None:
        """Record for a new run, in the working directory of that run.

        `budget` is the number of bytes all its cells may show together; what exceeds it is left
        out with a note, and the cell goes on. What C code and other programs write to descriptors
        1 and 2 goes to a file of ours.
        """
        self._budget = budget
        self._native = os.open(os.getcwd(), os.O_TMPFILE | os.O_RDWR | os.O_APPEND, 0o600)
        for descriptor in (1, 2):
            os.dup2(self._native, descriptor)

    def text(self, name: str, text: str) -> None:
        """Add `text` to the stream `name`."""
        if not text:
            return
        last = self._entries[-1] if self._entries else None
        if last is None or last[:2] != ["stream", name]:
            last = self._add(["stream", name, ""])
        if last is None or len(last[2]) > MAX_TEXT:
            return
        joined = last[2] + text[: 4 * MAX_TEXT]
        last[2] = _collapse_last_line(joined) if "\r" in joined else joined

    def display(self, kind: str, text: str, png: bytes, display_id: str | None = None) -> None:
        """Add a "display" or "result" with its text and, if small enough, its picture."""
        picture = png if is_small_png(png) else b""
        entry = [kind, clean_text(text), picture]
        known = self._displays.get(display_id) if display_id else None
        if known is not None:
            known[:] = entry
        elif self._add(entry) is not None and display_id:
            self._displays[display_id] = entry

    def error(self, name: str, message: str, trace: str) -> None:
        """Add an error with its traceback, of which the end matters most."""
        self._add(["error", name, message, trace[-MAX_TEXT:]])

    def clear(self) -> None:
        """Forget what the cell has shown so far."""
        self.start_cell()

    def take(self) -> list[tuple]:
        """Return the outputs of the cell, cleaned and charged to the budget."""
        native = self._take_native()
        if native:
            self.text("stderr", native)
        taken = []
        for entry in self._entries:
            if entry[0] == "stream":
                entry[2] = clean_text(collapse_returns(entry[2]))
            size = sum(len(part.encode() if isinstance(part, str) else part) for part in entry)
            if size > self._budget:
                if self._budget > 0:
                    taken.append(("stream", "stderr", OMITTED))
                self._budget = 0
                break
            self._budget -= size
            taken.append(tuple(entry))
        self.start_cell()
        return taken

    def _add(self, entry: list[Any]) -> list[Any] | None:
        if len(self._entries) >= MAX_OUTPUTS:
            return None
        self._entries.append(entry)
        return entry

    def _take_native(self) -> str:
        size = os.fstat(self._native).st_size
        if not size:
            return ""
        data = os.pread(self._native, _NATIVE_TEXT, 0)
        os.ftruncate(self._native, 0)
        return data.decode("utf-8", "replace") + (OMITTED if size > len(data) else "")


def _collapse_last_line(text: str) -> str:
    """Collapse finished lines, and the open one as far as no later text can change it."""
    done, newline, line = text.rpartition("\n")
    start = line.rstrip("\r").rfind("\r")
    return collapse_returns(done) + newline + line[start + 1 :]
