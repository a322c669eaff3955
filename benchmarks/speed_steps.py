"""What `python -m grader bench --page` measures, step by step and round by round."""

from __future__ import annotations

import hashlib
import os
import platform
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path

import psutil
from grading_speed import as_handed_in, beside_bare, growth, means, medians, situations
from kept_steps import KeptSteps, Table
from recording_profile import profile
from rich.console import Console

TRAINING = 6
"""Submissions whose answers train."""
WHOLE = 2
"""Submissions that stock nbgrader grades with their demonstrations."""
PROFILED = 100
"""Submissions that are recorded under a profiler."""
GROWTHS = 2
"""So often in each round all sizes are graded: the machine's speed wavers from minute to minute.

A round's number is the mean of all its times. A median of short runs would be the speed of the
machine's more frequent minutes, and that of long runs, which span several, would not.
"""

ANEW = {
    "situations": "stock nbgrader and ours side by side",
    "growth": "larger classes",
    "beside_bare": "answers that train",
    "as_handed_in": "demonstrations",
    "profile": "where recording's time goes",
}
"""What can be measured again by itself, and what the page calls it."""


@dataclass(frozen=True)
class Wanted:
    """What to measure."""

    classes: tuple[str, ...]
    """Assignments of the class that stock nbgrader grades, too, `students` of each."""
    students: int
    growing: str
    """The assignment of ever larger classes, `sizes`."""
    sizes: tuple[int, ...]
    """In the order in which they are graded; small ones, soon over, several times a round."""
    training: str
    """An assignment whose answers train networks."""
    rounds: int
    """How often; stock nbgrader runs beside ours in each."""


@dataclass
class Found:
    """What was measured: medians of `rounds` rounds; demonstrations and the profile once."""

    wanted: Wanted
    machine: str
    rounds: int = 0
    days: list[str] = field(default_factory=list)
    classes: dict[str, Table] = field(default_factory=dict)
    larger: dict[int, Table] = field(default_factory=dict)
    each: dict[int, dict[str, float]] = field(default_factory=dict)
    """Seconds from one grade of `larger` classes to the next."""
    trained: Table = field(default_factory=dict)
    whole: dict[str, Table] = field(default_factory=dict)
    parts: Table = field(default_factory=dict)
    older: list[str] = field(default_factory=list)
    """What was measured before the code changed, by the names in `ANEW`."""


def measure(
    root: Path, wanted: Wanted, console: Console, *, resume: bool, anew: str = ""
) -> Iterator[Found]:
    """Yield what was found after each round.

    Each step is kept when it ends: a run that broke off is resumed with it. With `anew`, one of
    `ANEW`, that part is measured again and all others are kept, although the code changed.

    Raises
    ------
    RuntimeError
        When a command fails, when stock nbgrader and ours do not give the same scores, when what
        is to be resumed was measured with other settings, or when there is no such part.
    """
    if anew and not (resume and anew in ANEW):
        raise RuntimeError(f"--anew {anew}: with --resume, one of {', '.join(ANEW)}.")
    found, path = Found(wanted, _machine()), root / "benchmarks" / "grading_speed.json"
    kept = KeptSteps(path, _settings(root, found), resume=resume, anew=anew)

    def step(when: str, what: Callable[..., Table], assignment: str, size: int) -> Table:
        name = f"{when}: {what.__name__} {assignment} {size}"

        def now() -> Table:
            console.print(name)
            return what(root, assignment, size)

        return kept.step(name, now)

    rounds = defaultdict(list)
    for number in range(1, wanted.rounds + 1):
        times = defaultdict(list)
        for part in _parts_of_a_round(wanted):
            times[part].append(step(f"round {number}.{len(times[part]) + 1}", *part))
        for part, tables in times.items():
            rounds[part].append(means(tables))
        for part, tables in rounds.items():
            what, assignment, size = part
            if what is situations:
                found.classes[assignment] = medians(tables)
            elif what is growth:
                found.larger[size] = medians(tables)
                found.each[size] = _each(tables, size)
            else:
                found.trained = medians(tables)
        for one in wanted.classes:
            found.whole[one] = step("once", as_handed_in, one, WHOLE)
        found.parts = step("once", profile, wanted.growing, PROFILED)
        found.rounds, found.days, found.older = number, kept.days(), kept.older()
        yield found


def _each(tables: list[Table], size: int) -> dict[str, float]:
    """Return the median time from grade to grade; the start, and who ran first, are not in it."""
    at_once = {"first": os.cpu_count() or 1, "again": 1}
    return {
        name: statistics.median(
            (table[name].last_seconds - table[name].first_seconds) / max(size - begun, 1)
            for table in tables
        )
        for name, begun in at_once.items()
    }


def _parts_of_a_round(wanted: Wanted) -> Iterator[tuple[Callable[..., Table], str, int]]:
    for assignment in wanted.classes:
        yield situations, assignment, wanted.students
    for size in wanted.sizes * GROWTHS:
        yield growth, wanted.growing, size
    yield beside_bare, wanted.training, TRAINING


def _machine() -> str:
    return (
        f"{os.cpu_count()} cores, {psutil.virtual_memory().total / 2**30:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}, nbgrader "
        f"{version('nbgrader')}, Keras {version('keras')}"
    )


def _settings(root: Path, found: Found) -> dict[str, str | int | list]:
    """Return what the numbers depend on; more rounds of the same are no other settings."""
    chosen = asdict(found.wanted)
    del chosen["rounds"]
    plain = {name: list(one) if isinstance(one, tuple) else one for name, one in chosen.items()}
    return {**plain, "machine": found.machine, "code": _digest_of_code(root)}


def _digest_of_code(root: Path) -> str:
    digest = hashlib.sha256()
    for folder in ("grader", "course_utils", "solutions"):
        for path in sorted((root / folder).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()[:16]
