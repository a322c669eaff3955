"""Say what had to be repaired to fit a submission into the released notebook."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence

from grader.intake import repairs
from grader.intake.placement import Placement
from grader.intake.recognise import Recognition
from grader.intake.repairs import Repair, repair

_NOUNS = {
    "solution": "answer cell",
    "test": "test cell",
    "locked": "locked cell",
    "task": "task cell",
}
_TYPE_NAMES = {"markdown": "text", "code": "code", "raw": "raw"}
_FOUND = {
    "names": repairs.ANSWER_BY_NAMES,
    "similar": repairs.ANSWER_BY_TEXT,
    "position": repairs.ANSWER_BY_POSITION,
}
# A few exercises with the same wording do not make it the same notebook.
_SAME_NOTEBOOK = 0.2


def explain(found: Recognition, placement: Placement) -> list[Repair]:
    """Return every repair, the general ones first, then cell by cell in the released order."""
    told = []
    if found.unknown_ids:
        told.append(repair(repairs.UNKNOWN_IDS, cells=repairs.cells(found.unknown_ids)))
    cells = found.skeleton.cells
    if not any(text.strip() for text in found.texts):
        told.append(repair(repairs.EMPTY_NOTEBOOK))
    elif _is_different(found):
        told.append(repair(repairs.DIFFERENT_NOTEBOOK))
    else:
        moved = _moved(found, placement.chosen)
        told += _course_cells(found, placement, moved)
        for i in range(len(cells)):
            told += _cell(found, placement, i, i in moved)
        return told
    return told + [
        repair(repairs.ANSWER_MISSING, cell.grade_id)
        for i, cell in enumerate(cells)
        if cell.role == "solution" and i not in found.copies
    ]


def _is_different(found: Recognition) -> bool:
    """Tell whether only wording that many notebooks share was recognised."""
    graded = [i for i, cell in enumerate(found.skeleton.cells) if cell.grade_id is not None]
    if not graded:
        return not found.copies
    sure = any(found.how.get(i) in ("id", "names") for i in graded) or found.typed_over
    by_text = sum(found.how.get(i) in ("text", "similar") for i in graded)
    return not sure and by_text < _SAME_NOTEBOOK * len(graded)


def _moved(found: Recognition, chosen: dict[int, int]) -> set[int]:
    """Released cells outside a longest run of cells that kept their order."""
    order = sorted(chosen)
    return {order[i] for i in _out_of_order([found.copies[i][0] for i in order])}


def _out_of_order(places: Sequence[int]) -> set[int]:
    """Indices that are left over when a longest increasing subsequence is taken out.

    >>> _out_of_order([0, 9, 1, 2])
    {1}
    """
    ends, end_at, previous = [], [], []
    for i, place in enumerate(places):
        at = bisect_left(ends, place)
        previous.append(end_at[at - 1] if at else None)
        ends[at : at + 1] = [place]
        end_at[at : at + 1] = [i]
    kept, i = set(), end_at[-1] if end_at else None
    while i is not None:
        kept.add(i)
        i = previous[i]
    return set(range(len(places))) - kept


def _course_cells(found: Recognition, placement: Placement, moved: set[int]) -> Iterator[Repair]:
    """Count what happened to the cells that have no id of their own, and to lost ids."""
    restored = edited = demonstrations = lost = 0
    for i, cell in enumerate(found.skeleton.cells):
        chosen = placement.chosen.get(i)
        if cell.role in ("plain", "demonstration"):
            if chosen is None:
                restored += bool(found.released[i].strip())
            else:
                restored += i in moved
                edited += i in placement.kept
                changed = found.is_changed(i, chosen)
                demonstrations += cell.role == "demonstration" and changed
        elif cell.role != "solution" or found.how.get(i) == "text":
            lost += found.how.get(i, "id") != "id"
    for kind, count in (
        (repairs.IDS_LOST, lost),
        (repairs.COURSE_CELLS_RESTORED, restored),
        (repairs.COURSE_CELLS_EDITED, edited),
        (repairs.DEMONSTRATION_EDITED, demonstrations),
    ):
        if count:
            yield repair(kind, cells=repairs.cells(count))


def _cell(found: Recognition, placement: Placement, i: int, moved: bool) -> Iterator[Repair]:
    cell = found.skeleton.cells[i]
    if cell.grade_id is None:
        return
    what = _NOUNS[cell.role]
    if cell.role == "solution":
        yield from _answer(found, placement, i)
    else:
        yield from _locked(found, placement, i, what)
    if moved:
        yield repair(repairs.CELL_MOVED, cell.grade_id, what=what)


def _answer(found: Recognition, placement: Placement, i: int) -> Iterator[Repair]:
    cell = found.skeleton.cells[i]
    if i in placement.elsewhere:
        yield repair(repairs.ANSWER_ELSEWHERE, cell.grade_id)
    elif i not in placement.chosen:
        yield repair(repairs.ANSWER_MISSING, cell.grade_id)
    if i not in placement.chosen:
        return
    how, copies = found.how[i], found.copies[i]
    if how in _FOUND:
        yield repair(_FOUND[how], cell.grade_id)
    if len(copies) > 1:
        yield repair(repairs.ANSWER_DUPLICATED, cell.grade_id, count=len(copies))
    was = found.cells[placement.chosen[i]].cell_type
    if was != cell.cell_type:
        names = {"was": _TYPE_NAMES[was], "now": _TYPE_NAMES[cell.cell_type]}
        yield repair(repairs.TYPE_RESTORED, cell.grade_id, **names)


def _locked(found: Recognition, placement: Placement, i: int, what: str) -> Iterator[Repair]:
    cell = found.skeleton.cells[i]
    copies = len(found.copies.get(i, ())) + placement.surplus[i]
    if i in found.typed_over.values():
        yield repair(repairs.ANSWER_IN_LOCKED_CELL, cell.grade_id, what=what)
    elif i not in placement.chosen:
        yield repair(repairs.CELL_DELETED, cell.grade_id, what=what)
    elif _is_edited(found, i, placement.chosen[i]):
        kept = " and kept your version below it" if i in placement.kept else ""
        yield repair(repairs.CELL_EDITED, cell.grade_id, what=what, kept=kept)
    if copies > 1:
        yield repair(repairs.CELL_DUPLICATED, cell.grade_id, what=what, count=copies)


def _is_edited(found: Recognition, i: int, submitted: int) -> bool:
    same_type = found.cells[submitted].cell_type == found.skeleton.cells[i].cell_type
    return found.texts[submitted] != found.released[i] or not same_type
