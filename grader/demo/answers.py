"""Fill a released notebook with answers, from the instructor's solution."""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import Any

from course_utils.drills import draw, drill_ids
from grader.demo.saved import Notebook, cell_of

_MARKERS = re.compile(r"^\s*### (BEGIN|END) SOLUTION.*\n?", re.M)
ESSAY = (
    "In my own words: the first layer answers to short edges in one direction, and the second "
    "layer puts such edges together into corners and curves. Each window looks at the windows of "
    "the layer before, so a small stack of small windows sees a large piece of the picture, and "
    "the patterns grow with it."
)


def read_notebook(path: Path) -> Notebook:
    """Return a notebook's JSON with every source as one text."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"])
    return notebook


def is_answer(cell: dict[str, Any]) -> bool:
    """Tell whether a released cell is one that students fill in."""
    return bool(cell["metadata"].get("nbgrader", {}).get("solution"))


def answered(released: Notebook, solution: Notebook, student: str) -> Notebook:
    """Return the released notebook as `student` hands it in with every answer right."""
    filled = copy.deepcopy(released)
    for cell in filter(is_answer, filled["cells"]):
        grade_id = cell["metadata"]["nbgrader"]["grade_id"]
        if cell["cell_type"] == "markdown":
            cell["source"] = ESSAY
        elif grade_id == "student_id":
            cell["source"] = f'STUDENT_ID = "{student}"'
        elif grade_id in drill_ids():
            cell["source"] = f"{grade_id} = {draw(grade_id, student).answer!r}"
        else:
            cell["source"] = _MARKERS.sub("", cell_of(solution, grade_id)["source"])
    return filled


def with_answers(notebook: Notebook, answers: dict[str, str]) -> Notebook:
    """Return `notebook` with other sources in some answer cells."""
    changed = copy.deepcopy(notebook)
    for grade_id, source in answers.items():
        cell_of(changed, grade_id)["source"] = source
    return changed


def unanswered(notebook: Notebook, released: Notebook, grade_ids: list[str]) -> Notebook:
    """Return `notebook` with the released stubs back in some answer cells."""
    stubs = {grade_id: cell_of(released, grade_id)["source"] for grade_id in grade_ids}
    return with_answers(notebook, stubs)
