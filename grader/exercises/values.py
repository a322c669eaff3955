"""Exercises whose answer is a value: numbers, lists, shapes, arrays, text, choices, predictions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from course_utils.answer_keys import item_key, shape_key, step_key, value_key
from course_utils.answer_types import (
    Unanswered,
    Unsuitable,
    canonical,
    describe,
    normalise,
)
from grader.exercises.definition import Exercise, Mistake, Verdict

NOT_YET = "Not yet."
STEPS_PER_TOLERANCE = 8


@dataclass(frozen=True, eq=False)
class ValueExercise(Exercise):
    """An exercise with one right value; the definition computes it."""

    answer: Any = field(kw_only=True)

    def grade(self, value: Any) -> Verdict:
        """Return the verdict for `value`, any plain Python object or array."""
        try:
            answer = normalise(self.spec, value)
        except Unanswered:
            return self.verdict("unanswered", "Not answered.")
        except Unsuitable as problem:
            return self.verdict("wrong", str(problem), mistake="unsuitable value")
        return self._grade_normalised(answer)

    def _grade_normalised(self, answer: Any) -> Verdict:
        if canonical(answer) == canonical(self.answer):
            return self.right()
        mistake = self.recognise(answer)
        share = self.share(answer)
        message = f"{NOT_YET} {mistake.hint}" if mistake else NOT_YET
        return self.verdict(
            "partly" if share else "wrong",
            f"{message} Your answer: {describe(answer)}.",
            share=share,
            mistake=mistake.label if mistake else None,
        )

    def share(self, answer: Any) -> float:
        """Return the share of the points that a not entirely right answer earns."""
        return 0.0

    def recognise(self, answer: Any) -> Mistake | None:
        """Return the typical mistake that produces `answer`, if there is one."""
        for mistake in self.mistakes:
            if any(canonical(wrong) == canonical(answer) for wrong in mistake.values):
                return mistake
            if mistake.shape is not None and np.shape(answer) == tuple(mistake.shape):
                return mistake
        return None

    def messages(self) -> dict[str, dict[str, Any]]:
        """Return what the immediate check says, by answer key (see ``course_utils.sealed``)."""
        messages = {value_key(self.answer): {"right": True}}
        for mistake in self.mistakes:
            for wrong in mistake.values:
                messages.setdefault(value_key(wrong), {"hint": mistake.hint})
            if mistake.shape is not None:
                messages.setdefault(shape_key(mistake.shape), {"hint": mistake.hint})
        return messages


@dataclass(frozen=True, eq=False)
class Number(ValueExercise):
    """One number (NumPy numbers count, booleans do not).

    Whole and positive, unless a `tolerance` is given: then any number within it is right.
    """

    tolerance: float = field(default=0.0, kw_only=True)

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        if not self.tolerance:
            return {"type": "number"}
        step = self.tolerance / STEPS_PER_TOLERANCE
        return {"type": "number", "whole": False, "positive": False, "step": step}

    def _is(self, answer: float, value: float) -> bool:
        return abs(answer - value) <= self.tolerance

    def _grade_normalised(self, answer: Any) -> Verdict:
        return self.right() if self._is(answer, self.answer) else super()._grade_normalised(answer)

    def recognise(self, answer: Any) -> Mistake | None:  # noqa: D102
        for mistake in self.mistakes:
            if any(self._is(answer, wrong) for wrong in mistake.values):
                return mistake
        return None

    def messages(self) -> dict[str, dict[str, Any]]:  # noqa: D102
        if not self.tolerance:
            return super().messages()
        messages = {key: {"right": True} for key in self._step_keys(self.answer)}
        for mistake in self.mistakes:
            for wrong in mistake.values:
                for key in self._step_keys(wrong):
                    messages.setdefault(key, {"hint": mistake.hint})
        return messages

    def _step_keys(self, value: float) -> list[str]:
        # Hashes know no tolerance: every step within it gets a key of its own.
        middle = round(value / self.spec["step"])
        around = range(-STEPS_PER_TOLERANCE, STEPS_PER_TOLERANCE + 1)
        return [step_key(middle + offset) for offset in around]


@dataclass(frozen=True, eq=False)
class ListExercise(ValueExercise):
    """A list; each right element earns its share when there is a point for each.

    Students are told its length (of shapes: their numbers of axes) unless a typical mistake has
    another one: then the length is part of the question.

    Parameters
    ----------
    chained : bool
        Each element follows from the one before, so a wrong element says something about a
        mistake only where that mistake first shows; later ones get no hint of their own.
    """

    chained: bool = field(default=False, kw_only=True)

    def share(self, answer: Any) -> float:  # noqa: D102
        if self.points < len(self.answer):
            return 0.0
        return 1.0 - len(self._wrong_items(answer)) / len(self.answer)

    def _wrong_items(self, answer: Any) -> list[int]:
        if len(answer) != len(self.answer):
            return list(range(len(self.answer)))
        pairs = enumerate(zip(answer, self.answer, strict=True))
        return [index for index, (a, b) in pairs if canonical(a) != canonical(b)]

    @property
    def _wrong_lists(self) -> list[Any]:
        return [wrong for mistake in self.mistakes for wrong in mistake.values]

    def recognise(self, answer: Any) -> Mistake | None:
        """Return the mistake made in all elements, or else in all wrong ones."""
        whole = super().recognise(answer)
        if whole is not None or len(answer) != len(self.answer):
            return whole
        wrong = self._wrong_items(answer)
        for mistake in self.mistakes:
            for value in mistake.values:
                if len(value) == len(answer) and all(
                    canonical(answer[index]) == canonical(value[index]) for index in wrong
                ):
                    return mistake
        return None

    def messages(self) -> dict[str, dict[str, Any]]:  # noqa: D102
        messages = super().messages()
        for index, item in enumerate(self.answer):
            messages[item_key(index, item)] = {"right": True}
            for mistake in self.mistakes:
                for wrong in mistake.values:
                    if len(wrong) == len(self.answer) and (
                        not self.chained or index in self._wrong_items(wrong)[:1]
                    ):
                        key = item_key(index, wrong[index])
                        messages.setdefault(key, {"hint": mistake.hint})
        return messages


@dataclass(frozen=True, eq=False)
class NumberList(ListExercise):
    """A list of whole numbers (list, tuple or array), positive unless a typical mistake is not."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        spec: dict[str, Any] = {"type": "number_list"}
        lists = [self.answer, *self._wrong_lists]
        if all(len(numbers) == len(self.answer) for numbers in lists):
            spec["length"] = len(self.answer)
        if any(number <= 0 for numbers in lists for number in numbers):
            spec["positive"] = False
        return spec


@dataclass(frozen=True, eq=False)
class Shape(ValueExercise):
    """A shape without the batch axis, e.g. ``(height, width, channels)``."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "shape", "length": len(self.answer)}


@dataclass(frozen=True, eq=False)
class ShapeList(ListExercise):
    """A list of shapes."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        lengths = [len(shape) for shape in self.answer]
        spec = {"type": "shape_list", "length": len(lengths)}
        if any([len(shape) for shape in wrong] != lengths for wrong in self._wrong_lists):
            return spec
        return {**spec, "lengths": lengths}


@dataclass(frozen=True, eq=False)
class Array(ValueExercise):
    """An array of numbers (nested lists count)."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "array", "shape": list(np.shape(self.answer))}


@dataclass(frozen=True, eq=False)
class Text(ValueExercise):
    """A word or two; capitals and spaces around do not matter."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "text"}


@dataclass(frozen=True, eq=False)
class Choice(ValueExercise):
    """One letter. The immediate check only records it: four guesses would find it."""

    options: str = "ABCD"

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "choice", "options": list(self.options)}

    def messages(self) -> dict[str, dict[str, Any]]:  # noqa: D102
        return {}


@dataclass(frozen=True, eq=False)
class Choices(ValueExercise):
    """A set of letters; order and repetition do not matter. Only recorded, like `Choice`."""

    options: str = "ABCD"

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "choices", "options": list(self.options)}

    def _grade_normalised(self, answer: Any) -> Verdict:
        if set(answer) == set(self.answer):
            return self.right()
        return super()._grade_normalised(answer)

    def recognise(self, answer: Any) -> Mistake | None:  # noqa: D102
        for mistake in self.mistakes:
            if any(set(wrong) <= set(answer) for wrong in mistake.values):
                return mistake
        return None

    def messages(self) -> dict[str, dict[str, Any]]:  # noqa: D102
        return {}


@dataclass(frozen=True, eq=False)
class Prediction(Exercise):
    """A guess before the code runs: worth having made, whatever it is."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "prediction"}

    def grade(self, value: Any) -> Verdict:
        """Return full marks for any prediction that was made."""
        try:
            guess = normalise(self.spec, value)
        except Unanswered:
            return self.verdict("unanswered", "No prediction made.")
        except Unsuitable as problem:
            return self.verdict("wrong", str(problem), mistake="unsuitable value")
        return self.verdict("right", f"You predicted {describe(guess)}.", share=1.0)

    def messages(self) -> dict[str, dict[str, Any]]:
        """Return nothing: a prediction is recorded, not judged."""
        return {}


@dataclass(frozen=True, eq=False)
class Written(Exercise):
    """Text in a markdown cell, graded by hand in formgrader with the marking scheme beside it."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "written"}
