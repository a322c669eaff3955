"""The guard of one run where there are no process namespaces: it ends all that the run started.

It is the parent of the student's process, inherits every process that this one leaves behind, and
cannot be signalled by any of them: they are in a Landlock domain inside its own.
"""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

from . import landlock, linux
from .verdict import BROKEN

_EVENTS = {signal.SIGTERM, signal.SIGCHLD}


def fork_guarded(scratch: str, processes: int, parent: int) -> None:
    """Fork, and return in the child only; this process stays behind as its guard.

    The child and its descendants may be `processes` at most, more or less. When the child
    or `parent` has ended, or on SIGTERM, the guard kills all descendants, removes `scratch` and
    ends as the child did.

    Raises
    ------
    OSError
        If this kernel cannot confine signals.
    """
    linux.forbid_new_privileges()
    landlock.confine_signals()
    _assert_confined()
    linux.adopt_orphans()
    signal.pthread_sigmask(signal.SIG_BLOCK, _EVENTS)
    linux.die_with_parent(signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(BROKEN)  # it ended before it could tell us
    child = _fork_with_limit(processes)
    linux.set_dumpable(True)  # for the supervisor to read its counts; its domain guards it
    if child == 0:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _EVENTS)
        return
    try:
        code = _watch(child)
        _remove(scratch)
        _end_like(code)
    finally:
        os._exit(BROKEN)


def _assert_confined() -> None:
    """Leave unless signals to our parent are refused: then killing "everybody" means our own."""
    try:
        os.kill(os.getppid(), 0)
    except PermissionError:
        return
    raise OSError("Landlock does not confine signals")


def _fork_with_limit(processes: int) -> int:
    """Fork with room for `processes` more of this user's; the limit counts all the user has."""
    # What cannot be seen from here, in other containers, counts too: find out by trying.
    side_by_side = (os.cpu_count() or 1) + 2  # runs of the same user, and what else it starts
    allowed = _tasks_of(os.geteuid()) + side_by_side * processes
    while True:
        _, hard = resource.getrlimit(resource.RLIMIT_NPROC)
        bounded = allowed if hard == resource.RLIM_INFINITY else min(allowed, hard)
        resource.setrlimit(resource.RLIMIT_NPROC, (bounded, hard))
        try:
            child = os.fork()
        except BlockingIOError:
            if bounded == hard:
                raise
            allowed *= 2
            continue
        if child == 0:
            resource.setrlimit(resource.RLIMIT_NPROC, (bounded, bounded))
        return child


def _tasks_of(user: int) -> int:
    """Return how many processes and threads of `user` there are in sight."""
    tasks = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                if os.stat(f"/proc/{name}").st_uid == user:
                    fields = Path(f"/proc/{name}/stat").read_bytes().rpartition(b")")[2].split()
                    tasks += int(fields[17])
            except OSError:
                pass  # it ended meanwhile
    return tasks


def _watch(child: int) -> int:
    """Wait for the child's end or for SIGTERM, end every descendant, return the child's code."""
    os.closerange(3, 1 << 20)  # the grader must see the child hang up
    code: int | None = None
    while code is None and signal.sigwait(_EVENTS) == signal.SIGCHLD:
        code = _reap(child, os.WNOHANG)
    # One call, and no fork gets through in between: all that this domain may signal is ours.
    try:
        os.kill(-1, signal.SIGKILL)
    except ProcessLookupError:
        pass
    last = _reap(child, 0)
    return last if code is None else code


def _reap(child: int, options: int) -> int | None:
    """Collect ended descendants, all of them or (WNOHANG) those at hand; return `child`'s code."""
    code = None
    while True:
        try:
            pid, state = os.waitpid(-1, options)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            code = os.waitstatus_to_exitcode(state)


def _remove(folder: str) -> None:
    """Remove the run's files; folders may be closed, and deeper than Python's own functions go."""
    for command in (["chmod", "-R", "u+rwX"], ["rm", "-rf"]):
        subprocess.run([*command, "--", folder], stderr=subprocess.DEVNULL, check=False)


def _end_like(code: int) -> None:
    """End as the child did, for the supervisor to report."""
    sys.stderr.flush()
    if code < 0:
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        if -code != signal.SIGKILL:
            signal.signal(-code, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signal.valid_signals())
        os.kill(os.getpid(), -code)
    os._exit(code)
