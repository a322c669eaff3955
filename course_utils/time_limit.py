"""A limit on how long a student's function may run in the notebook, on every system."""

from __future__ import annotations

import _thread
import contextlib
import threading
import time
from collections.abc import Iterator


class OutOfTime(Exception):
    """The block did not end in time."""


@contextlib.contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Interrupt the block after so many `seconds`, as the stop button would.

    Only the main thread can be interrupted; elsewhere there is no limit.

    Raises
    ------
    OutOfTime
        When the block was interrupted.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    rung = threading.Event()

    def ring() -> None:
        rung.set()
        _thread.interrupt_main()

    timer = threading.Timer(seconds, ring)
    timer.daemon = True
    timer.start()
    try:
        yield
        timer.cancel()
        timer.join()
        if rung.is_set():
            time.sleep(0.1)  # an interruption on its way arrives here, not after the block
    except KeyboardInterrupt:
        if not rung.is_set():
            raise
        raise OutOfTime from None
    finally:
        timer.cancel()
