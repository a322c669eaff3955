"""Which submitted cell is which released cell.

In this order, each step using what the earlier ones found:

1. by grade id (several cells may carry the same one);
2. by the same text;
3. answer cells by the names they define, an unchanged stub by its text between its neighbours;
4. by similar text;
5. by place between recognised neighbours: demonstrations that still look alike, and answers.

Names come before similar text because stubs of neighbouring exercises are often similar.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Literal

from grader.intake.bindings import bound_names
from grader.intake.reader import SubmittedCell
from grader.intake.similarity import alike_pairs, normalised, ratio
from grader.intake.skeleton import Skeleton

How = Literal["id", "text", "names", "similar", "position"]
_ALIKE_IN_PLACE = 0.6
_CANDIDATES_IN_PLACE = 5


class Recognition:
    """The pairing of released cells (by index) with submitted cells (by index)."""

    def __init__(self, skeleton: Skeleton, cells: Sequence[SubmittedCell]):
        self.skeleton = skeleton
        self.cells = cells
        self.texts = [normalised(cell.source) for cell in cells]
        self.names = [bound_names(cell.source) for cell in cells]
        self.released = [normalised(cell.released) for cell in skeleton.cells]
        self._defining = defaultdict(set)
        for i, names in enumerate(self.names):
            for name in names:
                self._defining[name].add(i)
        self.copies: dict[int, list[int]] = {}
        self.released_of: dict[int, int] = {}
        self.how: dict[int, How] = {}
        self.typed_over: dict[int, int] = {}
        self.unknown_ids = 0

    def claim(self, released: int, submitted: int, how: How) -> None:
        """Pair two cells; more than one submitted cell may be paired with a released one."""
        self.copies.setdefault(released, []).append(submitted)
        self.released_of[submitted] = released
        self.how[released] = how

    def is_changed(self, released: int, submitted: int) -> bool:
        """Tell whether a submitted cell holds text other than the released one."""
        text = self.texts[submitted]
        return bool(text.strip()) and text != self.released[released]

    def missing(self) -> list[int]:
        """Released cells nothing is paired with yet."""
        return [i for i in range(len(self.released)) if i not in self.copies]

    def is_free(self, submitted: int) -> bool:
        """Tell whether a submitted cell has text and is not paired yet."""
        return submitted not in self.released_of and bool(self.texts[submitted].strip())

    def free(self) -> list[int]:
        """All free submitted cells."""
        return [i for i in range(len(self.cells)) if self.is_free(i)]

    def gap(self, released: int) -> range:
        """Submitted cells between those paired with the released cells before and after."""
        before = (i for i in range(released - 1, -1, -1) if i in self.copies)
        after = (i for i in range(released + 1, len(self.released)) if i in self.copies)
        previous, following = next(before, None), next(after, None)
        start = 0 if previous is None else self.copies[previous][0] + 1
        end = len(self.cells) if following is None else self.copies[following][0]
        return range(start, end)

    def free_in_gap(self, released: int) -> list[int]:
        """Free submitted cells between the neighbours of a released cell."""
        return [i for i in self.gap(released) if self.is_free(i)]

    def defining(self, released: int) -> set[int]:
        """Submitted cells that define at least one name the answer asks for, or its id."""
        names = self.skeleton.wanted[released] | {self.skeleton.cells[released].grade_id}
        return set().union(*(self._defining.get(name, ()) for name in names))

    def match(self, released: int, submitted: int) -> float:
        """Return the share of the names an answer must define that a submitted cell does."""
        wanted, names = self.skeleton.wanted[released], self.names[submitted]
        if self.skeleton.cells[released].grade_id in names:
            return 1.0
        return len(wanted & names) / len(wanted)


def recognise(skeleton: Skeleton, cells: Sequence[SubmittedCell]) -> Recognition:
    """Pair the cells of a submission with those of the release, see the module's steps."""
    found = Recognition(skeleton, cells)
    _by_id(found)
    _release_typed_over(found)
    _by_text(found)
    _by_names(found)
    _stubs_in_place(found)
    _by_similar_text(found)
    _demonstrations_in_place(found)
    _answers_in_place(found)
    return found


def _by_id(found: Recognition) -> None:
    for i, cell in enumerate(found.cells):
        if cell.grade_id is None:
            continue
        released = found.skeleton.by_id.get(cell.grade_id)
        if released is None:
            found.unknown_ids += 1
        else:
            found.claim(released, i, "id")


def _release_typed_over(found: Recognition) -> None:
    """Free code that a student typed over a test, locked or task cell: it may be an answer.

    Over a text cell any code is; over a test only what defines the names of an exercise that
    is not answered in its own cell.
    """
    open_names = frozenset().union(
        *(
            names
            for i, names in found.skeleton.wanted.items()
            if not any(found.is_changed(i, copy) for copy in found.copies.get(i, ()))
        )
    )
    for released, copies in list(found.copies.items()):
        cell = found.skeleton.cells[released]
        if cell.role == "solution":
            continue
        own = found.skeleton.defined[released]
        for copy in list(copies):
            over_text = cell.cell_type != "code" and found.is_changed(released, copy)
            answers = found.names[copy] & open_names - own
            if found.cells[copy].cell_type == "code" and (over_text or answers):
                copies.remove(copy)
                del found.released_of[copy]
                found.typed_over[copy] = released
        if not copies:
            del found.copies[released], found.how[released]


def _by_text(found: Recognition) -> None:
    """Pair equal texts; stubs that are released several times are left to `_stubs_in_place`."""
    where = defaultdict(list)
    for i in found.free():
        where[found.texts[i]].append(i)
    times = Counter(found.released)
    for released in found.missing():
        cell, text = found.skeleton.cells[released], found.released[released]
        if times[text] == 1 and where[text]:
            best = min(where[text], key=lambda i: (found.cells[i].cell_type != cell.cell_type, i))
            found.claim(released, best, "text")
    for released in found.missing():
        free = [i for i in where[found.released[released]] if i not in found.released_of]
        if free and found.skeleton.cells[released].role != "solution":
            place = found.gap(released)
            inside = [i for i in free if i in place]
            found.claim(released, (inside or free)[0], "text")


def _by_names(found: Recognition) -> None:
    """Pair answers with the cells that define their names: in place first, then anywhere.

    Among cells that fit equally well the last one counts, as in a run from top to bottom; the
    first one where other exercises ask for the same names and need a cell each.
    """
    for anywhere in (False, True):
        for released in found.missing():
            if released not in found.skeleton.wanted:
                continue
            unique = found.skeleton.names_are_unique(released)
            if anywhere and not unique:
                continue
            place = range(len(found.cells)) if anywhere else found.gap(released)
            fits = [i for i in found.defining(released) if i in place and found.is_free(i)]
            if fits:
                ranks = ((found.match(released, i), i if unique else -i, i) for i in fits)
                found.claim(released, max(ranks)[-1], "names")


def _stubs_in_place(found: Recognition) -> None:
    for released in found.missing():
        same = (
            i for i in found.free_in_gap(released) if found.texts[i] == found.released[released]
        )
        if (first := next(same, None)) is not None:
            found.claim(released, first, "text")


def _by_similar_text(found: Recognition) -> None:
    pairs = alike_pairs(
        [(i, found.released[i]) for i in found.missing() if found.released[i]],
        [(i, found.texts[i]) for i in found.free()],
    )
    for released, submitted in pairs:
        if released in found.copies or submitted in found.released_of:
            continue
        cell = found.skeleton.cells[released]
        same_type = cell.cell_type == found.cells[submitted].cell_type
        if same_type or cell.role != "solution":
            found.claim(released, submitted, "similar")


def _demonstrations_in_place(found: Recognition) -> None:
    """Pair demonstrations that were changed a lot, so that they are not run as extra code."""
    for released in found.missing():
        text = found.released[released]
        if found.skeleton.cells[released].role != "demonstration":
            continue
        for i in found.free_in_gap(released)[:_CANDIDATES_IN_PLACE]:
            comparable = len(text) / 3 < len(found.texts[i]) < len(text) * 3
            is_code = found.cells[i].cell_type == "code"
            if is_code and comparable and ratio(text, found.texts[i]) >= _ALIKE_IN_PLACE:
                found.claim(released, i, "position")
                break


def _answers_in_place(found: Recognition) -> None:
    """Pair missing answers with free cells between their neighbours, in order.

    The neighbours must be those of the release: a recognised cell directly before or after the
    missing answers. Nothing is paired when there are fewer cells than answers. A written answer
    may stand in a cell of any type, if there is none of its own.
    """
    groups = defaultdict(list)
    for released in found.missing():
        cell = found.skeleton.cells[released]
        if cell.role == "solution" and _touches_recognised(found, released):
            place = found.gap(released)
            groups[place.start, place.stop, cell.cell_type].append(released)
    for (start, stop, cell_type), answers in groups.items():
        free = [i for i in range(start, stop) if found.is_free(i)]
        same_type = [i for i in free if found.cells[i].cell_type == cell_type]
        if same_type or cell_type == "code":
            free = same_type
        if len(free) >= len(answers):
            for released, submitted in zip(answers, free, strict=False):
                found.claim(released, submitted, "position")


def _touches_recognised(found: Recognition, released: int) -> bool:
    """Tell whether only other missing answers stand between `released` and a recognised cell."""
    cells = found.skeleton.cells
    for others in (range(released - 1, -1, -1), range(released + 1, len(cells))):
        for i in others:
            if i in found.copies:
                return True
            if cells[i].role != "solution":
                break
    return False
