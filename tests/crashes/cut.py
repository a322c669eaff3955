"""Count the statements sent to the gradebook; at one of them, lose the connection or be killed.

The crash course's configuration imports this module into nbgrader's own process.
"""

from __future__ import annotations

import atexit
import functools
import itertools
import os
import signal
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

from grader.plugins import session
from grader.runner import RunnerPool

NUMBER, HOW, COUNTED = "CUT_AT_STATEMENT", "CUT_HOW", "CUT_COUNTED"
_statements = itertools.count(1)

# The class needs no TensorFlow; loading it takes longer than grading.
session.RunnerPool = functools.partial(RunnerPool, preload=("numpy",))


@event.listens_for(Engine, "before_cursor_execute")
def _strike(connection: Connection, *_: Any) -> None:
    if next(_statements) != int(os.environ.get(NUMBER, "0")):
        return
    if os.environ[HOW] == "connection":
        connection.connection.dbapi_connection.close()
    else:
        os.kill(os.getpid(), signal.SIGKILL)


@atexit.register
def _tell() -> None:
    if COUNTED in os.environ:
        Path(os.environ[COUNTED]).write_text(str(next(_statements) - 1))
