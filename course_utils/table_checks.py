"""The immediate check of a table: which of its cells and claims hold."""

from __future__ import annotations

from typing import Any

from course_utils.answer_keys import cell_key, claim_key
from course_utils.answer_tables import Cells
from course_utils.sealed import unseal


def broken_claims(spec: dict[str, Any], cells: Cells) -> list[str]:
    """Return the names of the claims that do not hold in a table."""
    return [claim["name"] for claim in spec["claims"] if not _holds(claim, cells)]


def _holds(claim: dict[str, Any], cells: Cells) -> bool:
    row, column = claim["cell"]
    value, margin = cells[row][column], claim.get("margin", 0)
    if "at_least" in claim:
        return value >= _bound(claim["at_least"], cells) + margin
    return value <= _bound(claim["at_most"], cells) - margin


def _bound(bound: Any, cells: Cells) -> float:
    return cells[bound[0]][bound[1]] if isinstance(bound, list) else bound


def examine_table(entry: dict[str, Any], cells: Cells) -> tuple[str, str]:
    """Return a status and a sentence for the student; see ``checks.Result``.

    Parameters
    ----------
    entry : dict
        The exercise in the sealed table.
    cells : dict
        The table, read by ``answer_tables.read_table``.
    """
    spec = entry["spec"]

    def opened(key: str) -> dict[str, Any]:
        return unseal(entry["salt"], key, entry["sealed"]) or {}

    problems = []
    for column in spec["exact"]:
        for row in spec["rows"]:
            message = opened(cell_key(row, column, cells[row][column]))
            if "hint" in message:
                return "hint", message["hint"]
            if not message:
                problems.append(f"row {row}, column {column}")
    broken = broken_claims(spec, cells)
    for key in (claim_key(broken), *(claim_key([name]) for name in broken)):
        if broken and (message := opened(key)):
            return "hint", message["hint"]
    if problems:
        return "wrong", f"Not yet. Look again at {problems[0]}."
    if broken:
        return "wrong", f"Not yet. This does not hold: {broken[0]}."
    return "right", "Right."
