"""What is killed while nbgrader grades, and when. Only processes started here are ever touched."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from tests.conftest import ROOT
from tests.crashes import cut
from tests.crashes.half_graded import CrashCourse
from tests.hostile.course import NAME

DEPTH = {"recorder": 0, "zygote": 2, "runner": 3}
"""Generations below nbgrader, which records: the launcher, the zygote, a submission's run."""


@dataclass(frozen=True)
class Blow:
    """Kill a `target` of `DEPTH` when `graded` notebooks of this run are written and a run goes on.

    It strikes `seconds` after that.
    """

    target: str
    graded: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Cut:
    """At statement `number` to the gradebook, lose the "connection" or be killed ("recorder")."""

    target: str
    number: int


def statements(course: CrashCourse) -> int:
    """Grade undisturbed, and return how many statements went to the gradebook."""
    counted = course.folder / "statements"
    process = _start(course, {cut.COUNTED: str(counted)})
    assert process.wait() == 0, _log(course)
    return int(counted.read_text())


def deal_cut(course: CrashCourse, one: Cut) -> str:
    """Grade, strike between two statements, wait until all is quiet; return nbgrader's log."""
    process = _start(course, {cut.NUMBER: str(one.number), cut.HOW: one.target})
    family = _Family(process)
    while process.poll() is None:
        family.look()
        time.sleep(0.01)
    family.wait_until_gone()
    # A lost connection costs the student that was at hand, and nbgrader says so.
    assert process.returncode == (1 if one.target == "connection" else -9), _log(course)
    return _log(course)


def deal(course: CrashCourse, blows: Iterable[Blow], chance: random.Random) -> list[Blow]:
    """Grade, deal `blows` in turn, wait until all is quiet; return those that struck.

    One does not strike if grading is over before its moment.
    """
    began, struck = time.time(), []
    process = _start(course)
    family = _Family(process)
    for blow in blows:
        while process.poll() is None:
            family.look()
            runs = family.generation(DEPTH["runner"])
            if not runs or course.written_since(began) < blow.graded:
                time.sleep(0.005)
                continue
            time.sleep(blow.seconds)
            victims = family.generation(DEPTH[blow.target])
            if victims and _kill(chance.choice(victims)):
                struck.append(blow)
                break
    while process.poll() is None:
        family.look()
        time.sleep(0.01)
    family.wait_until_gone()
    killed = any(blow.target == "recorder" for blow in struck)
    assert process.returncode == (-9 if killed else 0), (struck, _log(course))
    return struck


def _start(course: CrashCourse, more: Mapping[str, str] | None = None) -> subprocess.Popen:
    # A file, since nobody reads while we wait for the moment.
    with Path(course.folder, "log").open("w") as log:
        return subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "nbgrader", "autograde", NAME],
            cwd=course.folder,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(more or {})},
            stdout=log,
            stderr=log,
        )


def _log(course: CrashCourse) -> str:
    return Path(course.folder, "log").read_text()


def _kill(victim: psutil.Process) -> bool:
    """Kill, and tell whether it lived until then."""
    try:
        if victim.status() == psutil.STATUS_ZOMBIE:
            return False
        victim.kill()
    except psutil.NoSuchProcess:
        return False
    return True


class _Family:
    """A process and everything that was ever seen to descend from it."""

    def __init__(self, first: subprocess.Popen):
        self._first = psutil.Process(first.pid)
        self._seen: set[psutil.Process] = set()

    def look(self) -> None:
        try:
            self._seen |= set(self._first.children(recursive=True))
        except psutil.NoSuchProcess:
            pass  # it ended

    def generation(self, depth: int) -> list[psutil.Process]:
        """Return the living descendants `depth` below the first process."""
        found = [self._first]
        for _ in range(depth):
            found = [child for parent in found for child in _children(parent)]
        return found

    def wait_until_gone(self) -> None:
        """The kernel ends what a killed grader has started."""
        _, alive = psutil.wait_procs(self._seen, timeout=20)
        assert not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


def _children(process: psutil.Process) -> list[psutil.Process]:
    try:
        return process.children()
    except psutil.NoSuchProcess:
        return []
