"""Drills in a notebook: the personal one, and as many more as you like."""

from __future__ import annotations

from html import escape
from typing import Any

from course_utils.checks import examine, show
from course_utils.drills import draw
from course_utils.drills.template import Variant


class Question:
    """A drill's question; ``.check(answer)`` judges, ``.solution()`` shows the worked way."""

    def __init__(self, variant: Variant, seed: str, title: str):
        self._variant, self._seed, self._title = variant, seed, title

    def __repr__(self) -> str:
        return self._variant.prompt

    def _repr_html_(self) -> str:
        return (
            '<div style="border:1px solid #888;padding:.5em .8em;margin:.2em 0">'
            f"<b>{escape(self._title)}</b><br>{escape(self._variant.prompt)}</div>"
        )

    def check(self, answer: Any) -> None:
        """Show whether `answer` is right."""
        show(examine(self._variant.drill_id, answer, self._seed))

    def solution(self) -> str:
        """Return the worked arithmetic."""
        return self._variant.solution


def drill(drill_id: str, student_id: str) -> Question:
    """Return the question that belongs to `student_id`."""
    return Question(draw(drill_id, student_id), student_id, f"The variant of {student_id}")


def practice_drill(drill_id: str, number: int = 1) -> Question:
    """Return practice question `number` (1, 2, 3, ...): ungraded, as many as you like."""
    seed = f"practice {number}"
    return Question(draw(drill_id, seed), seed, f"Practice question {number}")
