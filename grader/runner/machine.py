"""What isolation this machine offers, tried out rather than guessed."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from . import linux
from .isolation import is_privileged
from .launch import default_hidden, python_command
from .rootfs import plan_root

_PROBE = """
import json, os, sys, types
for name, path in (("grader", []), ("grader.runner", [sys.argv[1]])):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from grader.runner import isolation, linux
from grader.runner.job import Limits
plan = json.load(sys.stdin)
privileged = isolation.is_privileged()
try:
    isolation.enter_outer(privileged)
    pid = os.fork()
    if pid == 0:
        linux.set_dumpable(False)
        isolation.enter_inner(plan)
        pid = isolation.fork_in_new_pid_namespace()
        if pid == 0:
            isolation.isolate_run(Limits(), isolation.private_id(0, 255) if privileged else None)
    if pid:
        os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    os._exit(0)
except OSError as error:
    os.write(1, str(error).encode())
    os._exit(3)
"""

_ADVICE = """This machine does not let the grader isolate student code ({problem}). Nothing was \
graded. What helps, by kind of machine: on Ubuntu 23.10 and later, `sudo sysctl \
kernel.apparmor_restrict_unprivileged_userns=0`; on other Linux, `sudo sysctl \
user.max_user_namespaces=15000` and, on Debian, `kernel.unprivileged_userns_clone=1`; in Docker, \
start the container with `--security-opt seccomp=unconfined --security-opt \
systempaths=unconfined`, or as root with `--privileged`; on Windows, use WSL 2; on macOS, a Linux \
container or virtual machine. To run student code with time and memory limits but free access to \
your files and network, choose isolation "none" on purpose."""


class IsolationUnavailable(RuntimeError):
    """This machine cannot isolate student code; the message says what to do about it."""


@dataclass(frozen=True)
class IsolationReport:
    """What this machine offers.

    Attributes
    ----------
    namespaces : whether a process could be isolated as student code is; `problem` says why not.
    privileged : whether that used root's rights and a private user id, not a user namespace.
    landlock_abi : version of Landlock in this kernel, 0 if none.
    seccomp : whether system calls can be filtered.
    cgroup_controllers : resource controllers that this user may hand to its own subgroups.
    """

    platform: str
    namespaces: bool
    privileged: bool
    landlock_abi: int
    seccomp: bool
    cgroup_controllers: tuple[str, ...]
    problem: str = ""


@functools.cache
def describe_isolation() -> IsolationReport:
    """Return what this machine offers; takes about 0.1 s the first time."""
    if not sys.platform.startswith("linux"):
        return IsolationReport(sys.platform, False, False, 0, False, (), f"it runs {sys.platform}")
    problem = _try_isolation()
    return IsolationReport(
        platform=sys.platform,
        namespaces=not problem,
        privileged=is_privileged(),
        landlock_abi=linux.landlock_abi(),
        seccomp=Path("/proc/sys/kernel/seccomp/actions_avail").exists(),
        cgroup_controllers=_own_controllers(),
        problem=problem,
    )


def require_isolation() -> None:
    """Raise `IsolationUnavailable`, with advice, if this machine cannot isolate student code."""
    problem = describe_isolation().problem
    if problem:
        raise IsolationUnavailable(_ADVICE.format(problem=problem))


def _try_isolation() -> str:
    """Isolate a process that does nothing, and return what went wrong, if anything."""
    plan = plan_root((), default_hidden())
    try:
        tried = subprocess.run(
            python_command(_PROBE, str(Path(__file__).parent)),
            input=json.dumps(plan).encode(),
            capture_output=True,
            cwd="/",
            timeout=30,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "an attempt did not end within 30 seconds"
    if tried.returncode == 0:
        return ""
    return (tried.stdout or tried.stderr[-300:]).decode("utf-8", "replace") or "no reason given"


def _own_controllers() -> tuple[str, ...]:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, _, path = line.split(":", 2)
        group = Path("/sys/fs/cgroup" + path)
        if number == "0" and os.access(group / "cgroup.subtree_control", os.W_OK):
            return tuple((group / "cgroup.controllers").read_text().split())
    return ()
