"""Take known work in a process that starts, and has to end, as nbgrader's command does.

Nothing is forked beside threads that other tests left behind, and an end that never comes is seen.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading

from grader.plugins.known_work import KnownWork
from tests.conftest import ROOT

AT_MOST = 120  # seconds, some of which go to starting Python


def everything_but_new(path: str) -> dict | None:
    return None if path.startswith("new") else {"path": path, "pid": os.getpid()}


def refuse(path: str) -> dict:
    raise ValueError("odd")


def die(path: str) -> dict:
    os.kill(os.getpid(), signal.SIGKILL)


JUDGES = {judge.__name__: judge for judge in (everything_but_new, refuse, die)}


def alone(judge: str, order: list[str], given: list[str], *, threads: int = 0) -> dict:
    """Have work taken in an `order`, beside other `threads`; tell what came of it.

    Raises
    ------
    subprocess.TimeoutExpired
        When the process does not end.
    """
    done = subprocess.run(
        [sys.executable, "-m", "tests.plugins.recorder_alone"],
        input=json.dumps([judge, order, given, threads]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=AT_MOST,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout)


def _in_order(judge: str, order: list[str], given: list[str]) -> dict:
    forks: list[int] = []
    os.register_at_fork(after_in_parent=lambda: forks.append(1))
    work = KnownWork(JUDGES[judge], worthwhile=True)
    left, known, expected = list(given), {}, {}
    for path in order:
        left.remove(path)
        known[path] = work.take(path, left[:2])
        expected[path] = [other for other in left if work.may_know(other)]
    return {"recorder": os.getpid(), "forks": len(forks), "known": known, "expected": expected}


def _main() -> None:
    judge, order, given, threads = json.load(sys.stdin)
    done = threading.Event()
    for _ in range(threads):
        threading.Thread(target=done.wait).start()
    try:
        print(json.dumps(_in_order(judge, order, given)))
    finally:
        done.set()


if __name__ == "__main__":
    _main()
