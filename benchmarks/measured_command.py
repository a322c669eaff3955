"""Run a command and measure it: wall clock, CPU, and the memory of its processes."""

from __future__ import annotations

import os
import resource
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter, time

import psutil

EVERY_SECONDS = 2.0
"""Seldom, for looking takes time that the command would have."""
MIB = 2**20


@dataclass
class Measured:
    """What one command cost. Memory is proportional: pages shared by forks count once."""

    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    command_mib: float = 0.0
    """Most memory of the command's own process: the recorder's."""
    helpers_mib: float = 0.0
    """Most memory of all processes below it together: launcher, zygote, runners, kernels."""
    first_seconds: float = 0.0
    """From the start of the command to the first grade, and below to the last."""
    last_seconds: float = 0.0
    kept_bytes: int = 0
    """Of answers, for grading again."""
    gradebook_bytes: int = 0
    began: float = field(default_factory=time)


def measured(command: list[str], folder: Path) -> Measured:
    """Run `command` in `folder` to its end.

    Raises
    ------
    RuntimeError
        When it fails; with the end of what it printed.
    """
    cost, before, start = Measured(), _cpu(), perf_counter()
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(process.pid, cost, ended))
    watcher.start()
    _, errors = process.communicate()
    cost.wall_seconds = perf_counter() - start
    ended.set()
    watcher.join()
    cost.cpu_seconds = _cpu() - before
    if process.returncode != 0:
        raise RuntimeError(f"{' '.join(command)} failed:\n{errors[-3000:]}")
    return cost


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(pid: int, cost: Measured, ended: threading.Event) -> None:
    while not ended.wait(EVERY_SECONDS):
        try:
            command = psutil.Process(pid)
            below = command.children(recursive=True)
        except psutil.Error:
            return
        cost.command_mib = max(cost.command_mib, _mib(command))
        cost.helpers_mib = max(cost.helpers_mib, sum(_mib(one) for one in below))


def _mib(process: psutil.Process) -> float:
    try:
        return process.memory_full_info().pss / MIB
    except psutil.Error:
        return 0.0


def first_and_last(folder: Path, began: float) -> tuple[float, float]:
    """Return after how many seconds the first and the last notebook below `folder` was written."""
    times = [os.stat(path).st_mtime - began for path in folder.glob("*/*/*.ipynb")]
    return min(times), max(times)
