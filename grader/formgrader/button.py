"""A click on formgrader's autograde button: answered when the grading process is done."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Any

from nbgrader.coursedir import CourseDirectory
from nbgrader.server_extensions.formgrader import apihandlers
from nbgrader.server_extensions.formgrader.base import check_notebook_dir, check_xsrf
from tornado import web

from grader.formgrader.worker import autograde, end_with_parent

BROKEN = (
    "The grading process ended unexpectedly, perhaps for lack of memory. Nothing was lost: "
    "click again, or type `nbgrader autograde` in a terminal."
)


def take_over() -> None:
    """Make formgrader's button in this Jupyter server ask here."""
    apihandlers.AutogradeHandler.post = _post


@web.authenticated
@check_xsrf
@check_notebook_dir
async def _post(handler: apihandlers.AutogradeHandler, assignment_id: str, student_id: str) -> None:
    course = settings_of(handler.coursedir)
    handler.write(json.dumps(await _clicks.autograde(course, assignment_id, student_id)))


def settings_of(coursedir: CourseDirectory) -> dict[str, Any]:
    """Return where a course lies and what its folders are called, as formgrader knows it."""
    names = set(coursedir.trait_names(config=True)) - {"student_id", "assignment_id", "notebook_id"}
    return {name: getattr(coursedir, name) for name in sorted(names)}


class Clicks:
    """Hands clicks to one grading process, one after the other, and starts it when needed."""

    def __init__(self):
        self._pool: ProcessPoolExecutor | None = None

    async def autograde(
        self, course: dict[str, Any], assignment: str, student: str
    ) -> dict[str, Any]:
        """Return what nbgrader's own button would: ``success``, and perhaps ``error``, ``log``."""
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1,
                # A fork would carry the server's threads and sockets along.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=end_with_parent,
            )
        pool, loop = self._pool, asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(
                pool, autograde, os.getcwd(), course, assignment, student
            )
        except BrokenProcessPool:
            if self._pool is pool:
                self._pool = None
            return {"success": False, "error": BROKEN}


_clicks = Clicks()
