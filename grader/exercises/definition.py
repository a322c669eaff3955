"""What every exercise has: an id, points, a public spec, typical mistakes and a verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, eq=False)
class Mistake:
    """A typical wrong answer and the hint it deserves.

    Give exactly one of the three ways to recognise it; models have one more.

    Parameters
    ----------
    label : str
        Short name for the item analysis, e.g. ``"forgot the biases"``.
    hint : str
        What the student reads. It must not contain the answer.
    values : tuple
        Wrong answers, computed from the definition.
    shape : tuple of int, optional
        For arrays: any answer of this shape.
    function : callable, optional
        For functions and models: a wrong implementation (a mutant).
    facts : tuple of str
        For models: any model of which ``course_utils.networks.facts`` says one of these.
    """

    label: str
    hint: str
    values: tuple[Any, ...] = ()
    shape: tuple[int, ...] | None = None
    function: Callable[..., Any] | None = None
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Part:
    """One named piece of a verdict, shown to the student without values."""

    name: str
    passed: bool


@dataclass(frozen=True)
class Verdict:
    """What a trusted grade says: points, one sentence, and the mistake for the item analysis."""

    exercise: str
    earned: float
    points: float
    status: str
    """One of ``right``, ``partly``, ``wrong``, ``unanswered``."""
    message: str
    mistake: str | None = None
    parts: tuple[Part, ...] = ()
    needs_review: bool = False
    """A person must look: the answer may be right, but cannot be graded automatically."""


@dataclass(frozen=True, eq=False)
class Exercise:
    """Base of all exercise types.

    Parameters
    ----------
    id : str
        Unique over the course; the variable or function the student defines.
    points : float
        Most points the exercise can earn.
    mistakes : tuple of Mistake
        Recognised in this order.
    """

    id: str
    points: float
    mistakes: tuple[Mistake, ...] = field(default=(), kw_only=True)

    @property
    def spec(self) -> dict[str, Any]:
        """Return the public part: type, length, shape. Students get it as it is."""
        raise NotImplementedError

    def verdict(self, status: str, message: str, *, share: float = 0.0, **extra: Any) -> Verdict:
        """Return a verdict that earns `share` (0 to 1) of the points."""
        share = min(max(float(share), 0.0), 1.0)
        return Verdict(
            self.id, round(self.points * share, 4), self.points, status, message, **extra
        )

    def right(self) -> Verdict:
        """Return the verdict for a right answer."""
        return self.verdict("right", "Right.", share=1.0)
