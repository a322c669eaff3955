"""Kernel limits on a student's process, and what a run uses at the moment."""

from __future__ import annotations

import os
import resource
import signal
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from .job import Limits

_MOST_FILES = 20_000
_MANY = 32  # processes
_PAGE = os.sysconf("SC_PAGE_SIZE")
_TICKS = os.sysconf("SC_CLK_TCK")


def apply_rlimits(limits: Limits, *, own_count: bool) -> None:
    """Limit this process and its descendants for good.

    `own_count` says that the kernel counts this run's processes apart from all others; otherwise
    the limit on processes is left to the supervisor.
    """
    bounds = {
        resource.RLIMIT_AS: limits.memory_bytes,
        # The supervisor adds up the CPU time of all processes; this is for when it is late.
        resource.RLIMIT_CPU: int(limits.cpu_seconds) + 2,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: 1024,
        resource.RLIMIT_CORE: 1,  # 0 would still feed a core dump to a program, 1 does not
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_MEMLOCK: 64 * 1024,
        resource.RLIMIT_RTPRIO: 0,
        resource.RLIMIT_SIGPENDING: 1024,
    }
    if own_count:
        bounds[resource.RLIMIT_NPROC] = limits.processes
    for name, bound in bounds.items():
        hard = resource.getrlimit(name)[1]
        allowed = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
        resource.setrlimit(name, (allowed, allowed))


@dataclass
class Usage:
    """What the processes of one run use together."""

    pids: dict[int, int] = field(default_factory=dict)  # with the resident bytes of each
    cpu_seconds: float = 0.0
    resident_bytes: int = 0
    tasks: int = 0

    def memory_bytes(self) -> int:
        """Return the run's share of memory; pages shared with the zygote count in part.

        Must be called by the zygote.
        """
        if len(self.pids) > _MANY:
            # Shares are counted under locks that a storm of forks holds nearly all the time.
            own = int(Path("/proc/self/statm").read_text().split()[1]) * _PAGE
            return own + sum(max(0, resident - own) for resident in self.pids.values())
        total = 0
        for pid, resident in self.pids.items():
            try:
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
            except PermissionError:  # it hides from us: count what it shares as well
                total += resident
            except OSError:  # it ended meanwhile
                continue
            else:
                shares = (int(line.split()[1]) for line in lines if line.startswith("Pss:"))
                total += sum(shares) * 1024
        return total


def usage_by_run(firsts: Iterable[int]) -> dict[int, Usage]:
    """Return usage per run, keyed by its first process."""
    parents: dict[int, int] = {}
    stats: dict[int, list[bytes]] = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as file:
                # The name in parentheses is the student's choice and may contain anything.
                fields = file.read().rpartition(b")")[2].split()
        except OSError:
            continue
        parents[int(name)] = int(fields[1])
        stats[int(name)] = fields
    usage = {pid: Usage() for pid in firsts}
    for pid, fields in stats.items():
        ancestor = pid
        for _ in parents:  # a bound: numbers may be reused while we read
            if ancestor in usage:
                break
            ancestor = parents.get(ancestor, 0)
        if ancestor in usage:
            entry = usage[ancestor]
            entry.pids[pid] = int(fields[21]) * _PAGE
            entry.cpu_seconds += sum(map(int, fields[11:15])) / _TICKS
            entry.tasks += int(fields[17])
            entry.resident_bytes += entry.pids[pid]
    return usage


def disk_bytes(folder: str) -> float:
    """Return how much disk the files below `folder` use; very many count as infinitely much.

    Raises
    ------
    OSError
        If a folder cannot be looked into.
    """
    total, files = 0, 0
    waiting = [folder]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for entry in entries:
                files += 1
                if files > _MOST_FILES:
                    return float("inf")
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
                total += entry.stat(follow_symlinks=False).st_blocks * 512
    return total


def written_bytes(pids: Iterable[int]) -> tuple[int, set[int]]:
    """Return how much these processes, and the children they have collected, wrote to disk.

    It sees what `disk_bytes` cannot: files that are deleted and still held. With it come the
    processes that cannot be looked into.
    """
    total, closed = 0, set()
    for pid in pids:
        try:
            lines = Path(f"/proc/{pid}/io").read_text().splitlines()
        except PermissionError:
            if not _has_ended(pid):
                closed.add(pid)
            continue
        except OSError:
            continue  # it ended meanwhile
        total += sum(int(line.split()[1]) for line in lines if line.startswith("write_bytes:"))
    return total, closed


def _has_ended(pid: int) -> bool:
    """Return whether a process only waits for its parent to notice."""
    try:
        return Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()[0] in b"ZX"
    except OSError:
        return True


def wait_for_guards() -> None:
    """Wait until no child is left: guards end by themselves when their zygote has gone."""
    while True:
        try:
            os.wait()
        except ChildProcessError:
            return


def end_strays(known: Container[int] = ()) -> None:
    """Kill all children of this process but `known`, and what those children leave to it."""
    while strays := [pid for pid in _children() if pid not in known]:
        for pid in strays:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _children() -> list[int]:
    """Return this process's children (its only thread's, that is)."""
    return [int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()]
