"""The same submissions graded by stock nbgrader and by ours, one after the other in one run.

Usage: ``python -m grader bench [--students 40] [--assignment 03_max_pooling]``. Wall clock of the
plain command ``nbgrader autograde``, everything included; scores must be identical.
"""

from __future__ import annotations

import os
import tempfile
import time
from pathlib import Path

from bench_class import BenchClass
from rich.console import Console
from rich.table import Table


def compare(
    root: Path, assignment: str, students: int, console: Console, *, demonstrations: bool = True
) -> float:
    """Print the table and return how many times faster our grading was.

    Stock nbgrader runs the demonstrations (figures, training) that ours skips. Without
    `demonstrations` they are deleted from the submissions, and both run the same cells.

    Raises
    ------
    RuntimeError
        When a command fails, or when the two do not give the same scores.
    """
    seconds, scores = {}, {}
    with tempfile.TemporaryDirectory() as scratch:
        for kind, plugins in (("stock nbgrader", False), ("with our plugins", True)):
            one = BenchClass(
                root,
                Path(scratch) / ("ours" if plugins else "stock"),
                assignment,
                students,
                plugins=plugins,
                demonstrations=demonstrations,
            )
            start = time.perf_counter()
            one.nbgrader("autograde", assignment)
            seconds[kind] = time.perf_counter() - start
            scores[kind] = one.scores()
    stock, ours = seconds.values()
    if scores["stock nbgrader"] != scores["with our plugins"]:
        raise RuntimeError(f"the scores differ: {scores}")
    table = Table("grader", "seconds", "per submission", "ratio")
    kept = "" if demonstrations else " without demonstrations"
    table.title = f"{students} submissions of {assignment}{kept}, {os.cpu_count()} cores"
    for kind, wall in seconds.items():
        table.add_row(kind, f"{wall:.1f}", f"{wall / students:.2f}", f"{stock / wall:.1f}x")
    console.print(table)
    console.print(f"All {students} scores are identical.")
    return stock / ours
