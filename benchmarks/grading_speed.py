"""Every way to grade a class, one after the other in one run: bare cells, stock nbgrader, ours."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from bench_class import BenchClass
from kept_steps import Table
from measured_command import Measured, first_and_last, measured

HERE = Path(__file__).parent
CHANGE = """
from dataclasses import replace

from grader.exercises import NumberList

_changed = next(e for e in EXERCISES if isinstance(e, NumberList))
_other = replace(_changed, answer=[number + {by} for number in _changed.answer])
EXERCISES = [_other if e is _changed else e for e in EXERCISES]
"""
CLICKS = 10
CHANGES = (1, -1, 1)
"""What is over in seconds is measured so often; right answers grow by this and are right again."""


def situations(root: Path, assignment: str, size: int) -> Table:
    """Return what each way to grade `size` submissions cost.

    Stock nbgrader gets them without demonstrations: it would run them, and ours does not.

    Raises
    ------
    RuntimeError
        When a command fails, or when stock nbgrader and ours do not give the same scores.
    """
    rows = {}
    with tempfile.TemporaryDirectory() as scratch:
        ours = BenchClass(root, Path(scratch, "ours"), assignment, size)
        rows["bare cells"] = _bare(ours)
        folder = Path(scratch, "stock")
        stock = BenchClass(root, folder, assignment, size, plugins=False, demonstrations=False)
        rows["stock"] = _autograde(stock)
        rows["ours, cold"] = _autograde(ours)
        if stock.scores() != ours.scores():
            raise RuntimeError(f"the scores differ: {stock.scores()} {ours.scores()}")
        rows["nothing changed"] = _together([_autograde(ours, changed=False) for _ in CHANGES])
        rows["changed definition"] = _together([_changed_definition(ours, by) for by in CHANGES])
        warm = BenchClass(root, Path(scratch, "warm"), assignment, size)
        config = warm.folder / "nbgrader_config.py"
        with config.open("a") as file:
            file.write("c.Grader.stored_runs_gib = 0\nc.Autograde.force = True\n")
        rows["ours, warm"] = _warm(warm)
        rows.update(_clicks(warm))
    return rows


def _changed_definition(ours: BenchClass, by: int) -> Measured:
    """Change a right answer `by` a number, and return what grading the class again cost."""
    before = ours.scores()
    with open(ours.folder / "solutions" / ours.assignment / "exercises.py", "a") as definitions:
        definitions.write(CHANGE.format(by=by))
    cost = _autograde(ours, "--force")
    if ours.scores() == before:
        raise RuntimeError("the changed definition changed no score")
    return cost


def as_handed_in(root: Path, assignment: str, size: int) -> Table:
    """Return what stock nbgrader costs for whole submissions, demonstrations and all."""
    with tempfile.TemporaryDirectory() as scratch:
        stock = BenchClass(root, Path(scratch), assignment, size, plugins=False)
        return {"stock": _autograde(stock)}


def growth(root: Path, assignment: str, size: int) -> Table:
    """Return what our grading of `size` submissions cost, first and again with kept answers."""
    with tempfile.TemporaryDirectory() as scratch:
        ours = BenchClass(root, Path(scratch, "ours"), assignment, size)
        rows = {"first": _autograde(ours), "again": _autograde(ours, "--force")}
        classroom = ours.folder / "classroom"
        rows["first"].kept_bytes = sum(
            path.stat().st_size for path in (classroom / "runs").rglob("*") if path.is_file()
        )
        rows["first"].gradebook_bytes = (classroom / "gradebook.db").stat().st_size
    return rows


def beside_bare(root: Path, assignment: str, size: int) -> Table:
    """Return what the bare cells of `size` submissions cost, and our grading of them."""
    with tempfile.TemporaryDirectory() as scratch:
        ours = BenchClass(root, Path(scratch, "ours"), assignment, size)
        return {"bare cells": _bare(ours), "ours, cold": _autograde(ours)}


def medians(rounds: list[Table]) -> Table:
    """Return the median of each number over the rounds."""
    return {name: _together([one[name] for one in rounds]) for name in rounds[0]}


def means(times: list[Table]) -> Table:
    """Return the mean of each number over the times it was measured in one round."""
    return {name: _together([one[name] for one in times], statistics.fmean) for name in times[0]}


def _together(
    costs: list[Measured], statistic: Callable[[list[float]], float] = statistics.median
) -> Measured:
    names = [field.name for field in fields(Measured)]
    return Measured(**{name: statistic([getattr(cost, name) for cost in costs]) for name in names})


def _autograde(one: BenchClass, *arguments: str, changed: bool = True) -> Measured:
    cost = measured(one.command("autograde", one.assignment, *arguments), one.folder)
    if changed:
        graded = one.folder / "classroom" / "autograded"
        cost.first_seconds, cost.last_seconds = first_and_last(graded, cost.began)
    return cost


def _bare(one: BenchClass) -> Measured:
    return _told(
        [sys.executable, str(HERE / "bare_execution.py"), str(os.cpu_count())],
        one.folder,
        json.dumps(one.cells()),
    )


def _warm(one: BenchClass) -> Measured:
    script = str(HERE / "warm_grading.py")
    first = one.submissions[0].student
    return _told([sys.executable, "-W", "ignore", script, one.assignment, first], one.folder, "")


def _clicks(one: BenchClass) -> Table:
    students = [submission.student for submission in one.submissions[: CLICKS + 1]]
    script = str(HERE / "formgrader_clicks.py")
    command = [sys.executable, "-W", "ignore", script, one.assignment, *students]
    said = json.loads(_output(command, one.folder, ""))
    return {name: Measured(wall_seconds=seconds) for name, seconds in said.items()}


def _told(command: list[str], folder: Path, told: str) -> Measured:
    """Run a script that prints the seconds it means."""
    return Measured(wall_seconds=float(_output(command, folder, told).split()[-1]))


def _output(command: list[str], folder: Path, told: str) -> str:
    done = subprocess.run(
        command, cwd=folder, input=told, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return done.stdout
