"""``python -m grader doctor``: what isolation this machine offers, and attempts to break out."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from grader.runner import AnswerStep, CellStep, Job, Limits, RunnerPool, RunResult
from grader.runner.attempts import Attempt, quick_attempts, storms, targets

LIMITS = Limits(wall_seconds=60, cell_seconds=20, memory_bytes=3 * 2**30)


@dataclass(frozen=True)
class Finding:
    """How an attempt went."""

    name: str
    held: bool
    detail: str


def examine(root: Path, isolation: str = "auto") -> list[Finding]:
    """Run every attempt in a runner of its own and say whether the isolation held.

    Raises
    ------
    grader.runner.IsolationUnavailable
        When this machine cannot isolate student code at all.
    """
    with (
        targets() as found,
        RunnerPool(preload=("numpy", "IPython"), isolation=isolation, hidden=(str(root),)) as pool,
    ):
        tried = [*quick_attempts(root, found), *storms(f"grader-doctor-{os.getpid()}")]
        futures = [
            pool.submit(attempt.name, Job((CellStep("try", attempt.source), _ESCAPED), LIMITS))
            for attempt in tried
        ]
        return [
            _finding(attempt, future.result())
            for attempt, future in zip(tried, futures, strict=True)
        ]


_ESCAPED = AnswerStep("escaped", "escaped")


def _finding(attempt: Attempt, result: RunResult) -> Finding:
    answer, cell = result.answers["escaped"], result.cells["try"]
    # A run that never started proves nothing.
    if cell.status == "not_reached":
        return Finding(attempt.name, False, "did not run")
    if answer.kind == "value" and answer.value:
        return Finding(attempt.name, False, "it worked")
    if sum(len(str(output)) for output in cell.outputs) > 2 * LIMITS.output_bytes:
        return Finding(attempt.name, False, "all of it arrived")
    if attempt.marker and _is_running(attempt.marker):
        return Finding(attempt.name, False, "it lives on")
    return Finding(attempt.name, True, result.detail or cell.error_name or "nothing to see")


def _is_running(marker: str) -> bool:
    for process in Path("/proc").iterdir():
        if process.name.isdigit():
            try:
                if marker.encode() in (process / "cmdline").read_bytes():
                    return True
            except OSError:
                pass  # it ended meanwhile
    return False
