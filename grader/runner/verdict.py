"""Say in one word and one sentence how a run ended."""

from __future__ import annotations

import signal
from typing import Any

from .job import MIB, Limits

KILLED_BY_THE_SYSTEM = ("killed", "the system killed it, most likely because memory ran out")
"""How a run ended that got SIGKILL from none of us: `RunResult.ended` and `.detail`."""
# Exit code of the runner's own code when it fails, see `zygote`.
BROKEN = 70
_OVER_BUDGET = {
    "wall_time": "it took longer than {0.wall_seconds:g} seconds",
    "cpu_time": "it used more than {0.cpu_seconds:g} seconds of computing time",
    "memory": "it used more than {1:.0f} MiB of memory",
}
_KILLED = {
    "processes": "it started more than {0.processes} processes and threads",
    "disk": "it wrote more to disk than it may",
    "stopped": "the grader stopped it",
}


def explain(report: dict[str, Any], broken: str, limits: Limits) -> tuple[str, str]:
    """Return `RunResult.ended` and `.detail` of a run that did not get to its end.

    `report` is the zygote's, `broken` the reason why the grader ended the run, if it did.
    """
    cause, code = report["cause"], report["code"]
    if broken == "output":
        return "output", "it sent more data than it may"
    if broken:
        return "crashed", broken
    if cause == "signal" and report["cpu"] >= limits.cpu_seconds:
        cause = "cpu_time"
    if cause in _OVER_BUDGET:
        return cause, _OVER_BUDGET[cause].format(limits, limits.memory_bytes / MIB)
    if cause in _KILLED:
        return "killed", _KILLED[cause].format(limits)
    if cause == "exit" and code != BROKEN:
        return "exited", f"its code ended the process with exit code {code}"
    if cause == "exit":
        return "crashed", "its code broke the notebook shell"
    if code == signal.SIGKILL:
        return KILLED_BY_THE_SYSTEM
    return "crashed", f"it crashed with signal {code} ({signal.strsignal(code)})"
