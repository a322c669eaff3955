"""From bytes to the notebook's JSON object, within limits: nothing here can raise or hang.

Size, nesting and the number of parts are checked on the bytes, before the JSON parser builds a
single object. Duplicate keys are legal JSON: the last one counts.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from grader.intake import repairs
from grader.intake.repairs import Repair, repair

EMPTY = "empty"
NOT_A_NOTEBOOK = "not_a_notebook"
CUT_OFF = "cut_off"
DAMAGED = "damaged"
TOO_LARGE = "too_large"
TOO_DEEP = "too_deep"
OTHER_JSON = "other_json"
BAD_NUMBER = "bad_number"

_AGAIN = "Download it again and hand it in once more."
_RIGHT_FILE = "Hand in the .ipynb file itself."
_CLEAR = "Clear all outputs, save the notebook and hand it in once more."
_UNREADABLE = {
    EMPTY: ("The file is empty.", "Save the notebook, look at it, and hand it in once more."),
    NOT_A_NOTEBOOK: ("The file is not a notebook: it looks like {found}.", _RIGHT_FILE),
    CUT_OFF: ("The file is cut off in the middle: it is not complete JSON.", _AGAIN),
    DAMAGED: ("The file is damaged: it stops being a notebook in line {line:,}.", _AGAIN),
    TOO_LARGE: ("The file is too large: it holds more than {limit:,} {what}.", _CLEAR),
    TOO_DEEP: ("The file is nested more than {limit:,} levels deep, as no notebook is.", _AGAIN),
    BAD_NUMBER: (
        "The file holds a number no notebook has: NaN, Infinity, or far too long.",
        _CLEAR,
    ),
    OTHER_JSON: ("The file is JSON, but not a notebook: it has no list of cells.", _RIGHT_FILE),
}

_MAGIC = (
    (b"PK\x03\x04", "a zip archive (or an office document)"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a compressed archive"),
    (b"7z\xbc\xaf", "a compressed archive"),
    (b"Rar!", "a compressed archive"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
)
_ENCODINGS = {
    "utf-8-sig": "UTF-8 with a byte order mark",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
}
# A run of strings and what stands between them, up to the next bracket. Possessive throughout,
# so that no input makes it backtrack; an unclosed string ends with the file.
_STRINGS = re.compile(
    rb'(?:"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)[^"\[\]{}]*+)++',
    re.DOTALL,
)
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_STEP = [(byte in b"[{") - (byte in b"]}") for byte in range(256)]


@dataclass(frozen=True)
class IntakeLimits:
    """How much intake reads; `parts` counts the lists and objects of the JSON document."""

    file_bytes: int = 20 * 2**20
    cells: int = 5_000
    cell_characters: int = 2**20
    all_characters: int = 8 * 2**20
    depth: int = 100
    parts: int = 500_000
    number_digits: int = 1_000


@dataclass(frozen=True)
class Unreadable:
    """Why no notebook could be read, and what the student can do: one sentence each."""

    reason: str
    remedy: str
    kind: str


class _Refused(ValueError):
    """The JSON parser met a value no notebook has."""


def unreadable(kind: str, **details: str | int) -> Unreadable:
    """Return the outcome `kind`, its sentences filled with `details`."""
    reason, remedy = _UNREADABLE[kind]
    return Unreadable(reason.format(**details), remedy, kind)


def read_document(
    data: bytes, limits: IntakeLimits
) -> tuple[dict[str, Any], list[Repair]] | Unreadable:
    """Return the JSON object in `data` and what had to be repaired to read it.

    >>> read_document(b'{"cells": []}', IntakeLimits())
    ({'cells': []}, [])
    >>> read_document(b'{"cells": [', IntakeLimits()).reason
    'The file is cut off in the middle: it is not complete JSON.'
    """
    if len(data) > limits.file_bytes:
        return unreadable(TOO_LARGE, limit=limits.file_bytes, what="bytes")
    if not data.strip(b"\0 \t\r\n"):
        return unreadable(EMPTY)
    for magic, found in _MAGIC:
        if data.startswith(magic):
            return unreadable(NOT_A_NOTEBOOK, found=found)
    text, notes = _decode(data)
    if not text:
        return unreadable(EMPTY)
    if text[0] not in "{[":
        return unreadable(NOT_A_NOTEBOOK, found=_found(text))
    problem = _structure_problem(text.encode(), limits)
    if problem is not None:
        return problem
    document = _parse(text, limits)
    if isinstance(document, Unreadable):
        return document
    if not isinstance(document, dict):
        return unreadable(OTHER_JSON)
    return document, notes


def _decode(data: bytes) -> tuple[str, list[Repair]]:
    """Return the text of `data` without padding, whatever Unicode encoding it was saved in."""
    notes = []
    encoding = json.detect_encoding(data)
    if encoding in _ENCODINGS:
        notes.append(repair(repairs.ENCODING_CONVERTED, encoding=_ENCODINGS[encoding]))
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        text = data.decode(encoding, errors="replace")
        notes.append(repair(repairs.CHARACTERS_REPLACED))
    return text.strip("\0\ufeff \t\r\n"), notes


def _found(text: str) -> str:
    """Say what a text that is no JSON object looks like."""
    start = text[:400].lower()
    if start.startswith("<"):
        return "a web page" if "html" in start else "markup (HTML or XML)"
    if start.startswith("%pdf"):
        return "a PDF"
    controls = sum(c < " " and c not in "\t\r\n\f" for c in start) + start.count("\ufffd")
    if controls > len(start) / 20:
        return "a binary file"
    return "plain text or a program (.py)"


def _structure_problem(data: bytes, limits: IntakeLimits) -> Unreadable | None:
    """Count brackets outside strings; refuse too many or too deep ones."""
    most = 2 * limits.parts
    rest, runs = _STRINGS.subn(b"", data, count=most)
    brackets = rest.translate(None, _NOT_BRACKETS) if runs < most else b""
    if runs == most or len(brackets) > most:
        return unreadable(TOO_LARGE, limit=limits.parts, what="lists and objects")
    if max(accumulate(map(_STEP.__getitem__, brackets)), default=0) > limits.depth:
        return unreadable(TOO_DEEP, limit=limits.depth)
    return None


def _parse(text: str, limits: IntakeLimits) -> Any:
    """Parse `text`; numbers are checked for length only, since no number in the file is used."""

    def number(digits: str) -> int:
        if len(digits) > limits.number_digits:
            raise _Refused
        return int(digits) if digits.isdecimal() and len(digits) < 10 else 0

    def constant(name: str) -> None:
        raise _Refused

    try:
        # Raw tabs and line ends inside strings are no valid JSON, but harmless: not strict.
        return json.loads(
            text, strict=False, parse_int=number, parse_float=number, parse_constant=constant
        )
    except json.JSONDecodeError as error:
        if _is_cut_off(text, error):
            return unreadable(CUT_OFF)
        return unreadable(DAMAGED, line=error.lineno)
    except _Refused:
        return unreadable(BAD_NUMBER)
    except (RecursionError, MemoryError):
        return unreadable(TOO_DEEP, limit=limits.depth)


def _is_cut_off(text: str, error: json.JSONDecodeError) -> bool:
    """Tell whether the parser gave up because the text ended, not because of what it met."""
    tail = text[error.pos :]
    return error.msg.startswith("Unterminated string") or (
        len(tail) < len("Infinity") + 1 and not set(tail) & set('"]}[{,:')
    )
