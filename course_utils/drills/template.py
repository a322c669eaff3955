"""What a drill is, and how a student id picks its variant."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_utils.answer_types import canonical

DEMO_STUDENT_ID = "student-demo"


@dataclass(frozen=True)
class WrongFormula:
    """A typical wrong formula: its value for this variant, and the hint it deserves."""

    label: str
    value: Any
    hint: str


@dataclass(frozen=True)
class Template:
    """A drill with its blanks.

    Parameters
    ----------
    variables : callable
        ``variables(rng) -> dict | None``; None asks for another draw.
    prompt, solution : callable
        Text from the variables; `solution` is the worked arithmetic.
    answer : callable
        Closed form of the answer.
    wrong : callable
        List of `WrongFormula`, in order of preference.
    spec : dict
        Answer type, see ``course_utils.answer_types``.
    """

    variables: Callable[[np.random.Generator], dict[str, Any] | None]
    prompt: Callable[..., str]
    answer: Callable[..., Any]
    wrong: Callable[..., list[WrongFormula]]
    solution: Callable[..., str]
    spec: dict[str, Any]


@dataclass(frozen=True)
class Variant:
    """One drawn drill."""

    drill_id: str
    variables: dict[str, Any]
    prompt: str
    answer: Any
    mistakes: tuple[WrongFormula, ...]
    solution: str
    spec: dict[str, Any]


def draw(template: Template, drill_id: str, student_id: str) -> Variant:
    """Return the variant of `template` for `student_id`: the same on every machine."""
    digest = hashlib.sha256(f"{student_id.strip()}:{drill_id}".encode()).digest()
    rng = np.random.default_rng(int.from_bytes(digest[:8], "big"))
    variables = None
    while variables is None:
        variables = template.variables(rng)
    answer = template.answer(**variables)
    # A wrong formula that happens to give the right number is no mistake here.
    mistakes = tuple(
        wrong
        for wrong in template.wrong(**variables)
        if canonical(wrong.value) != canonical(answer)
    )
    return Variant(
        drill_id=drill_id,
        variables=variables,
        prompt=template.prompt(**variables),
        answer=answer,
        mistakes=mistakes,
        solution=template.solution(**variables),
        spec=template.spec,
    )
