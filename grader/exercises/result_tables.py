"""Exercises whose answer is a table of results, with named rows and columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from course_utils.answer_keys import cell_key, claim_key
from course_utils.answer_tables import Cells, describe_table, read_table
from course_utils.answer_types import Unanswered, Unsuitable, canonical, normalise
from course_utils.function_examples import Outcome
from course_utils.table_checks import broken_claims
from grader.exercises.definition import Exercise, Mistake, Part, Verdict

DESCRIBE_TABLE = "course_utils.answer_tables.describe_table"
Cell = tuple[str, str]
"""Row label and column."""


@dataclass(frozen=True)
class Claim:
    """What must hold of a cell. The prompt says it, so students may see it.

    Parameters
    ----------
    name : str
        As in "This does not hold: the network of depth 30 fails".
    cell : (row, column)
    at_least, at_most : float or (row, column)
        Give one of them.
    margin : float
        By how much at least the cell must be above or below.
    """

    name: str
    cell: Cell
    at_least: float | Cell | None = None
    at_most: float | Cell | None = None
    margin: float = 0.0

    def __post_init__(self) -> None:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError(f"claim {self.name!r}: give at_least or at_most, and not both.")

    @property
    def spec(self) -> dict[str, Any]:
        """Return it as JSON."""
        side = "at_least" if self.at_most is None else "at_most"
        bound = getattr(self, side)
        bound = list(bound) if isinstance(bound, tuple) else bound
        return {"name": self.name, "cell": list(self.cell), side: bound, "margin": self.margin}


@dataclass(frozen=True, eq=False)
class Table(Exercise):
    """A table of results, such as a pandas DataFrame; each right part earns its share.

    Parameters
    ----------
    columns : dict
        Kind by name: ``"whole"``, ``"fraction"`` (0 to 1), ``"positive"``, ``"text"``, ``"flag"``.
    rows : tuple of str
        Labels, in any order in the answer.
    key : str, optional
        The column that holds the labels; without it they are the table's index.
    answer : dict
        A right table, ``{column: [value, ...]}`` or, without `key`, ``{column: {row: value}}``.
        Only its `exact` columns are demanded.
    exact : tuple of str
        Columns in which each value must be that of `answer`.
    claims : tuple of Claim
        What must hold of the other columns.

    The `values` of a mistake are wrong tables, written as `answer` is. A table is recognised by
    a wrong cell that it shares with one of them, or by the claims that break.
    """

    columns: Mapping[str, str] = field(kw_only=True)
    rows: tuple[str, ...] = field(kw_only=True)
    key: str | None = field(default=None, kw_only=True)
    answer: Mapping[str, Any] = field(kw_only=True)
    exact: tuple[str, ...] = field(default=(), kw_only=True)
    claims: tuple[Claim, ...] = field(default=(), kw_only=True)

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {
            "type": "table",
            "columns": dict(self.columns),
            "rows": list(self.rows),
            "key": self.key,
            "exact": list(self.exact),
            "claims": [claim.spec for claim in self.claims],
        }

    def cells(self, table: Mapping[str, Any]) -> Cells:
        """Return the cells of a table."""
        return read_table(self.spec, describe_table(table))

    def grade(self, value: Any) -> Verdict:
        """Return the verdict for a table in this process; see ``describe_table``."""
        return self._grade(lambda: normalise(self.spec, value))

    def grade_outcome(self, outcome: Outcome) -> Verdict:
        """Return the verdict for what came of asking the runner for a description."""
        if outcome.error in ("Timeout", "NotReached"):
            return self.verdict("wrong", "Your table could not be read in time.")
        if outcome.error is not None:
            return self.verdict("wrong", outcome.message, mistake="unsuitable value")
        return self._grade(lambda: read_table(self.spec, outcome.value))

    def _grade(self, read: Any) -> Verdict:
        try:
            cells = read()
        except Unanswered:
            return self.verdict("unanswered", "Not answered.")
        except Unsuitable as problem:
            return self.verdict("wrong", str(problem), mistake="unsuitable value")
        parts = self._parts(cells)
        if all(part.passed for part in parts):
            return self.verdict("right", "Right.", share=1.0, parts=parts)
        share = sum(part.passed for part in parts) / len(parts)
        mistake = self.recognise(cells)
        failed = next(part.name for part in parts if not part.passed)
        return self.verdict(
            "partly" if share else "wrong",
            f"Not yet. {mistake.hint}" if mistake else f"Not yet: {failed}.",
            share=share,
            mistake=mistake.label if mistake else None,
            parts=parts,
        )

    def _parts(self, cells: Cells) -> tuple[Part, ...]:
        right, broken = self.cells(self.answer), broken_claims(self.spec, cells)
        columns = [
            Part(f"column {name}", all(_same(cells, right, row, name) for row in self.rows))
            for name in self.exact
        ]
        claims = [Part(claim.name, claim.name not in broken) for claim in self.claims]
        return (*columns, *claims)

    def recognise(self, cells: Cells) -> Mistake | None:
        """Return the typical mistake that a table shows."""
        found = self.messages_by_key
        keys = [cell_key(r, c, cells[r][c]) for c in self.exact for r in self.rows]
        broken = broken_claims(self.spec, cells)
        if broken:
            keys += [claim_key(broken), *(claim_key([name]) for name in broken)]
        return next((found[key] for key in keys if key in found), None)

    @property
    def messages_by_key(self) -> dict[str, Mistake]:
        """Return the mistakes by what gives them away."""
        right, found = self.cells(self.answer), {}
        for mistake in self.mistakes:
            for wrong in map(self.cells, mistake.values):
                for name in self.exact:
                    for row in self.rows:
                        if not _same(wrong, right, row, name):
                            found.setdefault(cell_key(row, name, wrong[row][name]), mistake)
                broken = broken_claims(self.spec, wrong)
                if broken:
                    found.setdefault(claim_key(broken), mistake)
        return found

    def messages(self) -> dict[str, dict[str, Any]]:
        """Return what the immediate check says, by key (see ``course_utils.sealed``)."""
        right = self.cells(self.answer)
        rights = {cell_key(r, c, right[r][c]): {"right": True} for c in self.exact for r in right}
        hints = {key: {"hint": mistake.hint} for key, mistake in self.messages_by_key.items()}
        return {**hints, **rights}


def _same(cells: Cells, others: Cells, row: str, column: str) -> bool:
    return canonical(cells[row][column]) == canonical(others[row][column])
