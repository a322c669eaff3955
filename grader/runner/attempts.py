"""Attempts to break out of a run: the quick ones before every grading, all of them by `doctor`."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MEMORY_GIB = 8


@dataclass(frozen=True)
class Attempt:
    """One attempt: `source` ends with ``escaped`` true when it worked.

    A process with `marker` in its command line that is left afterwards is an escape as well.
    """

    name: str
    source: str
    marker: str = ""


@dataclass(frozen=True)
class Targets:
    """What is there to be reached: ports, sockets, a secret in the home folder and a process."""

    tcp: int
    udp: int
    unix: str
    abstract: str
    secret: str
    pid: int
    pid_namespace: str


@contextlib.contextmanager
def targets() -> Iterator[Targets]:
    """Listen on sockets, keep a secret and let a process sleep, for the runner not to reach."""
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        tcp = stack.enter_context(socket.socket())
        tcp.bind(("127.0.0.1", 0))
        tcp.listen()
        udp = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        udp.bind(("127.0.0.1", 0))
        unix = str(Path(folder) / "socket")
        abstract = f"\0{unix}"
        for address in (unix, abstract):
            listener = stack.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(address)
            listener.listen()
        home = Path.home()
        closed = stack.enter_context(
            tempfile.TemporaryDirectory(dir=home if os.access(home, os.W_OK) else folder)
        )
        secret = Path(closed) / "secret"
        secret.write_text("secret")
        ports = tcp.getsockname()[1], udp.getsockname()[1]
        victim = stack.enter_context(subprocess.Popen(["sleep", "600"]))
        stack.callback(victim.kill)
        namespace = os.readlink("/proc/self/ns/pid")
        yield Targets(*ports, unix, abstract, str(secret), victim.pid, namespace)


_READ = "escaped = bool(open({path!r}, 'rb').read(1))"
_LIST = "import os\nescaped = bool(os.listdir({path!r}))"
_CONNECT = (
    "import socket\ns = socket.socket(socket.{family}, socket.{kind})\ns.settimeout(2)\n"
    "s.{call}\nescaped = True"
)
# Of what a run may do with a file that it cannot open; `path` belongs to the user who grades.
_ALTER = (
    "import os\nescaped = False\n"
    "for alter in (lambda: os.chmod({path!r}, 0o777), lambda: os.utime({path!r}, (0, 0)),\n"
    "              lambda: os.truncate({path!r}, 0), lambda: os.link({path!r}, 'linked'),\n"
    "              lambda: os.rename({path!r}, 'moved'), lambda: os.unlink({path!r})):\n"
    "    try:\n        alter()\n        escaped = True\n    except OSError:\n        pass"
)
_WRITE = (
    "import os, sys\nescaped = False\n"
    "for folder in ({folder!r}, sys.prefix, '/tmp', '/var/tmp', '/dev/shm', '/'):\n"
    "    path = os.path.join(folder, 'escaped')\n"
    "    try:\n        open(path, 'x').close()\n    except OSError:\n        continue\n"
    "    escaped |= not os.path.realpath(path).startswith(os.getcwd())\n    os.unlink(path)"
)
# In another process namespace the number stands for another process, which is the run's own.
_SAME = "import os\nsame = os.readlink('/proc/self/ns/pid') == {namespace!r}\n"
_SIGNAL = _SAME + "os.kill({pid}, 0)\nescaped = same"
_TRACE = _SAME + (
    "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "escaped = same and libc.ptrace(16, {pid}, None, None) == 0\n"  # PTRACE_ATTACH
    "for name in ('mem', 'environ', 'maps'):\n"
    "    try:\n        escaped |= same and bool(open(f'/proc/{pid}/{{name}}', 'rb').read(1))\n"
    "    except OSError:\n        pass"
)
_LIMIT = _SAME + ("import resource\nresource.prlimit({pid}, resource.RLIMIT_CORE)\nescaped = same")
_SET_UID = (
    "import os, subprocess\nescaped = False\n"
    "for name in ('su', 'sudo', 'mount', 'newgrp', 'passwd', 'pkexec', 'fusermount3'):\n"
    "    for folder in ('/bin', '/usr/bin', '/sbin', '/usr/sbin'):\n"
    "        path = os.path.join(folder, name)\n"
    "        if os.path.exists(path) and os.stat(path).st_mode & 0o6000:\n"
    "            status = open('/proc/self/status').read()\n"
    "            escaped |= 'NoNewPrivs:\\t1' not in status"
)
_NAMESPACES = (
    "import ctypes\nlibc = ctypes.CDLL(None)\nescaped = False\n"
    "for kind in (0x10000000, 0x20000, 0x20000000, 0x40000000):\n"
    "    escaped |= libc.unshare(kind) == 0"
)
_MOUNT = (
    "import ctypes\nlibc = ctypes.CDLL(None)\n"
    "escaped = libc.mount(b'none', b'/tmp', b'tmpfs', 0, None) == 0"
)
_SEE = (
    "import os\nescaped = False\nescaped = len([p for p in os.listdir('/proc') if p.isdigit()]) > 3"
)
_MAP = (
    "import mmap\nmmap.mmap(-1, {bytes}, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS)\n"
    "escaped = True"
)
_UNCOUNTED = (
    "import ctypes, os\nlibc = ctypes.CDLL(None)\n"
    "escaped = libc.shmget(0, ctypes.c_size_t(1 << 20), 0o1600) >= 0\n"
    "try:\n    os.close(os.memfd_create('x'))\n    escaped = True\nexcept OSError:\n    pass"
)


def quick_attempts(root: Path, found: Targets) -> list[Attempt]:
    """Return the attempts on the course in `root` and on `found` that take milliseconds.

    Where one of them succeeds, it harms nothing.
    """
    process = {"pid": found.pid, "namespace": found.pid_namespace}
    socket_calls = {
        "connect over TCP": ("AF_INET", "SOCK_STREAM", f"connect(('127.0.0.1', {found.tcp}))"),
        "send over UDP": ("AF_INET", "SOCK_DGRAM", f"sendto(b'x', ('127.0.0.1', {found.udp}))"),
        "connect to a unix socket": ("AF_UNIX", "SOCK_STREAM", f"connect({found.unix!r})"),
        "connect to an abstract socket": ("AF_UNIX", "SOCK_STREAM", f"connect({found.abstract!r})"),
    }
    return [
        *(
            Attempt(name, _CONNECT.format(family=family, kind=kind, call=call))
            for name, (family, kind, call) in socket_calls.items()
        ),
        Attempt("read the course", _READ.format(path=str(root / "nbgrader_config.py"))),
        Attempt("list the solutions", _LIST.format(path=str(root / "solutions"))),
        Attempt("list submissions and grades", _LIST.format(path=str(root / "classroom"))),
        Attempt("read a file in the home folder", _READ.format(path=found.secret)),
        Attempt("change a file in the home folder", _ALTER.format(path=found.secret)),
        Attempt("read password hashes", _READ.format(path="/etc/shadow")),
        Attempt("write outside the scratch folder", _WRITE.format(folder=str(root))),
        Attempt("signal a process outside", _SIGNAL.format(**process)),
        Attempt("trace a process outside", _TRACE.format(**process)),
        Attempt("reach a process outside by its limits", _LIMIT.format(**process)),
        Attempt("see other processes", _SEE),
        Attempt("become root", "import os\nos.setuid(0)\nescaped = True"),
        Attempt("gain from set-uid programs", _SET_UID),
        Attempt("make a namespace", _NAMESPACES),
        Attempt("mount something", _MOUNT),
        Attempt("take memory that nothing counts", _UNCOUNTED),
        Attempt(f"map {MEMORY_GIB} GiB of memory", _MAP.format(bytes=MEMORY_GIB * 2**30)),
    ]


def storms(marker: str) -> list[Attempt]:
    """Return the attempts that use up a machine, and one that leaves a process with `marker`."""
    return [
        Attempt(
            f"take {MEMORY_GIB} GiB of memory",
            f"blocks = [b'x' * 2**30 for _ in range({MEMORY_GIB})]\nescaped = True",
        ),
        Attempt(
            f"take {MEMORY_GIB} GiB of memory in many processes",
            "import os, time\ntold, tell = os.pipe()\nfor _ in range(16):\n"
            "    if os.fork() == 0:\n        block = b'x' * 2**29\n        os.write(tell, b'.')\n"
            "        time.sleep(60)\n        os._exit(0)\n"
            "full = b''\nwhile len(full) < 16:\n    full += os.read(told, 16)\nescaped = True",
        ),
        Attempt("write 2 GiB to disk", _FILL.format(after="")),
        Attempt("write 2 GiB to deleted files", _FILL.format(after="os.unlink(file.name)")),
        Attempt(
            "start 2,000 processes",
            "import subprocess\n"
            "started = [subprocess.Popen(['/bin/sleep', '20']) for _ in range(2000)]\n"
            "escaped = True",
        ),
        Attempt(
            "start processes that start processes",
            "import os, time\nend = time.time() + 5\nwhile time.time() < end:\n"
            "    try:\n        os.fork()\n    except OSError:\n        pass",
        ),
        Attempt("flood the output", "for _ in range(2000):\n    print('x' * 100_000)"),
        Attempt(
            "leave a daemon",
            "import os\nif os.fork() == 0:\n    os.setsid()\n    if os.fork() == 0:\n"
            f"        os.execv('/bin/sh', ['sh', '-c', 'sleep 60; : {marker}'])\n"
            "    os._exit(0)",
            marker,
        ),
    ]


_FILL = (
    "import os, time\nfiles = []\nfor number in range(64):\n"
    "    file = open(f'big{{number}}', 'wb', buffering=0)\n    files.append(file)\n"
    "    {after}\n"
    "    for _ in range(32):\n        file.write(bytes(2**20))\n"
    "    time.sleep(0.05)\n"
    "time.sleep(1)\nescaped = True"
)
