"""From what the checker process saw to points, and to words that give no hidden test away."""

from __future__ import annotations

import ast
import math
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from grader.checker.given import lines_of
from grader.checker.testcell import PlainTest
from grader.exercises.definition import Verdict

_HIDDEN_FAILED = "A hidden test failed."
_BY_HAND = "A person will look at this."
_NOTHING_THERE = ("NameError", "NotImplementedError")
_LONGEST = 200


@dataclass(frozen=True)
class Outcome:
    """What one test cell gave; `notes`, for the instructor, ask for a second look."""

    verdict: Verdict
    notes: tuple[str, ...] = ()


def judge(test: PlainTest, done: dict[str, Any], written: Collection[str]) -> Outcome:
    """Return the outcome of a test cell; see `evaluate` for `done`.

    As nbgrader means it: an error earns nothing, a number as last expression is partial credit,
    anything else is full marks.
    """
    notes = [*done["notes"], *_rewritten(test, written)]
    earned = test.points if done["kind"] == "passed" else 0.0
    if done["kind"] == "number":
        number = done["number"]
        earned = min(max(number, 0.0), test.points) if math.isfinite(number) else 0.0
        if earned != number:
            notes.append(f"its partial credit is {number:g}, not 0 to {test.points:g}")
    elif done["kind"] == "other":
        notes.append(f"its last expression gives {done['type_name']}, not a number of points")
    full = earned == test.points and done["kind"] in ("passed", "number")
    if not full:
        notes += done["doubts"]
        notes += [f"it {doubt}, which may go wrong outside the notebook" for doubt in test.doubts]
    if full:
        status, message, mistake = "right", "All tests passed.", None
    elif earned:
        status, message, mistake = "partly", "Part of the tests passed.", None
    elif done["kind"] in ("number", "other"):
        status, message, mistake = "wrong", "The tests gave no points.", None
    else:
        status, message, mistake = _failure(test, done)
    if notes and not full:
        message = f"{message} {_BY_HAND}"
    verdict = Verdict(
        test.grade_id, earned, test.points, status, message, mistake, needs_review=bool(notes)
    )
    return Outcome(verdict, tuple(notes))


def lost(test: PlainTest, why: str) -> Outcome:
    """Return the outcome of a test cell that the checker process did not get through."""
    message = f"This could not be checked. {_BY_HAND}"
    verdict = Verdict(test.grade_id, 0.0, test.points, "wrong", message, needs_review=True)
    return Outcome(verdict, (why,))


def unreached(test: PlainTest, message: str) -> Verdict:
    """Return the verdict of a test cell before which the run ended."""
    return Verdict(test.grade_id, 0.0, test.points, "unanswered", message)


def _rewritten(test: PlainTest, written: Collection[str]) -> list[str]:
    names = {
        name
        for given in test.given
        if not (given.is_import or given.replaceable)
        for name in given.binds & set(written)
    }
    return [f"the student redefines {name}; the notebook's own was used" for name in sorted(names)]


def _failure(test: PlainTest, done: dict[str, Any]) -> tuple[str, str, str | None]:
    """Return status, message and label of a failure, as far as students may know."""
    statement = _failed_statement(test, done["lines"])
    if statement is None:
        hidden = bool(test.hidden) or any(given.hidden for given in test.given)
        return "wrong", _HIDDEN_FAILED if hidden else "A test failed.", "a hidden test failed"
    line = _one_line(ast.get_source_segment(test.source, statement) or "")
    status, message = "wrong", f"This test failed: {line}"
    detail = _detail(test, done, statement)
    if detail:
        message = f"{message} ({detail})"
    if detail and done["kind"] == "failed" and done["error"] in _NOTHING_THERE:
        status = "unanswered"
    return status, f"{message}.", line


def _failed_statement(test: PlainTest, lines: tuple[tuple[str, int], ...]) -> ast.stmt | None:
    """Return the released statement that failed, None if any hidden line took part."""
    hidden = {
        (given.cell, line)
        for given in test.given
        if given.hidden
        for line in lines_of(given.statement)
    }
    hidden |= {(test.grade_id, line) for line in test.hidden}
    own = [line for cell, line in lines if cell == test.grade_id]
    if not own or hidden.intersection(lines):
        return None
    return _statement_at(test.source, own[0])


def _statement_at(source: str, line: int) -> ast.stmt | None:
    """Return the innermost statement of `source` at `line`."""
    found = [
        node
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.stmt) and line in lines_of(node)
    ]
    return min(found, key=lambda node: len(lines_of(node)), default=None)


def _detail(test: PlainTest, done: dict[str, Any], statement: ast.stmt) -> str:
    """Return the failure's own words, unless a hidden line may speak through them."""
    if done["kind"] == "interrupted":
        return done["message"]
    before = any(line < statement.lineno for line in test.hidden)
    if before or any(given.hidden for given in test.given):
        literal = isinstance(statement, ast.Assert) and isinstance(statement.msg, ast.Constant)
        return _one_line(str(statement.msg.value)) if literal else ""
    if done["error"] == "AssertionError" and not done["by_student"]:
        return _one_line(done["message"])
    return _one_line(f"{done['error']}: {done['message']}".removesuffix(": "))


def _one_line(text: str) -> str:
    shown = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]}…"
