"""Where everything goes that a student's notebook has and the released one has not.

Added cells follow the nearest recognised cell before them. Two kinds move: earlier copies of an
answer run just before the one that counts, and code that answers an untouched answer cell runs
just after it, so that it comes before the test.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from grader.intake.recognise import Recognition

TOP = -1


@dataclass
class Placement:
    """What was decided, by index of the released cell (`TOP`: before all of them).

    Attributes
    ----------
    chosen : dict
        The submitted cell that counts, of those paired with a released cell.
    before, after : dict
        The submitted cells kept beside a released cell. One that answers several untouched
        answer cells stands after each of them.
    surplus : Counter
        How many copies without id were left out.
    kept : set
        Course cells whose edited version is kept.
    elsewhere : set
        Answer cells without an answer that another cell seems to answer.
    """

    chosen: dict[int, int]
    before: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    after: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    surplus: Counter[int] = field(default_factory=Counter)
    kept: set[int] = field(default_factory=set)
    elsewhere: set[int] = field(default_factory=set)


def place(found: Recognition) -> Placement:
    """Decide which submitted cells are kept, and where."""
    placement = Placement({i: _choose(found, i) for i in found.copies})
    added = _added(found, placement)
    homes = _homes(found, placement, added)
    for i, anchor in added.items():
        if i not in homes and _continues_unanswered(found, placement, anchor, i):
            placement.elsewhere.add(anchor)
        placement.after[homes.get(i, anchor)].append(i)
    for cells in placement.after.values():
        cells.sort()
    return placement


def _choose(found: Recognition, released: int) -> int:
    """Return the submitted cell that counts among those paired with a released one.

    For an answer the last one that holds one; otherwise an exact copy if there is one.
    """
    copies = found.copies[released]
    if found.skeleton.cells[released].role == "solution":
        answers = [i for i in copies if found.is_changed(released, i)]
        return answers[-1] if answers else copies[0]
    exact = (i for i in copies if found.texts[i] == found.released[released])
    return next(exact, copies[0])


def _added(found: Recognition, placement: Placement) -> dict[int, int]:
    """Return the added cells, each with the released cell it follows; place all others."""
    cells = found.skeleton.cells
    # A copy of plain code is kept: running it a second time may be what the student wants.
    left_out = {
        text: i
        for i, text in enumerate(found.released)
        if not (cells[i].role == "plain" and cells[i].cell_type == "code")
    }
    added, anchor = {}, TOP
    for i, text in enumerate(found.texts):
        released = found.released_of.get(i)
        if released is None:
            if text in left_out:
                placement.surplus[left_out[text]] += 1
            elif text.strip():
                added[i] = anchor
            continue
        counts = placement.chosen[released] == i
        is_answer = cells[released].role == "solution"
        if counts or is_answer:
            anchor = released
        if not found.is_changed(released, i):
            continue
        if is_answer and not counts:
            placement.before[released].append(i)
        elif not is_answer and _keeps_edits(found, released):
            placement.after[released].append(i)
            placement.kept.add(released)
    return added


def _keeps_edits(found: Recognition, released: int) -> bool:
    """Tell whether a student's version of a course cell stays in the notebook, below it.

    Text does, since it may hold an answer; so does plain code, which later answers may need.
    """
    cell = found.skeleton.cells[released]
    return cell.cell_type != "code" or cell.role == "plain"


def _homes(found: Recognition, placement: Placement, added: dict[int, int]) -> dict[int, int]:
    """Return the answer cell each added cell answers, for those that answer an unanswered one."""
    homes = {}
    answers = {i for i in placement.chosen.values() if i not in added}
    for released in found.skeleton.wanted:
        chosen = placement.chosen.get(released)
        if chosen is not None and found.is_changed(released, chosen):
            continue
        near = _near(found, placement, released)
        fits = sorted(
            i for i in found.defining(released) if i in near and found.cells[i].cell_type == "code"
        )
        own = [i for i in fits if i in added]
        for i in own:
            homes.setdefault(i, released)
        if not own and chosen is None:
            # Two answers merged into one cell: it answers this exercise too.
            own = [i for i in fits if i in answers and _is_answer(found, i)]
        if own:
            placement.elsewhere.add(released)
            if homes.get(own[-1]) != released:
                placement.after[released].append(own[-1])
    return homes


def _is_answer(found: Recognition, submitted: int) -> bool:
    released = found.released_of[submitted]
    is_solution = found.skeleton.cells[released].role == "solution"
    return is_solution and found.is_changed(released, submitted)


def _near(found: Recognition, placement: Placement, released: int) -> range:
    """Where to look for the answer: everywhere if its names are its own, else near by."""
    if found.skeleton.names_are_unique(released):
        return range(len(found.cells))
    if released not in placement.chosen:
        return found.gap(released)
    here = placement.chosen[released]
    others = [i for r, i in placement.chosen.items() if found.skeleton.cells[r].role == "solution"]
    start = max((i + 1 for i in others if i < here), default=0)
    return range(start, min((i for i in others if i > here), default=len(found.cells)))


def _continues_unanswered(
    found: Recognition, placement: Placement, anchor: int, submitted: int
) -> bool:
    """Tell whether an added text follows an untouched written answer."""
    if anchor == TOP:
        return False
    cell = found.skeleton.cells[anchor]
    return (
        cell.role == "solution"
        and cell.cell_type == found.cells[submitted].cell_type == "markdown"
        and not found.is_changed(anchor, placement.chosen[anchor])
    )
