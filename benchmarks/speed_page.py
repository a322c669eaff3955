"""Writes docs/benchmarks.md, its plot, and the README's sentence about them."""

from __future__ import annotations

import os
import re
import shlex
import sys
import textwrap
from collections import Counter
from itertools import pairwise
from pathlib import Path

import matplotlib
from grading_speed import CHANGES
from kept_steps import Table
from measured_command import Measured
from speed_steps import ANEW, GROWTHS, PROFILED, TRAINING, WHOLE, Found, Wanted

COLUMNS = ("situation", "seconds", "per submission", "CPU seconds", "first grade", "last grade",
           "recorder", "all others", "times stock")  # fmt: skip
ROUNDS = (
    "Every number is the median of {} rounds, in each of which what a table compares ran one after "
    "the other, and some of it more than once: *nothing changed* and *changed definition* {} "
    "times, {}; of larger classes a round's number is the mean, for a machine's speed wavers from "
    "minute to minute. Demonstrations and the profile were measured once."
)
ONCE = "Everything was measured in one round, one after the other."
GROWING = (
    "*Each*: seconds from one grade to the next, which is from the first to the last, divided by "
    "how many submissions came after those that ran first, side by side. No start is in it; nor, "
    "which flatters a class of 10, the reading of the next few while the first one runs. *Each "
    "further*: the difference to the run with the class above it, divided by how many submissions "
    "more there are."
)
COMPARED = ("ours, cold", "nothing changed", "changed definition")
MARKS = ("<!-- written by bench -->", "<!-- end -->")
EXPLANATION = """\
*Bare cells*: the code cells of each submission, without demonstrations, in a fork of a process
that has imported TensorFlow already, {cores} at once; no isolation, no check, nothing written.
*Stock*: `nbgrader autograde` without our plugins. *Ours, cold*: the same command with them,
everything included. *Ours, warm*: a second class in the same process, nothing kept from before.
*Nothing changed*: the command typed again. *Changed definition*: `--force` after the teacher
changed a right answer in `exercises.py`; the kept answers are checked again. Memory is in MiB and
proportional (pages shared by forked processes count once): "recorder" is the process of the
command, "all others" what it started. Ours skips the notebooks' demonstrations (figures, training
to look at), which earn no points; stock nbgrader would run them. Its submissions come **without
them**, so that both run the same cells; what they add for stock nbgrader stands further down.
Stock's scores and ours were compared and are the same.

{often}
"""


def write_page(root: Path, found: Found) -> None:
    """Write the page, its plot and the README's sentence."""
    tables, size = found.classes, found.wanted.students
    everything = _sum(tables)
    sentence = _sentence(everything, found.wanted)
    page = f"# How fast grading is\n\n{MARKS[0]}\n{sentence}\n{MARKS[1]}\n\n{_setting(found)}"
    for assignment, rows in tables.items():
        page += f"\n## {assignment}, {size} submissions\n\n" + _situations(rows, size)
    page += f"\n## All of these, {size} submissions of each\n\n"
    page += _situations(everything, size * len(tables))
    page += "\n## formgrader's button\n\n" + _clicks(tables)
    page += "\n## What demonstrations add for stock nbgrader\n\n" + _whole(found)
    growing = found.wanted.growing
    page += f"\n## Larger classes ({growing}, ours)\n\n" + _larger(found)
    training = f"{found.wanted.training}, {TRAINING} submissions"
    page += f"\n## Answers that train ({training})\n\n" + _trained(found.trained)
    recording = f"{growing}, {PROFILED} submissions"
    page += f"\n## Where recording's time goes ({recording})\n\n" + _parts(found.parts)
    _plot(found.larger, root / "docs" / "images" / "grading_growth.png")
    (root / "docs" / "benchmarks.md").write_text(page, encoding="utf-8")
    _quote(root / "README.md", sentence)


def _setting(found: Found) -> str:
    sizes = Counter(found.wanted.sizes * GROWTHS)
    repeated = ", ".join(f"a class of {size} ({times} times)" for size, times in sizes.items())
    often = ROUNDS.format(found.rounds, len(CHANGES), repeated) if found.rounds > 1 else ONCE
    often = textwrap.fill(often + _older(found), 100)
    return (
        f"Written by `python -m grader {shlex.join(sys.argv[1:])}`; nothing in it is typed. "
        f"{found.machine}; measured on {' and '.join(found.days)}.\n\n"
    ) + EXPLANATION.format(cores=os.cpu_count(), often=often)


def _older(found: Found) -> str:
    """Say what was measured before the code changed."""
    if not found.older:
        return ""
    older = [ANEW[one] for one in found.older]
    newer = [name for one, name in ANEW.items() if one not in found.older]
    return (
        f" The grader's code changed during the measurements. With the newest: {', '.join(newer)}. "
        f"Before the change: {', '.join(older)}."
    )


def _sum(tables: dict[str, Table]) -> Table:
    """Return what all assignments together cost; the most memory of any."""
    added = {}
    for name in next(iter(tables.values())):
        costs = [rows[name] for rows in tables.values()]
        added[name] = Measured(
            wall_seconds=sum(cost.wall_seconds for cost in costs),
            cpu_seconds=sum(cost.cpu_seconds for cost in costs),
            command_mib=max(cost.command_mib for cost in costs),
            helpers_mib=max(cost.helpers_mib for cost in costs),
        )
    return added


def _sentence(rows: Table, wanted: Wanted) -> str:
    stock = rows["stock"].wall_seconds
    times = {name: f"{stock / cost.wall_seconds:.0f}" for name, cost in rows.items()}
    numbers = [name.split("_")[0] for name in wanted.classes]
    return (
        f"{wanted.students} submissions of each of notebooks {', '.join(numbers)} took stock "
        f"nbgrader {stock / 60:.1f} minutes, although spared the demonstrations that ours skips, "
        f"and ours {rows['ours, cold'].wall_seconds:.0f} seconds "
        f"({times['ours, cold']} times faster); {rows['nothing changed'].wall_seconds:.0f} when "
        f"nothing had changed ({times['nothing changed']} times), and "
        f"{rows['changed definition'].wall_seconds:.0f} after a right answer was changed "
        f"({times['changed definition']} times); {os.cpu_count()} cores."
    )


def _quote(readme: Path, sentence: str) -> None:
    """Write the sentence between the README's marks, indented as they are."""
    text = readme.read_text(encoding="utf-8")
    begin, end = map(re.escape, MARKS)

    def quoted(found: re.Match) -> str:
        indent = found[1]
        lines = textwrap.fill(sentence, 100, initial_indent=indent, subsequent_indent=indent)
        return f"{indent}{MARKS[0]}\n{lines}\n{indent}{MARKS[1]}"

    written = re.sub(f"^( *){begin}\n.*?^ *{end}", quoted, text, flags=re.S | re.M)
    readme.write_text(written, encoding="utf-8")


def _situations(rows: Table, size: int) -> str:
    stock = rows["stock"].wall_seconds
    return _table(COLUMNS, [
        (name, f"{cost.wall_seconds:.1f}", f"{cost.wall_seconds / size:.3f}",
         _known(cost.cpu_seconds), _known(cost.first_seconds), _known(cost.last_seconds),
         _known(cost.command_mib, 0), _known(cost.helpers_mib, 0),
         f"{stock / cost.wall_seconds:.1f}")
        for name, cost in rows.items() if "click" not in name and name != "others wait"
    ])  # fmt: skip


def _clicks(tables: dict[str, Table]) -> str:
    names = ("first click", "click", "others wait")
    rows = [
        (assignment, *(f"{rows[name].wall_seconds:.2f}" for name in names))
        for assignment, rows in tables.items()
    ]
    return (
        "Seconds until one student is graded again, nothing kept: the first click, which starts "
        "the grading\nprocess, and the median of those that follow; and the longest time the "
        "Jupyter server's loop stood\nstill meanwhile for everybody else.\n\n"
    ) + _table(("", "first click", "later clicks", "others wait"), rows)


def _whole(found: Found) -> str:
    size, rows = found.wanted.students, []
    tables = {**found.classes, "all of these": _sum(found.classes)}
    whole = {name: costs["stock"].wall_seconds / WHOLE for name, costs in found.whole.items()}
    whole["all of these"] = sum(whole.values())
    for name, table in tables.items():
        seconds = (table["stock"].wall_seconds / size, whole[name])
        times = (whole[name] * size / table[ours].wall_seconds for ours in COMPARED)
        rows.append((name, *(f"{one:.1f}" for one in seconds), *(f"{one:.0f}" for one in times)))
    return (
        f"Seconds of stock nbgrader per submission, with demonstrations measured on {WHOLE}; and, "
        f"for {size} with\nthem, as students hand them in, how many times as long as ours that is."
        "\n\n"
    ) + _table(("", "without", "with", *COMPARED), rows)


def _larger(found: Found) -> str:
    sizes = sorted(found.larger)
    memory = [
        (
            str(size), f"{first.command_mib:.0f}", f"{first.helpers_mib:.0f}",
            f"{first.kept_bytes / size / 1000:.0f}", f"{first.gradebook_bytes / size / 1000:.0f}",
        )
        for size in sizes
        for first in (found.larger[size]["first"],)
    ]  # fmt: skip
    return (
        textwrap.fill(GROWING, 100)
        + "\n\nFirst grading. "
        + _from_to(found, "first")
        + "\n\n"
        + _costs(found, sizes, "first")
        + "\nAgain, which is `--force` with kept answers: reading, checking and recording without "
        "students' code.\n"
        + _from_to(found, "again")
        + "\n\n"
        + _costs(found, sizes, "again")
        + "\nMemory in MiB, and KB on disk for each submission.\n\n"
        + _table(("submissions", "recorder", "all others", "kept answers", "gradebook"), memory)
        + "\n![Seconds of a run by class size, grading first and again.]"
        "(images/grading_growth.png)\n"
    )


def _from_to(found: Found, name: str) -> str:
    """Say how far apart the costs of one submission lie in classes of all sizes."""
    each = [costs[name] for costs in found.each.values()]
    least, most = min(each), max(each)
    middle = (least + most) / 2
    return (
        f"From {min(found.each)} to {max(found.each)} submissions, each costs {least:.3f} to "
        f"{most:.3f} s: {middle:.3f} s ± {(most / middle - 1) * 100:.1f} %."
    )


def _costs(found: Found, sizes: list[int], name: str) -> str:
    rows, further = [], {sizes[0]: ("", "")}
    for small, large in pairwise(sizes):
        less, more = found.larger[small][name], found.larger[large][name]
        further[large] = (
            f"{(more.wall_seconds - less.wall_seconds) / (large - small):.3f}",
            f"{(more.cpu_seconds - less.cpu_seconds) / (large - small):.3f}",
        )
    for size in sizes:
        seconds = found.larger[size][name].wall_seconds
        rows.append((str(size), f"{seconds:.1f}", f"{found.each[size][name]:.3f}", *further[size]))
    return _table(("submissions", "seconds", "each", "each further", "its CPU seconds"), rows)


def _trained(rows: Table) -> str:
    bare, ours = rows["bare cells"].wall_seconds, rows["ours, cold"].wall_seconds
    return (
        f"Bare cells {bare:.1f} s, ours {ours:.1f} s with everything, the start included: "
        f"{(ours / bare - 1) * 100:+.0f} %.\n"
    )


def _parts(parts: Table) -> str:
    rows = [(part, f"{cost.wall_seconds:.1f}") for part, cost in parts.items()]
    return (
        "Seconds under Python's cProfile, which makes everything slower, of `--force` with kept "
        "answers.\n\n"
    ) + _table(("part", "seconds"), rows)


def _table(columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    head = f"| {' | '.join(columns)} |\n|---{'|---:' * (len(columns) - 1)}|\n"
    return head + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _known(value: float, digits: int = 1) -> str:
    return f"{value:.{digits}f}" if value else ""


def _plot(classes: dict[int, Table], path: Path) -> None:
    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
    sizes = sorted(classes)
    for name, marker, label in (("first", "o", "first grading"), ("again", "s", "kept answers")):
        seconds = [classes[size][name].wall_seconds for size in sizes]
        axes.plot(sizes, seconds, marker=marker, label=label)
    axes.set(xlabel="submissions", ylabel="seconds", xlim=(0, None), ylim=(0, None))
    axes.grid(alpha=0.3)
    axes.legend()
    figure.savefig(path, dpi=110)
