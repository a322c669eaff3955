"""formgrader's autograde button, graded in a process of its own.

nbgrader grades inside the Jupyter server's only thread, which stands still for everybody until the
student's notebook has run. With this server extension the button hands the work to a process that
stays warm for the next click; the server goes on answering.

``button``  what the server does with a click
``worker``  what the grading process does with it

Installing the package turns the extension on. Without it the button works as nbgrader made it.
"""

from __future__ import annotations

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "grader.formgrader"}]


def _load_jupyter_server_extension(server: Any) -> None:
    from grader.formgrader.button import take_over

    take_over()
    server.log.info("formgrader's autograde button grades in a process of its own")
