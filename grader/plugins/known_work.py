"""Work whose answers are kept is read and judged in a process beside the one that records.

Grading again needs no run, so all cores but one would wait while nbgrader records one student
after the other.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from grader.runner.linux import die_with_parent

Known = dict[str, Any]
Judge = Callable[[str], Known | None]

_IN_VAIN = 4
"""So much work in a row was not known: no more is asked for, since running it needs the cores."""


class KnownWork:
    """Asks a forked process for the outcomes of notebooks.

    Parameters
    ----------
    judge : callable
        Returns the outcome of the notebook at a path, or None if code has to run for it. It
        asks no database, for a connection must not be shared.
    worthwhile : bool
        Without it nothing is known.
    """

    def __init__(self, judge: Judge, *, worthwhile: bool):
        self._asked: dict[str, Future[Known | None]] = {}
        self._in_vain = 0
        self._pool: ProcessPoolExecutor | None = None
        # A fork in the middle of what another thread does may wait for it forever.
        if worthwhile and threading.active_count() == 1:
            self._pool = ProcessPoolExecutor(1, get_context("fork"), _begin, (judge,))

    def take(self, path: str, following: list[str]) -> Known | None:
        """Return the outcome of the notebook at `path` if it is known, and ask for others."""
        try:
            for other in (path, *following):
                if self._pool and other not in self._asked:
                    self._asked[other] = self._pool.submit(_judged, other)
        except BrokenExecutor:  # the process was killed, as by a machine out of memory
            self._stop()
        asked = self._asked.pop(path, None)
        known = _outcome(asked) if asked else None
        self._in_vain = 0 if known else self._in_vain + 1
        if not following or self._in_vain == _IN_VAIN:
            self._stop()
        return known

    def may_know(self, path: str) -> bool:
        """Tell whether the outcome of the notebook at `path` is known, or not yet found out."""
        asked = self._asked.get(path)
        return asked is not None and (not asked.done() or _outcome(asked) is not None)

    def _stop(self) -> None:
        if self._pool:
            self._pool.shutdown(wait=False, cancel_futures=True)
            self._pool = None


def _outcome(asked: Future[Known | None]) -> Known | None:
    """Return the outcome; what went wrong there is done again, and told, by who records."""
    try:
        return asked.result()
    except Exception:
        return None


_judges: list[Judge] = []


def _begin(judge: Judge) -> None:
    _judges.append(judge)
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the recorder decides what is left unfinished


def _judged(path: str) -> Known | None:
    return _judges[-1](path)
