"""What isolation this machine offers, tried out rather than guessed."""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from . import landlock, seccomp
from .attempts import quick_attempts, targets
from .isolation import LEVELS, is_privileged, may_change_user
from .launch import default_hidden, python_command
from .rootfs import plan_root, shown_paths

ISOLATION_SETTINGS = ("auto", *LEVELS, "none")

# Isolates itself as a run is, then tries to break out; prints what worked.
_PROBE = """
import json, os, sys, types
for name, path in (("grader", []), ("grader.runner", [sys.argv[1]])):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from grader.runner import isolation, limits, linux
from grader.runner.job import Limits
told = json.load(sys.stdin)
here = os.getcwd()
try:
    if told["level"] == "namespaces":
        private = isolation.private_id(0, 255) if isolation.is_privileged() else None
        isolation.enter_outer(private is not None)
        pid = os.fork()
        if pid == 0:
            linux.set_dumpable(False)
            isolation.enter_inner(told["plan"])
            pid = isolation.fork_in_new_pid_namespace()
            if pid == 0:
                isolation.isolate_run(Limits(), private)
        if pid:
            os._exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
    else:
        private = isolation.private_id(0, 255) if isolation.may_change_user() else None
        os.chmod(here, 0o711)
        linux.set_dumpable(False)
        os.mkdir("run", 0o700)
        scratch, parent = os.path.abspath("run"), os.getppid()
        isolation.isolate_guarded(told["shown"], scratch, Limits(), private, parent)
    open(os.__file__).close()
except OSError as error:
    os.write(1, str(error).encode())
    os._exit(3)
limits.apply_rlimits(Limits(), own_count=False)
escaped = []
for name, source in told["attempts"]:
    space = {}
    try:
        exec(source, space)
    except Exception:
        pass
    if space.get("escaped"):
        escaped.append(name)
os.write(1, json.dumps(escaped).encode())
os._exit(0)
"""

_ADVICE = """This machine does not let the grader isolate student code ({problem}). Nothing was \
graded. What helps, by kind of machine: on Ubuntu 23.10 and later, `sudo sysctl \
kernel.apparmor_restrict_unprivileged_userns=0`; on other Linux, `sudo sysctl \
user.max_user_namespaces=15000` and, on Debian, `kernel.unprivileged_userns_clone=1`, or a kernel \
from 6.12 on, whose Landlock is enough; in Docker, start the container with `--security-opt \
seccomp=unconfined --security-opt systempaths=unconfined`, or as root with `--privileged`; on \
Windows, use WSL 2; on macOS, a Linux container or virtual machine. To run student code with time \
and memory limits but free access to your files and network, choose isolation "none" on purpose."""


class IsolationUnavailable(RuntimeError):
    """This machine cannot isolate student code; the message says what to do about it."""


@dataclass(frozen=True)
class IsolationReport:
    """What this machine offers.

    Attributes
    ----------
    level : "namespaces" or "landlock", the strongest that held every quick attempt to break out;
        empty if none did, and then `problem` says why.
    namespaces : whether `level` is "namespaces".
    privileged : whether runs get user ids of their own from root.
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
    level: str = ""


@functools.cache
def describe_isolation() -> IsolationReport:
    """Return what this machine offers; takes about 0.2 s the first time."""
    if not sys.platform.startswith("linux"):
        return IsolationReport(sys.platform, False, False, 0, False, (), f"it runs {sys.platform}")
    problems: list[str] = []
    level = ""
    for level in LEVELS:
        problem = problem_of(level)
        if not problem:
            break
        problems.append(f"{level}: {problem}")
    else:
        level = ""
    own_users = {"namespaces": is_privileged, "landlock": may_change_user}
    return IsolationReport(
        platform=sys.platform,
        namespaces=level == "namespaces",
        privileged=level in own_users and own_users[level](),
        landlock_abi=landlock.version(),
        seccomp=seccomp.available() and Path("/proc/sys/kernel/seccomp/actions_avail").exists(),
        cgroup_controllers=_own_controllers(),
        problem="" if level else "; ".join(problems),
        level=level,
    )


def require_isolation(setting: str = "auto") -> str:
    """Return the level of isolation that `setting` stands for here.

    Raises
    ------
    IsolationUnavailable
        With advice, if this machine cannot isolate student code like that.
    """
    linux = sys.platform.startswith("linux")
    if setting == "none" and linux:
        return setting
    if setting in LEVELS and linux:
        level, problem = setting, problem_of(setting)
    else:
        report = describe_isolation()
        level, problem = report.level, report.problem
    if problem:
        raise IsolationUnavailable(_ADVICE.format(problem=problem))
    return level


@functools.cache
def problem_of(level: str) -> str:
    """Isolate a process at `level`, have it try to break out, and return what went wrong."""
    if level == "landlock" and landlock.version() < landlock.VERSION_FOR_SIGNALS:
        needed = landlock.VERSION_FOR_SIGNALS
        return f"Landlock has version {landlock.version()} in this kernel, {needed} is needed"
    hidden = default_hidden()
    plan = plan_root((), hidden)
    with targets() as found, tempfile.TemporaryDirectory(prefix="grader-probe-") as folder:
        attempts = quick_attempts(Path(hidden[0]), found)
        told = {
            "level": level,
            "plan": plan,
            "shown": shown_paths(plan),
            "attempts": [(attempt.name, attempt.source) for attempt in attempts],
        }
        try:
            tried = subprocess.run(
                python_command(_PROBE, str(Path(__file__).parent)),
                input=json.dumps(told).encode(),
                capture_output=True,
                cwd=folder,
                timeout=30,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return "an attempt did not end within 30 seconds"
    if tried.returncode == 0:
        escaped = json.loads(tried.stdout)
        return f"code that was isolated could {', '.join(escaped)}" if escaped else ""
    return (tried.stdout or tried.stderr[-300:]).decode("utf-8", "replace") or "no reason given"


def _own_controllers() -> tuple[str, ...]:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        number, _, path = line.split(":", 2)
        group = Path("/sys/fs/cgroup" + path)
        if number == "0" and os.access(group / "cgroup.subtree_control", os.W_OK):
            return tuple((group / "cgroup.controllers").read_text().split())
    return ()
