"""The grading process behind the button: nbgrader's own function, with a warm pool of runners."""

from __future__ import annotations

import os
import threading
from multiprocessing import parent_process
from typing import Any

from nbgrader.apps.api import NbGraderAPI
from nbgrader.apps.baseapp import NbGrader


def autograde(folder: str, course: dict[str, Any], assignment: str, student: str) -> dict[str, Any]:
    """Grade one student as the button does: again if need be.

    Parameters
    ----------
    folder : str
        Where the server was started; nbgrader looks for its configuration there.
    course : dict
        The course directory's settings, which may come from the server's command line.

    Returns
    -------
    dict
        ``success``, and perhaps ``error`` and ``log``, as formgrader shows them.
    """
    os.chdir(folder)
    app = NbGrader()
    app.initialize([], root=course["root"])  # each time, for a changed nbgrader_config.py counts
    for name, value in course.items():
        setattr(app.coursedir, name, value)
    return NbGraderAPI(app.coursedir, parent=app).autograde(assignment, student)


def end_with_parent() -> None:
    """End this process with the server, also when that is killed and can tell nobody."""
    server = parent_process()
    if server is not None:
        threading.Thread(target=_outlive, args=(server,), daemon=True).start()


def _outlive(server: Any) -> None:
    server.join()
    os._exit(1)
