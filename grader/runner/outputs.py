"""What a cell's output may be: short clean text and small PNG pictures.

Both sides use these rules. The runner applies them to stay within its budget; the grader applies
them again, because a hostile runner would not.
"""

from __future__ import annotations

import base64
import re
import struct
from typing import Any

from .decode import DecodeError

MAX_OUTPUTS = 100
MAX_TEXT = 64 * 1024
MAX_PNG = 300_000
MAX_PNG_SIDE = 4000
MAX_TRACEBACK_LINES = 200
OMITTED = "\n[... output shortened]\n"

# Terminal sequences: CSI, then OSC, then two-character escapes.
_ESCAPE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]")
# C0 and C1 controls except tab and newline, surrogates, and marks that reorder the text around.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)
_PNG_START = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_STREAMS = ("stdout", "stderr")


def collapse_returns(text: str) -> str:
    r"""Show progress bars as a terminal does: text after ``\r`` replaces the line before it.

    >>> collapse_returns("10%\r100%\ndone")
    '100%\ndone'
    """
    if "\r" not in text:
        return text
    lines = text.replace("\r\n", "\n").split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)


def clean_text(text: str, limit: int = MAX_TEXT) -> str:
    r"""Return `text` without control characters, at most about `limit` characters long.

    >>> clean_text("\x1b[31mred\x1b[0m\x07 text")
    'red text'
    """
    shortened = text if len(text) <= limit else text[:limit] + OMITTED
    return _CONTROL.sub("", _ESCAPE.sub("", shortened))


def is_small_png(data: bytes) -> bool:
    """Return whether `data` is a PNG within `MAX_PNG` bytes and `MAX_PNG_SIDE` pixels a side."""
    if len(data) > MAX_PNG or len(data) < 33 or not data.startswith(_PNG_START):
        return False
    width, height = struct.unpack(">II", data[16:24])
    return 0 < width <= MAX_PNG_SIDE and 0 < height <= MAX_PNG_SIDE


def to_nbformat(raw: Any, execution_count: int) -> list[dict[str, Any]]:
    """Return received outputs as nbformat 4 dictionaries.

    Raises
    ------
    DecodeError
        If `raw` is not the list of tuples that a recorder sends.
    """
    if type(raw) is not list or len(raw) > MAX_OUTPUTS:
        raise DecodeError("outputs are not a short list")
    return [_to_nbformat(entry, execution_count) for entry in raw]


def _to_nbformat(entry: Any, execution_count: int) -> dict[str, Any]:
    # By type first: an array compares to an array, which is neither true nor false.
    if type(entry) is not tuple or any(type(part) not in (str, bytes) for part in entry):
        raise DecodeError("output of an unknown form")
    match entry:
        case ("stream", str(name), str(text)) if name in _STREAMS:
            return {"output_type": "stream", "name": name, "text": clean_text(text)}
        case ("error", str(name), str(message), str(trace)):
            lines = clean_text(trace).split("\n")[-MAX_TRACEBACK_LINES:]
            return {
                "output_type": "error",
                "ename": clean_text(name, 200),
                "evalue": clean_text(message, 2000),
                "traceback": lines,
            }
        case ("result", str(text), bytes(png)):
            return {
                "output_type": "execute_result",
                "execution_count": execution_count,
                "metadata": {},
                "data": _bundle(text, png),
            }
        case ("display", str(text), bytes(png)):
            return {"output_type": "display_data", "metadata": {}, "data": _bundle(text, png)}
    raise DecodeError("output of an unknown form")


def _bundle(text: str, png: bytes) -> dict[str, str]:
    data = {"text/plain": clean_text(text)}
    if png:
        if not is_small_png(png):
            raise DecodeError("picture that is not a small PNG")
        data["image/png"] = base64.b64encode(png).decode("ascii")
    return data
