"""Start a zygote and hand it runs: the grader's end of the control socket."""

from __future__ import annotations

import contextlib
import dataclasses
import importlib.util
import json
import os
import select
import socket
import subprocess
import sys
import sysconfig
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from .job import Limits
from .rootfs import SCRATCH, plan_root, shown_paths

DEFAULT_PRELOAD = (
    "numpy",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "PIL.Image",
    "ipywidgets",
    "IPython",
    "pandas",
    "sklearn.datasets",
    "tensorflow",
    "keras",
    "course_utils",
)
_START_SECONDS = 300.0
_GUARDS_SECONDS = 60.0

# `grader` becomes an empty package here: its other modules cannot be imported in the zygote.
_BOOT = """
import sys, types
for name, path in (("grader", []), ("grader.runner", [sys.argv[1]])):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from grader.runner import zygote
zygote.main(int(sys.argv[2]))
"""


class RunnerError(RuntimeError):
    """The runner itself does not work here; no submission can cause this."""


class Zygote:
    """One zygote process. Construction returns at once; `wait_until_ready` waits for imports."""

    def __init__(self, preload: Iterable[str], isolation: str, hidden: Iterable[str]) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  lives as long as the process
        self._lock = threading.Lock()
        self._ready = False
        self._failure = ""
        self._isolation = isolation
        self.pid = 0
        self.seconds = 0.0
        package = _course_package()
        plan = plan_root(package, hidden)
        config = {
            "isolation": isolation,
            "preload": list(preload),
            "paths": [os.path.dirname(folder) for folder in package],
            "root": plan if isolation == "namespaces" else None,
            "shown": shown_paths(plan) if isolation == "landlock" else [],
        }
        with theirs:
            self._control.sendall(json.dumps(config).encode())
            self._process = subprocess.Popen(
                python_command(_BOOT, str(Path(__file__).parent), str(theirs.fileno())),
                pass_fds=[theirs.fileno()],
                env=_environment(),
                cwd="/",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=self._errors,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        """Wait until the zygote can fork.

        Raises
        ------
        RunnerError
            If it ended, failed, or took too long to get there.
        """
        deadline = time.monotonic() + _START_SECONDS
        with self._lock:
            while not self._ready:
                if self._failure:
                    raise RunnerError(self._failure)
                self._read_message(deadline)

    def _read_message(self, deadline: float) -> None:
        left = max(0.0, deadline - time.monotonic())
        message = {}
        if select.select([self._control], [], [], left)[0]:
            data = b""
            with contextlib.suppress(ConnectionError):
                data = self._control.recv(1 << 16)
            message = json.loads(data) if data else {"failed": "it ended while starting"}
        else:
            message = {"failed": f"it was not ready after {_START_SECONDS:g} seconds"}
        self.pid = message.get("pid", self.pid)
        if "ready" in message:
            self._ready, self.seconds = True, message["seconds"]
        if "failed" in message:
            self._failure = self.explain(message["failed"])

    def fork_run(self, slot: int, limits: Limits, seed: int) -> tuple[socket.socket, socket.socket]:
        """Start one isolated child; return our ends of its connection and its status socket.

        Raises
        ------
        OSError
            If the zygote has ended.
        """
        connection, their_connection = socket.socketpair()
        status, their_status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        request = {"slot": slot, "limits": dataclasses.asdict(limits), "seed": seed}
        with their_connection, their_status:
            try:
                with self._lock:
                    descriptors = [their_connection.fileno(), their_status.fileno()]
                    socket.send_fds(self._control, [json.dumps(request).encode()], descriptors)
            except OSError:
                connection.close()
                status.close()
                raise
        return connection, status

    @property
    def alive(self) -> bool:
        """Whether the zygote still runs."""
        return self._process.poll() is None

    def explain(self, what: str) -> str:
        """Return a sentence about a failure, with the end of what the zygote printed."""
        printed = ""
        with contextlib.suppress(ValueError):  # closed meanwhile
            self._errors.seek(0)
            printed = self._errors.read()[-1500:].decode("utf-8", "replace").strip()
        return f"The runner cannot work: {what}.\n{printed}".strip()

    def close(self) -> None:
        """End the zygote, and with it all its children, at once."""
        with contextlib.suppress(OSError):
            self._control.shutdown(socket.SHUT_RDWR)  # also wakes a thread that waits for it
        # Without process namespaces the launcher has to clean up: do not kill it over that.
        patience = _GUARDS_SECONDS if self._isolation == "landlock" else 1
        for seconds, end in ((1, self._process.terminate), (patience, self._process.kill)):
            try:
                self._process.wait(seconds)
                break
            except subprocess.TimeoutExpired:  # it still imports, or hangs
                end()
        self._process.wait()
        with self._lock:
            self._control.close()
            self._errors.close()


def python_command(program: str, *arguments: str) -> list[str]:
    """Return the command for a fresh interpreter: no user site, no current directory.

    Not ``-I``, which would ignore PYTHONHASHSEED; the environment holds nothing else of Python's.
    """
    return [sys.executable, "-s", "-P", "-B", "-c", program, *arguments]


def _course_package() -> list[str]:
    """Return the directory of `course_utils` as a list, empty if it is not installed."""
    spec = importlib.util.find_spec("course_utils")
    if spec is None or not spec.submodule_search_locations:
        return []
    return [os.path.abspath(spec.submodule_search_locations[0])]


def default_hidden() -> list[str]:
    """Return directories that must not be seen even inside a system directory.

    These are the working directory and the folder that holds this package, if it is the course
    and not a library directory.
    """
    libraries = {os.path.realpath(path) for path in sysconfig.get_paths().values()}
    repository = os.path.realpath(Path(__file__).parents[2])
    return [os.getcwd(), *({repository} - libraries)]


def _environment() -> dict[str, str]:
    """Return the zygote's whole environment: nothing of the grader's gets through."""
    one_thread = dict.fromkeys(
        (
            "OPENBLAS_NUM_THREADS",
            "OMP_NUM_THREADS",
            "MKL_NUM_THREADS",
            "TF_NUM_INTRAOP_THREADS",
            "TF_NUM_INTEROP_THREADS",
        ),
        "1",
    )
    return {
        **one_thread,
        "PATH": f"{os.path.dirname(sys.executable)}:/usr/local/bin:/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "HOME": SCRATCH,
        "TMPDIR": SCRATCH,
        "USER": "student",
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "MPLBACKEND": "Agg",
        "KERAS_BACKEND": "tensorflow",
        "CUDA_VISIBLE_DEVICES": "-1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "COURSE_DATA": "offline",
        "NBGRADER_EXECUTION": "autograde",  # tests may ask for it, as with stock nbgrader
    }
