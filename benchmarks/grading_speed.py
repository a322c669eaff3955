"""How long a class takes: the bare cells, stock nbgrader, and ours in every situation.

Usage: ``python -m grader bench --page`` (hours with the default sizes, nearly all of them stock
nbgrader's). Everything is measured in one run on the same submissions, which are all different.
Writes docs/benchmarks.md and the plot beside it.
"""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

import matplotlib
import psutil
from bench_class import BenchClass
from measured_command import Measured, first_and_last, measured
from rich.console import Console

HERE = Path(__file__).parent
CHANGE = """
from dataclasses import replace

from grader.exercises import NumberList

_changed = next(e for e in EXERCISES if isinstance(e, NumberList))
_other = replace(_changed, answer=[number + 1 for number in _changed.answer])
EXERCISES = [_other if e is _changed else e for e in EXERCISES]
"""
COLUMNS = ("situation", "seconds", "per submission", "CPU seconds", "first grade", "last grade",
           "recorder", "all others", "times stock")  # fmt: skip
EXPLANATION = """\
*Bare cells*: the code cells of each submission, without demonstrations, in a fork of a process
that has imported TensorFlow already, {cores} at once; no isolation, no check, nothing written.
*Stock*: `nbgrader autograde` without our plugins. *Ours, cold*: the same command with them,
everything included. *Ours, warm*: a second class in the same process, as behind formgrader's
button. *Nothing changed*: the command typed again. *Changed definition*: `--force` after the
teacher changed a right answer in `exercises.py`; the kept answers are checked again. Memory is in
MiB and proportional (pages shared by forked processes count once): "recorder" is the process of
the command, "all others" what it started. Where stock nbgrader ran, its scores and ours were
compared and are the same. Everything was measured once, one situation after the other.
"""


def write_page(root: Path, assignments: list[str], sizes: list[int], most_stock: int,
               console: Console) -> None:  # fmt: skip
    """Measure every assignment at every size, stock nbgrader up to `most_stock`, and write.

    Raises
    ------
    RuntimeError
        When a command fails, or when stock nbgrader and ours do not give the same scores.
    """
    text = (
        "# How fast grading is\n\n"
        "Written by `python -m grader bench --page`; nothing in it is typed. "
        f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}, nbgrader {version('nbgrader')}, "
        f"Keras {version('keras')}.\n\n" + EXPLANATION.format(cores=os.cpu_count())
    )
    growth: dict[str, dict[int, float]] = {}
    for assignment in assignments:
        for size in sizes:
            console.print(f"{assignment}, {size} submissions ...")
            rows = _situations(root, assignment, size, size <= most_stock)
            growth.setdefault(assignment, {})[size] = rows["ours, cold"].wall_seconds / size
            text += f"\n## {assignment}, {size} submissions\n\n" + _table(rows, size)
    if len(sizes) > 1:
        _plot(growth, root / "docs" / "images" / "grading_growth.png")
        text += (
            "\n## A larger class\n\n![Seconds per submission by class size.]"
            "(images/grading_growth.png)\n\n"
            "Seconds per submission of a cold run; the start is shared by the whole class.\n"
        )
    (root / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")


def _situations(root: Path, assignment: str, size: int, with_stock: bool) -> dict[str, Measured]:
    rows = {}
    with tempfile.TemporaryDirectory() as scratch:
        ours = BenchClass(root, Path(scratch, "ours"), assignment, size)
        rows["bare cells"] = _bare(ours)
        if with_stock:
            stock = BenchClass(root, Path(scratch, "stock"), assignment, size, plugins=False)
            rows["stock"] = _autograde(stock)
        rows["ours, cold"] = _autograde(ours)
        if with_stock and stock.scores() != ours.scores():
            raise RuntimeError(f"the scores differ: {stock.scores()} {ours.scores()}")
        rows["nothing changed"] = _autograde(ours, changed=False)
        before = ours.scores()
        with open(ours.folder / "solutions" / assignment / "exercises.py", "a") as definitions:
            definitions.write(CHANGE)
        rows["changed definition"] = _autograde(ours, "--force")
        if ours.scores() == before:
            raise RuntimeError("the changed definition changed no score")
        warm = BenchClass(root, Path(scratch, "warm"), assignment, size)
        config = warm.folder / "nbgrader_config.py"
        with config.open("a") as file:
            file.write("c.Grader.stored_runs_gib = 0\nc.Autograde.force = True\n")
        rows["ours, warm"] = _warm(warm)
    return rows


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


def _told(command: list[str], folder: Path, told: str) -> Measured:
    """Run a script that prints the seconds it means."""
    done = subprocess.run(
        command, cwd=folder, input=told, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr[-3000:]}")
    return Measured(wall_seconds=float(done.stdout.split()[-1]))


def _table(rows: dict[str, Measured], size: int) -> str:
    text = f"| {' | '.join(COLUMNS)} |\n|---{'|---:' * (len(COLUMNS) - 1)}|\n"
    stock = rows.get("stock")
    for situation, cost in rows.items():
        times = f"{stock.wall_seconds / cost.wall_seconds:.1f}" if stock else ""
        cells = (
            situation, f"{cost.wall_seconds:.1f}", f"{cost.wall_seconds / size:.3f}",
            _known(cost.cpu_seconds), _known(cost.first_seconds), _known(cost.last_seconds),
            _known(cost.command_mib, 0), _known(cost.helpers_mib, 0), times,
        )  # fmt: skip
        text += f"| {' | '.join(cells)} |\n"
    return text


def _known(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}" if value else ""


def _plot(growth: dict[str, dict[int, float]], path: Path) -> None:
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    for marker, (assignment, seconds) in zip("osD^v", growth.items(), strict=False):
        axes.plot(list(seconds), list(seconds.values()), marker=marker, label=assignment)
    axes.set(
        xscale="log", xlabel="submissions", ylabel="seconds per submission", ylim=(0, None),
        xticks=sorted({size for one in growth.values() for size in one}),
    )  # fmt: skip
    axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_formatter("")
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110)
