"""The checker process: limits itself, then runs one test cell after another.

It holds the course's tests and answers and never any student code. It is started with nothing of
the grader's environment and ends when the grader hangs up.
"""

from __future__ import annotations

import contextlib
import os
import resource
import socket
from pathlib import Path
from typing import Any

from grader.checker.channel import Channel, ChannelClosed
from grader.checker.evaluate import evaluate
from grader.runner import linux
from grader.runner.job import Limits
from grader.runner.limits import apply_rlimits


def main(descriptor: int) -> None:
    """Serve the grader at the other end of the socket `descriptor`."""
    linux.die_with_parent()
    linux.set_dumpable(False)
    channel = Channel(socket.socket(fileno=descriptor))
    with contextlib.suppress(ChannelClosed):
        limits = Limits(**channel.receive())
        apply_rlimits(limits, own_count=False)
        most = tasks_of_user() + limits.processes
        hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
        if hard != resource.RLIM_INFINITY:
            most = min(most, hard)
        resource.setrlimit(resource.RLIMIT_NPROC, (most, most))

        def ask(request: dict[str, Any]) -> dict[str, Any]:
            channel.send(request)
            return channel.receive()

        while True:
            test = channel.receive()
            channel.send({"done": evaluate(test, ask)})


def tasks_of_user() -> int:
    """Return how many processes and threads this user has: what the kernel counts."""
    tasks = 0
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if process.stat().st_uid == os.getuid():
                tasks += len(os.listdir(process / "task"))
    return tasks
