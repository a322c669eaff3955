"""Jobs and results as bytes, to keep on disk and to send to other machines.

In the same bounded, inert form in which values leave a run (see `wire`): reading makes nothing
but numbers, text, arrays and the dataclasses of `job`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from typing import Any

from .decode import DecodeError, decode
from .encode import encode
from .job import (
    Answer,
    AnswerStep,
    Call,
    CallResult,
    CellOutcome,
    CellStep,
    Job,
    Limits,
    RunResult,
    Step,
)
from .wire import LENGTHS

_LARGEST = 256 * 2**20
_BOUNDS = {"max_depth": 40, "max_items": 2_000_000}
_RESULT_FIELDS = [field.name for field in fields(CallResult)]


def to_bytes(plain: Any) -> bytes:
    """Return numbers, text, arrays, lists and dictionaries as bytes.

    Raises
    ------
    UnencodableError
        If there is anything else in it, or too much.
    """
    return encode(plain, max_bytes=_LARGEST, **_BOUNDS)


def from_bytes(content: bytes) -> Any:
    """Return what `to_bytes` was given.

    Raises
    ------
    DecodeError
        If it was not given anything of that kind.
    """
    if len(content) < LENGTHS.size:
        raise DecodeError("broken off")
    header, _ = LENGTHS.unpack(content[: LENGTHS.size])
    start = LENGTHS.size + header
    return decode(content[LENGTHS.size : start], content[start:], **_BOUNDS)


def plain_calls(calls: tuple[Call, ...]) -> list[Any]:
    """Return what an answer is called with."""
    return [[call.args, dict(call.kwargs), call.through] for call in calls]


def plain_job(job: Job, plain_calls: Callable[[tuple[Call, ...]], Any] = plain_calls) -> list[Any]:
    """Return everything that can change what `job` gives, its calls as `plain_calls` says.

    Raises
    ------
    ValueError
        If it has a step in which an examiner asks on: that depends on more than the job.
    """
    limits = {field.name: getattr(job.limits, field.name) for field in fields(job.limits)}
    return [[_plain_step(step, plain_calls) for step in job.steps], limits, job.seed]


def read_job(plain: Any) -> Job:
    """Return the job of `plain_job`."""
    steps, limits, seed = plain
    return Job(tuple(_step(*step) for step in steps), Limits(**limits), seed)


def plain_result(result: RunResult) -> dict[str, Any]:
    """Return a result as dictionaries."""
    return {
        "run": {f.name: getattr(result, f.name) for f in fields(result)[2:]},
        "cells": {id: asdict(cell) for id, cell in result.cells.items()},
        "answers": {id: _plain_answer(answer) for id, answer in result.answers.items()},
    }


def read_result(plain: Mapping[str, Any]) -> RunResult:
    """Return the result of `plain_result`."""
    answers = {
        id: Answer(**{**answer, "results": tuple(_call_result(*one) for one in answer["results"])})
        for id, answer in plain["answers"].items()
    }
    cells = {id: CellOutcome(**cell) for id, cell in plain["cells"].items()}
    return RunResult(cells=cells, answers=answers, **plain["run"])


def _plain_step(step: Step, plain_calls: Callable[[tuple[Call, ...]], Any]) -> list[Any]:
    if isinstance(step, CellStep):
        return ["cell", step.id, step.source]
    if isinstance(step, AnswerStep):
        return ["answer", step.id, step.name, plain_calls(step.calls)]
    raise ValueError(f"a run with {type(step).__name__} depends on more than its job")


def _step(kind: str, id: str, text: str, calls: list[Any] | None = None) -> Step:
    if kind == "cell":
        return CellStep(id, text)
    return AnswerStep(id, text, tuple(Call(*call) for call in calls or ()))


def _plain_answer(answer: Answer) -> dict[str, Any]:
    plain = {field.name: getattr(answer, field.name) for field in fields(answer)}
    # Most of a result are these, so they are written short.
    plain["results"] = [[getattr(one, name) for name in _RESULT_FIELDS] for one in answer.results]
    return plain


def _call_result(*values: Any) -> CallResult:
    return CallResult(**dict(zip(_RESULT_FIELDS, values, strict=True)))
