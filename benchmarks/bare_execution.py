"""The floor: the code cells of each submission in a fork of a warm process, and nothing else.

Usage: ``python benchmarks/bare_execution.py WORKERS < jobs.json``, where the jobs are one list of
cell sources per submission. Prints the seconds, without those of the imports. No isolation, no
checks, no notebook is written: no grader can be faster than this and still run every cell.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import time

from grader.runner import DEFAULT_PRELOAD


def main(workers: int) -> None:
    """Run every job of standard input, `workers` at once, and print the seconds."""
    jobs = json.load(sys.stdin)
    os.environ["MPLBACKEND"] = "agg"
    for name in DEFAULT_PRELOAD:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    start, running = time.perf_counter(), 0
    for cells in jobs:
        if running == workers:
            os.wait()
            running -= 1
        if os.fork() == 0:
            _run(cells)
        running += 1
    while running:
        os.wait()
        running -= 1
    print(time.perf_counter() - start)


def _run(cells: list[str]) -> None:
    """Run the cells in one namespace, go on after an error, and leave the process."""
    with open(os.devnull, "w") as nowhere:
        os.dup2(nowhere.fileno(), 1)
        os.dup2(nowhere.fileno(), 2)
    names = {"__name__": "__main__", "display": lambda *_: None}
    for source in cells:
        with contextlib.suppress(BaseException):
            exec(compile(source, "<cell>", "exec"), names)
    os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
