"""How far a run is: a bar with the time left, or a line in nbgrader's log."""

from __future__ import annotations

import sys
import time
from logging import Logger

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn


class RunProgress:
    """Counts graded submissions of one run.

    The bar is drawn on standard output when nbgrader's log goes elsewhere; where both share a
    terminal they would overwrite each other, and each submission gets a line in the log instead.
    """

    def __init__(self, total: int, log: Logger):
        self._log, self._total, self._done = log, total, 0
        self._start = time.monotonic()
        self._bar: Progress | None = None
        if total > 1 and not sys.stderr.isatty():
            self._bar = Progress(
                TextColumn("grading"),
                BarColumn(),
                MofNCompleteColumn(),
                TextColumn("{task.fields[student]}"),
                TimeRemainingColumn(),
                console=Console(),
            )
            self._task = self._bar.add_task("grading", total=total, student="")
            self._bar.start()

    def advance(self, student: str) -> None:
        """Tell that one more submission is graded."""
        self._done += 1
        if self._bar is not None:
            self._bar.update(self._task, advance=1, student=student)
            if self._done >= self._total:
                self._bar.stop()
            return
        spent = time.monotonic() - self._start
        left = spent / self._done * max(self._total - self._done, 0)
        self._log.info("Graded %d of %d, about %.0f s left", self._done, self._total, left)
