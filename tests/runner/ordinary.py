"""Run a script as an ordinary user of this machine, or of one that offers less.

Root can play them all; an ordinary user plays itself.
"""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest

from tests.conftest import ROOT

# Python itself may live under root's closed home: show it, in a mount namespace of our own.
_SHOW_PYTHON = """
import os, sys
from grader.runner import linux
linux.unshare(linux.NEWNS)
linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
for place in {sys.prefix, sys.base_prefix}:
    parts = place.split("/")
    for end in range(2, len(parts)):
        closed = "/".join(parts[:end])
        if not os.stat(closed).st_mode & 0o001:
            kept = os.open(place, os.O_PATH)
            linux.mount("open", closed, "tmpfs", 0, "mode=755")
            os.makedirs(place)
            linux.mount(f"/proc/self/fd/{kept}", place, None, linux.MS_BIND | linux.MS_REC)
            break
"""
_BECOME = """
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
"""
# What user.max_user_namespaces=0 or Ubuntu's AppArmor rule do to the machine.
_NO_NAMESPACES = """
import os, sys
from pathlib import Path
from grader.runner import linux
user, group = os.geteuid(), os.getegid()
linux.unshare(linux.NEWUSER)
Path("/proc/self/setgroups").write_text("deny")
Path("/proc/self/uid_map").write_text(f"1000 {user} 1")
Path("/proc/self/gid_map").write_text(f"1000 {group} 1")
Path("/proc/sys/user/max_user_namespaces").write_text("0")
linux.drop_capabilities()
"""
_OLDER_KERNEL = """
import errno, os, sys
from grader.runner import linux, seccomp
linux.forbid_new_privileges()
seccomp.refuse(["landlock_create_ruleset"], code=errno.ENOSYS)
"""
_GO_ON = "os.execv(sys.executable, [sys.executable, *sys.argv[1:]])\n"


def run_as_ordinary_user(
    *arguments: str,
    root: bool = False,
    namespaces: bool = True,
    landlock: bool = True,
    timeout: float = 120,
) -> subprocess.CompletedProcess:
    """Run this Python with `arguments` on a machine with or without `namespaces` and `landlock`.

    With `root`, its root is kept.
    """
    steps = []
    if os.geteuid() == 0:
        steps.append(_SHOW_PYTHON + ("" if root else _BECOME))
    elif root:
        pytest.skip("only root can play root")
    steps += [_NO_NAMESPACES] * (not namespaces) + [_OLDER_KERNEL] * (not landlock)
    command = [sys.executable, *arguments]
    for step in reversed(steps):
        command = [sys.executable, "-c", step + _GO_ON, *command[1:]]
    told = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        # numpy's threads would keep a process from making a user namespace.
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HOME": "/nonexistent",
            "OPENBLAS_NUM_THREADS": "1",
        },
        timeout=timeout,
    )
    if "not permitted" in told.stderr or "unshare" in told.stderr:
        pytest.skip("this user cannot play another machine")
    return told


def run_script(script: str, **machine: bool) -> str:
    """Run `script` as `run_as_ordinary_user` does and return what it printed."""
    told = run_as_ordinary_user("-c", textwrap.dedent(script), **machine)
    assert told.returncode == 0, told.stderr
    return told.stdout
