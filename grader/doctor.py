"""``python -m grader doctor``: what isolation this machine offers, and attempts to break out."""

from __future__ import annotations

import contextlib
import os
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.runner import AnswerStep, CellStep, Job, Limits, RunnerPool, RunResult


@dataclass(frozen=True)
class Attempt:
    """One attempt to break out: `source` ends with ``escaped`` true when it worked."""

    name: str
    source: str


@dataclass(frozen=True)
class Finding:
    """How an attempt went."""

    name: str
    held: bool
    detail: str


LIMITS = Limits(wall_seconds=60, cell_seconds=10, memory_bytes=3 * 2**30)
MEMORY_GIB = 8
READ = "escaped = bool(open({path!r}, 'rb').read(1))"
LIST = "import os\nescaped = bool(os.listdir({path!r}))"


def attempts(
    root: Path, tcp: int, udp: int, unix: str, abstract: str, secret: str
) -> list[Attempt]:
    """Return the attempts on the course in `root`, on four sockets and on a secret file."""
    connect = "import socket\ns = socket.socket(socket.{family}, socket.{kind})\ns.settimeout(2)\n"
    stream = connect.format(family="AF_INET", kind="SOCK_STREAM")
    local = connect.format(family="AF_UNIX", kind="SOCK_STREAM")
    datagram = connect.format(family="AF_INET", kind="SOCK_DGRAM")
    return [
        Attempt("connect over TCP", f"{stream}s.connect(('127.0.0.1', {tcp}))\nescaped = True"),
        Attempt("send over UDP", f"{datagram}s.sendto(b'x', ('127.0.0.1', {udp}))\nescaped = True"),
        Attempt("connect to a unix socket", f"{local}s.connect({unix!r})\nescaped = True"),
        Attempt("connect to an abstract socket", f"{local}s.connect({abstract!r})\nescaped = True"),
        Attempt("read the course", READ.format(path=str(root / "nbgrader_config.py"))),
        Attempt("list the solutions", LIST.format(path=str(root / "solutions"))),
        Attempt("list submissions and grades", LIST.format(path=str(root / "classroom"))),
        Attempt("read a file in the home folder", READ.format(path=secret)),
        Attempt("read password hashes", READ.format(path="/etc/shadow")),
        Attempt(
            "write outside the scratch folder",
            "import os, sys\n"
            "with open(os.path.join(sys.prefix, 'escaped'), 'w') as f:\n    escaped = True",
        ),
        Attempt(
            "signal a process outside", f"import os\nos.kill({os.getpid()}, 0)\nescaped = True"
        ),
        Attempt(
            "see other processes",
            "import os\nescaped = len([p for p in os.listdir('/proc') if p.isdigit()]) > 3",
        ),
        Attempt("become root", "import os\nos.setuid(0)\nescaped = True"),
        Attempt(
            "mount something",
            "import ctypes\nlibc = ctypes.CDLL(None)\n"
            "escaped = libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0",
        ),
        Attempt(
            f"take {MEMORY_GIB} GiB of memory",
            f"blocks = [bytearray(2**30) for _ in range({MEMORY_GIB})]\nescaped = True",
        ),
        Attempt(
            "write 1 GiB to disk",
            "with open('big', 'wb') as f:\n    for _ in range(1024):\n        f.write(bytes(2**20))"
            "\nescaped = True",
        ),
        Attempt(
            "start 2,000 processes",
            "import subprocess\n"
            "started = [subprocess.Popen(['/bin/sleep', '20']) for _ in range(2000)]\n"
            "escaped = True",
        ),
    ]


def examine(root: Path) -> list[Finding]:
    """Run every attempt in a runner of its own and say whether the isolation held.

    Raises
    ------
    grader.runner.IsolationUnavailable
        When this machine cannot isolate student code at all.
    """
    with _targets() as targets, RunnerPool() as pool:
        tried = attempts(root, *targets)
        futures = [
            pool.submit(attempt.name, Job((CellStep("try", attempt.source), _ESCAPED), LIMITS))
            for attempt in tried
        ]
        return [
            _finding(attempt, future.result())
            for attempt, future in zip(tried, futures, strict=True)
        ]


_ESCAPED = AnswerStep("escaped", "escaped")


def _finding(attempt: Attempt, result: RunResult) -> Finding:
    answer = result.answers["escaped"]
    escaped = answer.kind == "value" and bool(answer.value)
    cell = result.cells["try"]
    detail = cell.error_name or result.detail or ("it worked" if escaped else "nothing to see")
    # A run that never started proves nothing.
    started = cell.status != "not_reached"
    return Finding(attempt.name, started and not escaped, detail if started else "did not run")


@contextlib.contextmanager
def _targets() -> Iterator[tuple[int, int, str, str, str]]:
    """Listen on TCP, UDP and unix sockets and keep a secret, for the runner not to reach."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        tcp = stack.enter_context(socket.socket())
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        unix = str(Path(folder) / "socket")
        abstract = f"\0grader-doctor-{os.getpid()}"
        for address in (unix, abstract):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            listener.listen()
        secret = stack.enter_context(tempfile.NamedTemporaryFile(dir=Path.home()))
        secret.write(b"secret")
        secret.flush()
        yield tcp.getsockname()[1], udp.getsockname()[1], unix, abstract, secret.name
