"""Personal drills: the variant, its answer and its typical mistakes follow from a student id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from course_utils.answer_types import Unanswered, Unsuitable, canonical, describe, normalise
from course_utils.drills import DEMO_STUDENT_ID, draw
from grader.exercises.definition import Exercise, Verdict


@dataclass(frozen=True, eq=False)
class Drill(Exercise):
    """A drill of ``course_utils.drills`` with the same id."""

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {"type": "drill"}

    def grade(self, value: Any, student_id: Any = DEMO_STUDENT_ID) -> Verdict:
        """Return the verdict for the variant that `student_id` draws."""
        if not isinstance(student_id, str) or not student_id.strip():
            return self.verdict("wrong", "STUDENT_ID must be your course id, as text.")
        variant = draw(self.id, student_id)
        try:
            answer = normalise(variant.spec, value)
        except Unanswered:
            return self.verdict("unanswered", "Not answered.")
        except Unsuitable as problem:
            return self.verdict("wrong", str(problem), mistake="unsuitable value")
        if canonical(answer) == canonical(variant.answer):
            return self.right()
        for mistake in variant.mistakes:
            if canonical(mistake.value) == canonical(answer):
                message = f"Not yet. {mistake.hint} Your answer: {describe(answer)}."
                return self.verdict("wrong", message, mistake=mistake.label)
        return self.verdict("wrong", f"Not yet. Your answer: {describe(answer)}.")

    def messages(self) -> dict[str, dict[str, Any]]:
        """Return nothing: the immediate check computes the variant itself."""
        return {}
