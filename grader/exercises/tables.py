"""Build the table of sealed messages that students get for the immediate check."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from course_utils.sealed import seal
from grader.exercises.definition import Exercise


def answer_table(exercises: list[Exercise]) -> dict[str, Any]:
    """Return ``{exercise id: {"spec", "salt", "sealed"}}``: no answer and no hint in the clear."""
    with ThreadPoolExecutor() as pool:
        return {exercise.id: _entry(exercise, pool) for exercise in exercises}


def table_text(exercises: list[Exercise]) -> str:
    """Return the table as the text of the shipped JSON file (the same bytes every time)."""
    return json.dumps(answer_table(exercises), indent=1, sort_keys=True) + "\n"


def _entry(exercise: Exercise, pool: ThreadPoolExecutor) -> dict[str, Any]:
    salt = f"convnet-course:{exercise.id}"
    messages = getattr(exercise, "messages", dict)()
    sealed = pool.map(lambda item: seal(salt, *item), messages.items())
    return {"spec": exercise.spec, "salt": salt, "sealed": dict(sorted(sealed))}
