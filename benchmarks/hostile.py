"""What the attack list does to stock nbgrader and to ours, side by side.

Usage: ``python -m grader bench --hostile`` (some minutes). Our plugins grade all attacks in one
class. Stock nbgrader has no isolation, so only attacks that harm nothing but their own grade are
run with it, each in a course of its own beside an honest student; for the others the table says
what is known. The table goes to docs/security.md.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

BEGIN = "<!-- The table is written by `python -m grader bench --hostile`. -->\n"
HEAD = "| # | what is submitted | honest | stock nbgrader | ours |\n|---:|---|---|---|---|\n"
TESTS = ("test1", "test2")
MOST = 4.0


def write_table(root: Path, console: Console) -> None:
    """Run the attacks, print the table and write it into docs/security.md."""
    # The attacks live with the tests; the repository is no package.
    sys.path.insert(0, str(root))
    from tests.hostile.course import ATTACKS, HostileCourse

    with tempfile.TemporaryDirectory() as scratch:
        possible = [attack for attack in ATTACKS if not attack.why_not]
        ours = _class(HostileCourse(Path(scratch, "ours")), possible)
        stock_course = HostileCourse(Path(scratch, "stock"), plugins=False)
        stock = {
            attack.number: _alone(stock_course, Path(scratch, f"stock-{attack.number}"), attack)
            for attack in track(possible, "Stock nbgrader", console=console, transient=True)
            if attack.module.SAFE
        }
    rows = []
    for attack in ATTACKS:
        known = f"*{attack.module.STOCK}*"
        measured = stock.get(attack.number)
        result = f"— {attack.why_not}" if attack.why_not else ours[attack.student]
        honest = "" if attack.why_not else f"{attack.honest:g}"
        rows.append((str(attack.number), attack.idea, honest, measured or known, result))
    _print(rows, console)
    _write(root / "docs" / "security.md", rows)


def _class(course, attacks: list) -> dict[str, str]:
    from tests.hostile.course import NAME

    for attack in attacks:
        attack.hand_in(course)
    done = course.nbgrader("autograde", NAME, check=False)
    scores = course.scores(NAME)
    end = "" if done.returncode == 0 else f" (exit {done.returncode})"
    return {attack.student: _points(scores.get(attack.student)) + end for attack in attacks}


def _alone(prepared, folder: Path, attack) -> str:
    """Grade one attack and an honest student with stock nbgrader."""
    from tests.hostile.course import NAME, RIGHT

    shutil.copytree(prepared.folder, folder)
    course = object.__new__(type(prepared))
    course.folder = folder
    attack.hand_in(course)
    course.hand_in("zz-honest", NAME, json.dumps(course.filled(RIGHT)).encode())
    course.nbgrader("autograde", NAME, check=False)
    scores = course.scores(NAME)
    shutil.rmtree(folder)
    honest = scores.get("zz-honest")
    hurt = (
        "" if honest and _points(honest) == f"{MOST:g}" else "; the honest classmate has no grade"
    )
    return f"{_points(scores.get(attack.student))}{hurt}"


def _points(scores: dict[str, float | None] | None) -> str:
    if scores is None or all(scores.get(name) is None for name in TESTS):
        return "no grade"
    return f"{sum(scores.get(name) or 0 for name in TESTS):g}"


def _print(rows: list[tuple], console: Console) -> None:
    table = Table("#", "what is submitted", "honest", "stock nbgrader", "ours", title="Attacks")
    for row in rows:
        table.add_row(*row)
    console.print(table)


def _write(page: Path, rows: list[tuple]) -> None:
    before, begin, _ = page.read_text(encoding="utf-8").partition(BEGIN)
    if not begin:
        raise RuntimeError(f"{page}: the line {BEGIN.strip()} is missing; the table goes below it.")
    cells = (" | ".join(cell.replace("|", "\\|") for cell in row) for row in rows)
    text = HEAD + "".join(f"| {line} |\n" for line in cells)
    page.write_text(f"{before}{BEGIN}\n{text}", encoding="utf-8")
