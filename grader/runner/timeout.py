"""Interrupt student code that takes too long, also code that catches the interruption."""

from __future__ import annotations

import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn


class TimeExceededError(BaseException):
    """Raised in student code when its time is up; not an Exception, so rarely caught."""


class Deadline:
    """Runs functions for at most some seconds each.

    When the time is up, `TimeExceededError` is raised in the function. If that has not ended it a
    second later, `abandon` is called and must not return: whatever goes on then does so on top of
    the stuck code, which never gets control again.
    """

    def __init__(self, abandon: Callable[[], NoReturn]) -> None:
        self._abandon = abandon
        self.expired = False

    def run(self, seconds: float, work: Callable[[], Any]) -> Any:
        """Return what `work` returns; sets `expired` if its time ran out.

        Raises
        ------
        TimeExceededError
            If `work` was interrupted, also if it swallowed that and then returned.
        """
        self.expired = False
        try:
            signal.signal(signal.SIGALRM, self._on_alarm)
            signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), 1.0)
            result = work()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
        if self.expired:
            raise TimeExceededError("time is up")
        return result

    def _on_alarm(self, _signal: int, _frame: FrameType | None) -> None:
        if self.expired:
            signal.setitimer(signal.ITIMER_REAL, 0)
            self._abandon()
        self.expired = True
        raise TimeExceededError("time is up")
