"""Start a checker process, and end it with everything it started."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from grader.checker.channel import Channel, ChannelClosed
from grader.runner import Limits
from grader.runner.launch import python_command

_BOOT = """
import sys
sys.path.append(sys.argv[1])
from grader.checker.child import main
main(int(sys.argv[2]))
"""
_MOST_TOLD = 300


class CheckerProcess:
    """A fresh interpreter that runs test cells; construction returns before it is ready.

    Parameters
    ----------
    limits : Limits
        Its memory, computing time over all cells, file size and number of processes.
    """

    def __init__(self, limits: Limits) -> None:
        connection, theirs = socket.socketpair()
        self._channel = Channel(connection)
        self._folder = tempfile.TemporaryDirectory(
            prefix="grader-checker-", ignore_cleanup_errors=True
        )
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        with theirs:
            root = str(Path(__file__).parents[2])
            self._process = subprocess.Popen(
                python_command(_BOOT, root, str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                env=_environment(self._folder.name),
                cwd=self._folder.name,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )
        self.send(dataclasses.asdict(limits))

    def send(self, message: dict[str, Any]) -> None:
        """Send a message; see `Channel.send`."""
        self._channel.send(message)

    def receive(self, seconds: float) -> dict[str, Any]:
        """Return its next message; see `Channel.receive`."""
        try:
            return self._channel.receive(seconds)
        except ChannelClosed as error:
            raise ChannelClosed(self._how_it_ended() or str(error)) from error

    def close(self) -> None:
        """End it at once, with all it started."""
        # Not waited for before this, so the number still is its own.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._channel.close()
        self._errors.close()
        self._folder.cleanup()

    def _how_it_ended(self) -> str:
        flags = os.WEXITED | os.WNOWAIT | os.WNOHANG
        for _ in range(20):
            end = os.waitid(os.P_PID, self._process.pid, flags)
            if end is not None:
                what = "exit code" if end.si_code == os.CLD_EXITED else "signal"
                self._errors.seek(0)
                printed = self._errors.read().decode("utf-8", "replace").strip()[-_MOST_TOLD:]
                return f"{what} {end.si_status}. {printed}".strip()
            time.sleep(0.05)
        return ""


def _environment(folder: str) -> dict[str, str]:
    """Return its whole environment: nothing of the grader's gets through."""
    threads = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
    return {
        **dict.fromkeys(threads, "1"),
        "PATH": f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": folder,
        "TMPDIR": folder,
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "COURSE_DATA": "offline",
        "NBGRADER_EXECUTION": "autograde",  # tests may ask for it, as with stock nbgrader
    }
