"""Put a submission's answers into the released notebook.

The result has every released cell exactly once and in its order. From the submission come only
the text of the answer cells and, as cells of their own with role ``extra``, what a student added.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Literal

from grader.intake import repairs
from grader.intake.document import Unreadable
from grader.intake.explain import explain
from grader.intake.placement import TOP, place
from grader.intake.reader import UNKNOWN, CellType, SubmittedNotebook
from grader.intake.recognise import Recognition, recognise
from grader.intake.repairs import Repair, repair
from grader.intake.skeleton import Role, Skeleton


@dataclass(frozen=True)
class RebuiltCell:
    """One cell of a rebuilt notebook.

    `position` is the cell's place in the submission, None where nothing was taken from it.
    `answered` is True for answer cells whose text is neither blank nor the released stub.
    """

    key: str
    role: Role | Literal["extra"]
    cell_type: CellType
    source: str
    grade_id: str | None = None
    manual: bool = False
    answered: bool = False
    position: int | None = None


@dataclass(frozen=True)
class Rebuilt:
    """The canonical notebook of a submission and everything that was repaired on the way."""

    cells: list[RebuiltCell]
    repairs: list[Repair]


def rebuild(skeleton: Skeleton, submitted: SubmittedNotebook | Unreadable) -> Rebuilt:
    """Return the released notebook with the answers of a submission in it; never raises.

    Parameters
    ----------
    skeleton : Skeleton
        What the course released.
    submitted : SubmittedNotebook or Unreadable
        What `read_submission` returned. An unreadable file gives an unanswered notebook.

    Examples
    --------
    >>> released = {"cells": [{"cell_type": "code", "source": "x = ...",
    ...     "metadata": {"nbgrader": {"grade_id": "x", "solution": True}}}]}
    >>> from grader.intake import read_submission
    >>> handed_in = read_submission(b'{"cells": [{"cell_type": "code", "source": "x = 3"}]}')
    >>> rebuilt = rebuild(Skeleton.from_notebook(released), handed_in)
    >>> [(cell.role, cell.source) for cell in rebuilt.cells]
    [('solution', 'x = 3')]
    >>> [repair.kind for repair in rebuilt.repairs]
    ['answer_by_names']
    """
    if isinstance(submitted, Unreadable):
        why = repair(repairs.UNREADABLE, reason=submitted.reason, remedy=submitted.remedy)
        return Rebuilt(rebuild(skeleton, SubmittedNotebook((), (), UNKNOWN)).cells, [why])
    found = recognise(skeleton, submitted.cells)
    placement = place(found)
    cells, uses = [], Counter()

    def add(extras: list[int]) -> None:
        for i in extras:
            cells.append(_extra(found, i, uses[i]))
            uses[i] += 1

    add(placement.after[TOP])
    for i in range(len(skeleton.cells)):
        add(placement.before[i])
        cells.append(_released(found, i, placement.chosen.get(i)))
        add(placement.after[i])
    return Rebuilt(cells, [*submitted.repairs, *explain(found, placement)])


def _released(found: Recognition, released: int, submitted: int | None) -> RebuiltCell:
    cell = found.skeleton.cells[released]
    taken = cell.role == "solution" and submitted is not None
    return RebuiltCell(
        key=cell.key,
        role=cell.role,
        cell_type=cell.cell_type,
        source=found.cells[submitted].source if taken else cell.source,
        grade_id=cell.grade_id,
        manual=cell.manual,
        answered=taken and found.is_changed(released, submitted),
        position=found.cells[submitted].position if taken else None,
    )


def _extra(found: Recognition, submitted: int, uses: int) -> RebuiltCell:
    cell = found.cells[submitted]
    return RebuiltCell(
        key=f"extra-{cell.position}" + (f"-{uses + 1}" if uses else ""),
        role="extra",
        cell_type=cell.cell_type,
        source=cell.source,
        position=cell.position,
    )
