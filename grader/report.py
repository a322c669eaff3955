"""Results of a class and item analysis, read from the autograded notebooks."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class SubmissionReport:
    """What grading found out about one submission.

    ``earned`` of ``automatic`` points are graded already, ``by_hand`` points wait for a person.
    """

    student: str
    assignment: str
    earned: float
    automatic: float
    by_hand: float
    seconds: float
    notes: tuple[str, ...]
    verdicts: tuple[dict[str, Any], ...]
    unreadable: bool


def read_reports(folder: Path, assignment: str = "*") -> Iterator[SubmissionReport]:
    """Yield a report for each autograded notebook of the course in `folder`."""
    for path in sorted((folder / "classroom" / "autograded").glob(f"*/{assignment}/*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        found = notebook["metadata"].get("grader")
        if found is None:
            continue
        verdicts = tuple(v for group in found["verdicts"].values() for v in group)
        graded = [cell["metadata"].get("nbgrader", {}) for cell in notebook["cells"]]
        by_hand = sum(g.get("points", 0) for g in graded if g.get("grade") and g.get("solution"))
        notes = [repair["text"] for repair in found["repairs"]]
        notes += [f"{note['grade_id']}: {note['text']}" for note in found.get("notes", ())]
        yield SubmissionReport(
            student=path.parent.parent.name,
            assignment=path.parent.name,
            earned=sum(verdict["earned"] for verdict in verdicts),
            automatic=sum(verdict["points"] for verdict in verdicts),
            by_hand=by_hand,
            seconds=found["seconds"],
            notes=tuple(notes + ([found["detail"]] if found["detail"] else [])),
            verdicts=verdicts,
            unreadable=found["unreadable"],
        )


@dataclass(frozen=True)
class ItemReport:
    """How a class did in one exercise: share of its points (None: it has none), and mistakes."""

    exercise: str
    answers: int
    share: float | None
    mistakes: tuple[tuple[str, float], ...]


def item_analysis(reports: list[SubmissionReport]) -> list[ItemReport]:
    """Return one line per exercise: "31 % forgot the bias"."""
    by_exercise: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for report in reports:
        for verdict in report.verdicts:
            by_exercise[verdict["exercise"]].append(verdict)
    items = []
    for exercise, verdicts in by_exercise.items():
        possible = sum(verdict["points"] for verdict in verdicts)
        mistakes = Counter(v["mistake"] for v in verdicts if v["mistake"])
        items.append(
            ItemReport(
                exercise=exercise,
                answers=sum(verdict["status"] != "unanswered" for verdict in verdicts),
                share=sum(v["earned"] for v in verdicts) / possible if possible else None,
                mistakes=tuple((m, n / len(verdicts)) for m, n in mistakes.most_common(3)),
            )
        )
    return items
