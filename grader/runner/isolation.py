"""Cut a process off from the machine: namespaces, a private user, no privileges.

Three steps, each in the process it changes: `enter_outer` in the launcher, `enter_inner` in the
zygote it forks, `isolate_run` in the child the zygote forks for one submission. Landlock and
seccomp are a second wall behind the namespaces, where the kernel has them.

`isolate_guarded` is the lower level, for machines that give no namespaces to this user: Landlock
and seccomp are then the only wall, and a guard (see `guard`) stands in for the process namespace.

An ordinary user gets all rights *inside* a new user namespace and loses them again before student
code runs. Root needs no namespace for that and gives each concurrent run a user id that nothing
else on the machine has. Either way the code ends in a last user namespace of its own, without
capabilities and without the right to make further ones.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from . import guard, landlock, linux, rootfs, seccomp
from .job import Limits

LEVELS = ("namespaces", "landlock")  # strongest first
_TO_CHANGE_USER = 1 << 7 | 1 << 6 | 1 << 0  # SETUID, SETGID, CHOWN
_NEEDED_CAPABILITIES = 1 << 21 | 1 << 7 | 1 << 6 | 1 << 8  # SYS_ADMIN, SETUID, SETGID, SETPCAP
_OWN_PROCESS = ("self", "cpuinfo", "meminfo", "stat", "version", "sys/vm/overcommit_memory")
_WRITABLE_DEVICES = ("null", "zero", "full")
_READABLE_DEVICES = ("random", "urandom")
_INSIDE_ID = 1000
# Above every range that distributions and container managers hand out.
_FIRST_PRIVATE_ID = 0x7000_0000


def is_privileged() -> bool:
    """Return whether this process may make namespaces and change user without a user namespace."""
    if os.geteuid() != 0 or linux.capabilities() & _NEEDED_CAPABILITIES != _NEEDED_CAPABILITIES:
        return False
    return _is_mapped(_FIRST_PRIVATE_ID) and _is_mapped(_FIRST_PRIVATE_ID + 2**24)


def _is_mapped(user: int) -> bool:
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        first, _, count = map(int, line.split())
        if first <= user < first + count:
            return True
    return False


def private_id(run_group: int, slot: int) -> int:
    """Return the user id for slot `slot` (0 to 255) of the zygote numbered `run_group`."""
    return _FIRST_PRIVATE_ID + run_group % 2**16 * 256 + slot % 256


def enter_outer(privileged: bool) -> None:
    """Have the next child be the first process of a process namespace of its own."""
    if privileged:
        linux.unshare(linux.NEWPID)
        return
    user, group = os.geteuid(), os.getegid()
    linux.unshare(linux.NEWUSER | linux.NEWPID)
    _map_ids(0, user, group)


def enter_inner(plan: dict[str, dict[str, str]]) -> None:
    """Give the zygote its own mounts, network, host name and message queues."""
    linux.unshare(linux.NEWNS | linux.NEWNET | linux.NEWIPC | linux.NEWUTS)
    rootfs.build_root(plan)
    sys.modules[__package__].__path__ = [rootfs.OWN_CODE]


def fork_in_new_pid_namespace() -> int:
    """Fork a child that sees itself as process 1, and return what `os.fork` returns."""
    own = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    linux.unshare(linux.NEWPID)
    pid = os.fork()
    if pid:
        # Without this the next unshare would be refused.
        linux.setns(own, linux.NEWPID)
    os.close(own)
    return pid


def isolate_run(limits: Limits, private: int | None) -> None:
    """Isolate this process, the first of its process namespace; `private` is its user id if any.

    Raises
    ------
    OSError
        If the kernel refuses any part of it; student code must then not run.
    """
    linux.unshare(linux.NEWNS | linux.NEWNET | linux.NEWIPC)
    rootfs.mount_scratch(limits.scratch_bytes, owner=private or 0)
    rootfs.mount_proc()
    linux.new_session_keyring()
    _forbid_shared_memory()
    linux.set_dumpable(True)  # our own /proc files would be root's
    Path("/proc/self/oom_score_adj").write_text("1000")  # if memory runs out, this goes first
    if private is not None:
        linux.keep_capabilities()
        os.setgroups([])
        os.setresgid(private, private, private)
        os.setresuid(private, private, private)
        linux.use_permitted_capabilities()
        linux.set_dumpable(True)  # changing user took it away
    _enter_last_user_namespace(optional=private is not None)
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    if landlock.version():
        writable = landlock.READ | landlock.WRITE
        landlock.confine_files([("/", landlock.READ), (rootfs.SCRATCH, writable), *_devices()])
    if seccomp.available():
        seccomp.close_doors(shared=False)


def may_change_user() -> bool:
    """Return whether this process may give a run a user id of its own, without namespaces."""
    found = linux.capabilities() & _TO_CHANGE_USER
    return os.geteuid() == 0 and found == _TO_CHANGE_USER and _is_mapped(_FIRST_PRIVATE_ID)


def isolate_guarded(
    shown: list[str], scratch: str, limits: Limits, private: int | None, parent: int
) -> None:
    """Go on, in the empty folder `scratch`, as a process isolated without namespaces.

    `shown` are the only files to be read; `private` is the run's own user id, if root may give it;
    the run ends with its process `parent`.

    Raises
    ------
    OSError
        If the kernel refuses any part of it; student code must then not run.
    """
    if private is None and os.geteuid() == 0:
        raise OSError("root may not change user here: start the grader as an ordinary user")
    if not seccomp.available():
        raise OSError("there is no seccomp filter for this processor")
    if private is not None:
        os.chown(scratch, private, private)
    guard.fork_guarded(scratch, limits.processes, parent)
    linux.new_session_keyring()
    Path("/proc/self/oom_score_adj").write_text("1000")
    os.nice(10)  # whoever watches must get its turn
    if private is not None:
        os.setgroups([])
        os.setresgid(private, private, private)
        os.setresuid(private, private, private)
        linux.set_dumpable(True)  # changing user took it away
    linux.drop_capabilities()
    linux.forbid_new_privileges()
    os.chdir(scratch)
    landlock.confine_files(
        [
            *((path, landlock.READ) for path in shown),
            *((f"/proc/{name}", landlock.READ) for name in _OWN_PROCESS),
            *_devices(),
            (scratch, landlock.READ | landlock.WRITE),
        ]
    )
    landlock.confine_signals()
    seccomp.close_doors(shared=True)


def _devices() -> list[tuple[str, int]]:
    writable = landlock.READ | landlock.WRITE
    return [
        *((f"/dev/{name}", writable) for name in _WRITABLE_DEVICES),
        *((f"/dev/{name}", landlock.READ) for name in _READABLE_DEVICES),
    ]


def _forbid_shared_memory() -> None:
    """Allow no System V segments and queues in this IPC namespace: no other limit counts them."""
    for name in ("shmmni", "msgmni"):
        try:
            Path("/proc/sys/kernel", name).write_text("0")
        except PermissionError:
            pass  # before Linux 5.19 this took root outside of a user namespace


def counts_own_processes(private: int | None) -> bool:
    """Return whether the kernel counts a run's processes apart from others of the same user."""
    major, minor = map(int, re.findall(r"\d+", os.uname().release)[:2])
    return private is not None or (major, minor) >= (5, 14)


def _enter_last_user_namespace(*, optional: bool) -> None:
    user, group = os.geteuid(), os.getegid()
    try:
        linux.unshare(linux.NEWUSER)
    except OSError:
        if not optional:
            raise
        return  # root on a machine without user namespaces: the private user is the boundary
    _map_ids(_INSIDE_ID, user, group)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")


def _map_ids(inside: int, user: int, group: int) -> None:
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{inside} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{inside} {group} 1")


def assert_one_thread() -> None:
    """Leave at once if this process has threads: a fork would copy their locks, held for ever."""
    threads = len(os.listdir("/proc/self/task"))
    if threads != 1:
        sys.exit(f"the zygote has {threads} threads and cannot fork safely")
