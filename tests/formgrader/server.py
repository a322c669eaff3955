"""A Jupyter server on this machine, with formgrader on a course."""

from __future__ import annotations

import http.cookiejar
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from jupyter_server.serverapp import list_running_servers

from tests.classes import Course

TOKEN = "only-for-this-test"


class Server:
    """What a browser with formgrader's page open would ask."""

    def __init__(self, url: str, pid: int):
        self.url, self.pid = url, pid
        self._cookies = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(self._cookies)
        )

    def get(self, path: str) -> bytes:
        request = urllib.request.Request(self.url + path, headers=self._headers())
        with self._opener.open(request, timeout=60) as answer:
            return answer.read()

    def click(self, assignment: str, student: str) -> dict:
        """Press the autograde button and return what the page is told."""
        self.get("formgrader/manage_submissions/" + assignment)  # brings the XSRF cookie
        xsrf = next(cookie.value for cookie in self._cookies if cookie.name == "_xsrf")
        request = urllib.request.Request(
            f"{self.url}formgrader/api/submission/{assignment}/{student}/autograde",
            data=b"",
            headers={**self._headers(), "X-XSRFToken": xsrf},
        )
        with self._opener.open(request, timeout=300) as answer:
            return json.loads(answer.read())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"token {TOKEN}"}


@contextmanager
def served(course: Course, folder: Path) -> Iterator[Server]:
    """Start a server in the course's folder; `folder` is for its own files."""
    environment = {
        **course.environment,
        "JUPYTER_CONFIG_DIR": str(folder / "own"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_TOKEN": TOKEN,
    }
    root = ["--allow-root"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
    log = folder / "server.log"
    with log.open("w") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "jupyter_server", "--no-browser", "--port=0", *root],
            cwd=course.folder, env=environment, stderr=errors,
        )  # fmt: skip
    try:
        while not (found := list(list_running_servers(str(folder / "runtime")))):
            assert process.poll() is None, log.read_text()
            time.sleep(0.2)
        yield Server(found[0]["url"], process.pid)
    finally:
        process.terminate()
        process.wait()
