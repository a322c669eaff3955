"""The released notebook as intake sees it: an ordered list of cells, each with its role."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal

from grader.intake.bindings import bound_names

Role = Literal["solution", "test", "locked", "task", "plain", "demonstration"]
TAG_DEMONSTRATION = "demonstration"
_RESERVED = re.compile(r"(plain|extra)-\d+")


@dataclass(frozen=True)
class SkeletonCell:
    """One released cell.

    `released` is what students received: submissions are compared with it, and it is the stub
    of an answer cell. `source` is what a rebuilt notebook holds; it differs from `released`
    only where the gradebook keeps hidden tests. `points` is None for cells without points.
    """

    key: str
    cell_type: Literal["code", "markdown", "raw"]
    source: str
    role: Role
    grade_id: str | None
    manual: bool
    points: float | None
    released: str


@dataclass(frozen=True)
class Skeleton:
    """The cells a course released, in their order.

    Raises
    ------
    ValueError
        When two cells share a key, or a grade id looks like a generated key.
    """

    cells: tuple[SkeletonCell, ...]

    def __post_init__(self):
        keys = set()
        for cell in self.cells:
            if cell.key in keys:
                raise ValueError(f"grade id {cell.key!r} is used by two cells of the release")
            if cell.grade_id is not None and _RESERVED.fullmatch(cell.grade_id):
                raise ValueError(f"grade id {cell.grade_id!r} is reserved; choose another one")
            keys.add(cell.key)

    @classmethod
    def from_notebook(cls, notebook: Mapping[str, Any]) -> Skeleton:
        """Read the released notebook (a dict in notebook format 4, or a NotebookNode).

        >>> cells = [{"cell_type": "code", "source": "x = 1", "metadata": {}}]
        >>> Skeleton.from_notebook({"cells": cells}).cells[0].key
        'plain-0'
        """
        if not isinstance(notebook.get("cells"), list):
            raise ValueError("the released notebook has no list of cells (notebook format 4)")
        return cls(tuple(_cell(raw, i) for i, raw in enumerate(notebook["cells"])))

    def with_sources(self, sources: Mapping[str, str]) -> Skeleton:
        """Return this skeleton with the gradebook's `sources` (by grade id), hidden tests and all.

        Answer cells keep their released stub: the gradebook's text may hold a marking scheme.

        Raises
        ------
        ValueError
            When the gradebook has cells the released notebook does not have.
        """
        unknown = sorted(set(sources) - {cell.grade_id for cell in self.cells})
        if unknown:
            raise ValueError(
                f"the gradebook has cells the released notebook lacks: {', '.join(unknown)}; "
                "run nbgrader generate_assignment again"
            )
        return Skeleton(
            tuple(
                replace(cell, source=sources[cell.grade_id])
                if cell.grade_id in sources and cell.role != "solution"
                else cell
                for cell in self.cells
            )
        )

    @cached_property
    def by_id(self) -> dict[str, int]:
        """Index of every cell that has a grade id."""
        return {c.grade_id: i for i, c in enumerate(self.cells) if c.grade_id is not None}

    @cached_property
    def wanted(self) -> dict[int, frozenset[str]]:
        """Names an answer to each code answer cell defines: its stub's, or else its grade id."""
        return {
            i: bound_names(cell.released) or frozenset({cell.grade_id or cell.key})
            for i, cell in enumerate(self.cells)
            if cell.role == "solution" and cell.cell_type == "code"
        }

    @cached_property
    def defined(self) -> tuple[frozenset[str], ...]:
        """Names each cell defines; for a code answer cell those its answer defines."""
        return tuple(
            self.wanted.get(i)
            or (bound_names(c.released) if c.cell_type == "code" else frozenset())
            for i, c in enumerate(self.cells)
        )

    def names_are_unique(self, index: int) -> bool:
        """Tell whether no other released cell defines a name the answer cell `index` asks for."""
        names = self.wanted[index]
        return not any(names & other for i, other in enumerate(self.defined) if i != index)


def _cell(raw: Mapping[str, Any], position: int) -> SkeletonCell:
    source = raw["source"] if isinstance(raw["source"], str) else "".join(raw["source"])
    metadata = raw.get("metadata", {})
    nbgrader = metadata.get("nbgrader", {})
    role = _role(nbgrader)
    if (
        role == "plain"
        and raw["cell_type"] == "code"
        and TAG_DEMONSTRATION in metadata.get("tags", [])
    ):
        role = "demonstration"
    grade_id = nbgrader.get("grade_id") if role not in ("plain", "demonstration") else None
    if grade_id is None and role not in ("plain", "demonstration"):
        raise ValueError(f"cell {position} of the released notebook is a {role} cell without id")
    return SkeletonCell(
        key=grade_id or f"plain-{position}",
        cell_type=raw["cell_type"],
        source=source,
        role=role,
        grade_id=grade_id,
        manual=role == "task" or (role == "solution" and bool(nbgrader.get("grade"))),
        points=nbgrader.get("points"),
        released=source,
    )


def _role(nbgrader: Mapping[str, Any]) -> Role:
    """Read the role off nbgrader's flags, as its own ``is_task``, ``is_solution`` ... do."""
    if nbgrader.get("task"):
        return "task"
    if nbgrader.get("solution"):
        return "solution"
    if nbgrader.get("grade"):
        return "test"
    return "locked" if nbgrader.get("locked") else "plain"
