"""Exercises whose answer is a function, tried on visible examples and hidden probes."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from course_utils.answer_keys import example_key
from course_utils.answer_types import Unanswered, Unsuitable, is_number, normalise
from course_utils.function_examples import Call, Outcome, encode_call, outcome_texts
from grader.exercises.definition import Exercise, Mistake, Part, Verdict

RTOL, ATOL = 1e-4, 1e-5
_PLAIN = (int, float)


def call(*args: Any, **kwargs: Any) -> Call:
    """Return the call ``function(*args, **kwargs)``."""
    return Call(args, kwargs)


@dataclass(frozen=True, eq=False)
class Function(Exercise):
    """A function the student writes.

    Parameters
    ----------
    reference : callable
        The answer. Where it raises, the student's function must raise the same class.
    examples : tuple of Call
        Visible: the immediate check runs them in the student's notebook. Choose them so that
        each typical mistake changes at least one.
    probes : callable
        ``probes(rng) -> {part name: [Call, ...]}``, hidden; `rng` is a NumPy generator. A part
        counts when all its calls are right; parts weigh the same.
    student_form : callable, optional
        For calls with `through`: turns a function of the definition, which takes and returns
        inert values, into what a student would write. The tests of the tests need it.
    """

    reference: Callable[..., Any] = field(kw_only=True)
    examples: tuple[Call, ...] = field(kw_only=True)
    probes: Callable[[np.random.Generator], dict[str, list[Call]]] = field(kw_only=True)
    student_form: Callable[[Callable[..., Any]], Callable[..., Any]] | None = field(
        default=None, kw_only=True
    )

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {
            "type": "function",
            "examples": [encode_call(one) for one in self.examples],
        }

    @cached_property
    def parts(self) -> dict[str, list[Call]]:
        """Return all calls by part: the visible examples first, then the hidden probes."""
        rng = np.random.default_rng(int.from_bytes(self.id.encode(), "big") % 2**63)
        return {"the examples": list(self.examples), **self.probes(rng)}

    @property
    def calls(self) -> list[Call]:
        """Return all calls in the order in which `grade_outcomes` wants their outcomes."""
        return [one for calls in self.parts.values() for one in calls]

    @cached_property
    def expected(self) -> list[Outcome]:
        """Return the reference's outcomes for `calls`."""
        return [self.defined(one, self.reference) for one in self.calls]

    def defined(self, one: Call, function: Callable[..., Any]) -> Outcome:
        """Return what a function of the definition does: it returns what `through` would."""
        return replace(one, through="").outcome(function)

    def as_written(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return a function of the definition as a student writes it."""
        return self.student_form(function) if self.student_form else function

    def grade(self, value: Any) -> Verdict:
        """Call `value` here and grade it. Only for trusted functions and plain nbgrader."""
        try:
            function = normalise(self.spec, value)
        except Unanswered:
            return self.verdict("unanswered", "Not answered.")
        except Unsuitable as problem:
            return self.verdict("wrong", str(problem), mistake="unsuitable value")
        return self.grade_outcomes([one.outcome(function) for one in self.calls])

    def grade_outcomes(self, outcomes: list[Outcome]) -> Verdict:
        """Return the verdict for the outcomes of `calls`; missing ones count as wrong."""
        missing = len(self.expected) - len(outcomes)
        outcomes = [*outcomes, *[Outcome(error="NotReached")] * missing]
        matches = [same_outcome(e, g) for e, g in zip(self.expected, outcomes, strict=True)]
        if all(outcome.error == "NotImplementedError" for outcome in outcomes):
            return self.verdict("unanswered", "Not answered.")
        parts = self._parts(matches)
        if all(part.passed for part in parts):
            return self.verdict("right", "Right.", share=1.0, parts=parts)
        share = sum(part.passed for part in parts) / len(parts)
        mistake = self.recognise(outcomes)
        return self.verdict(
            "partly" if share else "wrong",
            self._message(matches, outcomes, mistake),
            share=share,
            mistake=mistake.label if mistake else None,
            parts=parts,
        )

    def _parts(self, matches: list[bool]) -> tuple[Part, ...]:
        # A function that always raises must not earn the parts that only expect an error.
        returns = [e.error is None for e in self.expected]
        any_value = any(ok and value for ok, value in zip(matches, returns, strict=True))
        parts, start = [], 0
        for name, calls in self.parts.items():
            part = slice(start, start + len(calls))
            passed = all(matches[part]) and (any_value or any(returns[part]))
            parts.append(Part(name, passed))
            start += len(calls)
        return tuple(parts)

    def _message(
        self, matches: list[bool], outcomes: list[Outcome], mistake: Mistake | None
    ) -> str:
        if mistake:
            return f"Not yet. {mistake.hint}"
        failed = next(o for ok, o in zip(matches, outcomes, strict=True) if not ok)
        if failed.error:
            return f"Not yet. {failed.sentence()}"
        return "Not yet. Some results differ from the reference."

    def recognise(self, outcomes: list[Outcome]) -> Mistake | None:
        """Return the mutant that explains every wrong outcome, if there is one."""
        wrong = [
            i
            for i, (e, g) in enumerate(zip(self.expected, outcomes, strict=True))
            if not same_outcome(e, g)
        ]
        for mistake in self.mistakes:
            if wrong and all(
                same_outcome(self.defined(self.calls[i], mistake.function), outcomes[i])
                for i in wrong
            ):
                return mistake
        return None

    def messages(self) -> dict[str, dict[str, Any]]:
        """Return what the immediate check says, by outcome of each visible example."""
        messages: dict[str, dict[str, Any]] = {}
        for index, example in enumerate(self.examples):
            value, shape = outcome_texts(self.defined(example, self.reference))
            messages[example_key(index, value)] = {"right": True}
            if shape:
                messages[example_key(index, shape)] = {"right_shape": True}
            for mistake in self.mistakes:
                text, _ = outcome_texts(self.defined(example, mistake.function))
                entry = messages.setdefault(example_key(index, text), {"hints": []})
                if "hints" in entry:
                    entry["hints"].append(mistake.hint)
        return messages


def same_outcome(expected: Outcome, got: Outcome) -> bool:
    """Tell whether a call ended as the reference did: equal value, or the same error class."""
    if expected.error is not None:
        return got.error is not None and expected.error in (got.error, *got.error_bases)
    return got.error is None and same_value(expected.value, got.value)


def same_value(expected: Any, got: Any) -> bool:
    """Tell whether `got` equals `expected`: shapes exactly, floats within 1e-4 relative."""
    if type(expected) in _PLAIN and type(got) in _PLAIN:
        return _same_number(expected, got)
    if isinstance(expected, np.ndarray):
        try:
            array = np.asarray(got)
        except (ValueError, TypeError):
            return False
        if array.dtype.kind not in "biufc" or array.shape != expected.shape:
            return False
        return bool(np.allclose(array, expected, rtol=RTOL, atol=ATOL))
    if isinstance(expected, (list, tuple)):
        return (
            isinstance(got, (list, tuple))
            and len(got) == len(expected)
            and all(same_value(e, g) for e, g in zip(expected, got, strict=True))
        )
    if is_number(expected):
        if isinstance(got, np.ndarray) and got.shape == ():
            got = got[()]
        return is_number(got) and bool(np.isclose(got, expected, rtol=RTOL, atol=0))
    return type(expected) is type(got) and expected == got


def _same_number(expected: float, got: float) -> bool:
    """Tell the same as ``numpy.isclose``, much faster."""
    try:
        return got == expected or abs(got - expected) <= RTOL * abs(expected) < math.inf
    except OverflowError:  # a whole number beyond all floats
        return False
