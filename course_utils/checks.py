"""The immediate check: is this answer right, a typical mistake, or not there yet?

It works offline and knows no answer: ``course_utils/answers/*.json`` holds sealed messages that
only the matching answer can open (see ``course_utils.sealed``). It never prints an answer.
"""

from __future__ import annotations

import json
from functools import lru_cache
from html import escape
from importlib import resources
from typing import Any

import numpy as np

from course_utils.answer_keys import example_key, item_key, shape_key, step_key, value_key
from course_utils.answer_types import (
    Unanswered,
    Ungradable,
    Unsuitable,
    canonical,
    describe,
    kind_of,
    normalise,
)
from course_utils.drills import draw, drill_ids
from course_utils.function_examples import Call, Outcome, decode_call, outcome_texts
from course_utils.model_checks import examine_model
from course_utils.networks.facts import UNREADABLE
from course_utils.sealed import unseal
from course_utils.table_checks import examine_table
from course_utils.time_limit import OutOfTime, time_limit

NOT_YET = (
    "Not yet. It is none of the usual slips: read the question again, and redo it step by step."
)
WITHOUT_VERDICT = (
    "Right or wrong is told when your work is graded: with so few options, guessing would find it."
)
SECONDS_PER_CALL = 30.0
RIGHT_SO_FAR = "Right on all visible examples. Others are tried when your work is graded."

_LOOK = {
    "right": ("✓", "#0b6e4f", "#e6f4ee"),
    "hint": ("✗", "#8a3b00", "#fdf0e3"),
    "wrong": ("✗", "#8a3b00", "#fdf0e3"),
    "recorded": ("●", "#1f4e79", "#e8f0f8"),
    "unanswered": ("○", "#555555", "#f2f2f2"),
}


class Result:
    """What the check says; shown as a coloured line in a notebook, as text elsewhere."""

    def __init__(self, exercise: str, status: str, message: str):
        self.exercise, self.status, self.message = exercise, status, message

    def __repr__(self) -> str:
        return f"{_LOOK[self.status][0]} {self.exercise}: {self.message}"

    def _repr_html_(self) -> str:
        mark, colour, background = _LOOK[self.status]
        return (
            f'<div style="border-left:4px solid {colour};background:{background};color:#111;'
            f'padding:.4em .8em;margin:.2em 0"><b style="color:{colour}">{mark} '
            f"{escape(self.exercise)}</b><br>{escape(self.message)}</div>"
        )


def check(exercise: str, value: Any, student_id: str | None = None) -> None:
    """Show whether `value` answers `exercise`: right, a hint for a typical mistake, or not yet.

    Parameters
    ----------
    exercise : str
        The exercise's id.
    value : object
        The student's answer: a value, or the function itself.
    student_id : str, optional
        For personal drills: whose variant.
    """
    show(examine(exercise, value, student_id))


def examine(exercise: str, value: Any, student_id: str | None = None) -> Result:
    """Return what `check` shows.

    Raises
    ------
    ValueError
        When there is no such exercise.
    """
    entry = _table().get(exercise)
    if entry is None and exercise in drill_ids():
        entry = {"spec": {"type": "drill"}}  # for practice only: in no notebook's table
    if entry is None:
        raise ValueError(f"There is no exercise {exercise!r} in this version of course_utils.")
    spec = entry["spec"]
    try:
        if spec["type"] == "drill":
            return _examine_drill(exercise, value, student_id)
        answer = normalise(spec, value)
    except Unanswered as problem:
        return Result(exercise, "unanswered", str(problem))
    except Ungradable as problem:
        return Result(exercise, "recorded", str(problem))
    except Unsuitable as problem:
        return Result(exercise, "wrong", str(problem))
    if spec["type"] == "model":
        return Result(exercise, *examine_model(entry, answer, value))
    if spec["type"] == "table":
        return Result(exercise, *examine_table(entry, answer))
    if spec["type"] == "function":
        return _examine_function(exercise, entry, answer)
    if spec["type"] in ("choice", "choices", "prediction"):
        return Result(exercise, "recorded", _recorded(spec, answer))
    return _examine_value(exercise, entry, answer)


def _recorded(spec: dict[str, Any], answer: Any) -> str:
    if spec["type"] == "prediction":
        return f"Recorded: {describe(answer)}."
    return f"Recorded: {', '.join(answer) or 'no letter'}. {WITHOUT_VERDICT}"


def _examine_value(exercise: str, entry: dict[str, Any], answer: Any) -> Result:
    step = entry["spec"].get("step")
    keys = [step_key(round(answer / step)) if step else value_key(answer)]
    if isinstance(answer, np.ndarray):
        keys.append(shape_key(answer.shape))
    for key in keys:
        message = unseal(entry["salt"], key, entry["sealed"])
        if message:
            return _result(exercise, message)
    spec = entry["spec"]
    if spec["type"] == "array" and list(answer.shape) != spec["shape"]:
        expected = tuple(spec["shape"])
        return Result(exercise, "wrong", f"Expected shape {expected}, got {answer.shape}.")
    if spec["type"] == "array":
        shape_is_right = f"The shape {answer.shape} is right, the values are not all right."
        return Result(exercise, "wrong", f"Not yet. {shape_is_right} Work one of them out by hand.")
    if spec["type"] in ("number_list", "shape_list"):
        return _examine_items(exercise, entry, answer)
    return Result(exercise, "wrong", NOT_YET)


def _examine_items(exercise: str, entry: dict[str, Any], answer: tuple[Any, ...]) -> Result:
    right: list[str] = []
    hints: dict[str, list[str]] = {}
    for index, item in enumerate(answer):
        message = unseal(entry["salt"], item_key(index, item), entry["sealed"]) or {}
        if message.get("right"):
            right.append(str(index + 1))
        elif "hint" in message:
            hints.setdefault(message["hint"], []).append(str(index + 1))
    of_all = f" of {len(answer)}" if "length" in entry["spec"] else ""
    found = f"Right so far: {_items(right).lower()}{of_all}. " if right else ""
    told = " ".join(f"{_items(items)}: {hint}" for hint, items in hints.items())
    return Result(exercise, "hint" if hints else "wrong", found + (told or NOT_YET))


def _items(numbers: list[str]) -> str:
    return f"Item{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}"


def _examine_function(exercise: str, entry: dict[str, Any], function: Any) -> Result:
    failures, hints = [], None
    for index, example in enumerate(entry["spec"]["examples"]):
        call = decode_call(example)
        try:
            with time_limit(SECONDS_PER_CALL):
                outcome = call.outcome(function)
        except OutOfTime:
            return Result(exercise, "wrong", _failure(call, Outcome(error="Timeout"), None, False))
        if outcome.error == "NotImplementedError":
            return Result(exercise, "unanswered", "Not answered yet.")
        text, shape = outcome_texts(outcome)
        message = unseal(entry["salt"], example_key(index, text), entry["sealed"]) or {}
        if message.get("right"):
            continue
        found = message.get("hints", [])
        hints = found if hints is None else [hint for hint in hints if hint in found] or hints
        right_shape = shape and unseal(entry["salt"], example_key(index, shape), entry["sealed"])
        failures.append(_failure(call, outcome, shape, bool(right_shape)))
    if not failures:
        return Result(exercise, "right", RIGHT_SO_FAR)
    if hints:
        return Result(exercise, "hint", hints[0])
    return Result(exercise, "wrong", failures[0])


def _failure(call: Call, outcome: Outcome, shape: Any, right: bool) -> str:
    named = [f"{name}={describe(value)}" for name, value in call.kwargs.items()]
    shown = ", ".join([*map(describe, call.args), *named])
    start = f"Not yet. Called with ({shown}): "
    if outcome.error or outcome.value is None:
        return start + outcome.sentence()
    if call.reading and outcome.value == [UNREADABLE]:
        return f"{start}the result has {UNREADABLE}. Your instructor will look at it."
    if call.reading:
        return f"{start}the result has {'; '.join(outcome.value)}. That is not right."
    if shape:
        size = tuple(json.loads(shape.removeprefix("shape:")))
        if right:
            return f"{start}the shape {size} is right, the values are not."
        return f"{start}a result of shape {size} is not right."
    return f"{start}{describe(outcome.value)} is not right."


def _examine_drill(exercise: str, value: Any, student_id: str | None) -> Result:
    if not isinstance(student_id, str) or not student_id.strip():
        raise Unsuitable("Set STUDENT_ID to your course id first, as text.")
    variant = draw(exercise, student_id)
    answer = normalise(variant.spec, value)
    if canonical(answer) == canonical(variant.answer):
        return Result(exercise, "right", "Right.")
    for mistake in variant.mistakes:
        if canonical(mistake.value) == canonical(answer):
            return Result(exercise, "hint", mistake.hint)
    return Result(exercise, "wrong", NOT_YET)


def _result(exercise: str, message: dict[str, Any]) -> Result:
    if message.get("right"):
        return Result(exercise, "right", "Right.")
    return Result(exercise, "hint", message["hint"])


def practice(name: str, value: Any) -> None:
    """Show whether `value` is right for an ungraded exercise, like `check`."""
    check(name, value)


def compare(what: str, predicted: Any, actual: Any) -> None:
    """Show a prediction beside what really came out."""
    if predicted is None or predicted is Ellipsis:
        message = f"You made no prediction. It is {describe(actual)}."
        show(Result(what, "unanswered", message))
    elif canonical(predicted) == canonical(actual):
        show(Result(what, "right", f"You predicted {describe(predicted)}, and so it is."))
    else:
        given, wanted = kind_of(predicted), kind_of(actual)
        other = f", which is {given}; {wanted} was asked for" if given != wanted else ""
        message = f"You predicted {describe(predicted)}{other}. It is {describe(actual)}."
        show(Result(what, "recorded", message))


def show(result: Result) -> None:
    """Display a result in a notebook, or print it."""
    try:
        from IPython.display import display
    except ImportError:
        print(result)
    else:
        display(result)


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    table: dict[str, Any] = {}
    folder = resources.files("course_utils") / "answers"
    for file in sorted(folder.iterdir(), key=lambda path: path.name):
        if file.name.endswith(".json"):
            table.update(json.loads(file.read_text(encoding="utf-8")))
    return table
