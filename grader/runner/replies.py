"""Read the runner's replies into results, trusting nothing but their bounds."""

from __future__ import annotations

from typing import Any

from .decode import DecodeError
from .job import Answer, CallResult, CellOutcome
from .outputs import clean_text, to_nbformat
from .wire import MAX_MESSAGE, MAX_NAME

_CELL_STATUS = ("ok", "error", "timeout")
_ANSWER_KINDS = ("value", "callable", "absent", "unanswered", "unencodable", "timeout")
_CALL_KINDS = ("value", "unanswered", "error", "timeout", "unencodable")


def read_cell(reply: dict[str, Any], seconds: float, execution_count: int) -> CellOutcome:
    """Return the outcome of a cell that took `seconds` by our clock."""
    return CellOutcome(
        status=_one_of(reply, "status", _CELL_STATUS),
        outputs=to_nbformat(reply.get("outputs"), execution_count),
        error_name=_text(reply, "error_name", MAX_NAME),
        error_message=_text(reply, "message", MAX_MESSAGE),
        seconds=seconds,
    )


def read_answer(reply: dict[str, Any]) -> Answer:
    """Return the answer in a reply to a request for a variable's value."""
    kind = _one_of(reply, "kind", _ANSWER_KINDS)
    return Answer(
        kind=kind,
        value=reply.get("value") if kind == "value" else None,
        type_name=_text(reply, "type_name", MAX_NAME),
        detail=_text(reply, "message", MAX_MESSAGE),
    )


def read_call(reply: dict[str, Any], seconds: float) -> CallResult:
    """Return the result in a reply to a request for one call."""
    kind = _one_of(reply, "kind", _CALL_KINDS)
    bases = reply.get("error_bases", ())
    if type(bases) is not tuple or len(bases) > 20 or any(type(base) is not str for base in bases):
        raise DecodeError("base classes are not a short tuple of names")
    return CallResult(
        kind=kind,
        value=reply.get("value") if kind == "value" else None,
        type_name=_text(reply, "type_name", MAX_NAME),
        error_name=_text(reply, "error_name", MAX_NAME),
        error_bases=tuple(clean_text(base, MAX_NAME) for base in bases),
        message=_text(reply, "message", MAX_MESSAGE),
        seconds=seconds,
    )


def _text(reply: dict[str, Any], key: str, limit: int) -> str:
    text = reply.get(key, "")
    if type(text) is not str:
        raise DecodeError(f"{key} is not a string")
    return clean_text(text, limit)


def _one_of(reply: dict[str, Any], key: str, allowed: tuple[str, ...]) -> str:
    word = reply.get(key)
    if type(word) is not str or word not in allowed:
        raise DecodeError(f"{key} is not one of {', '.join(allowed)}")
    return word
