"""The few Linux calls that Python 3.11 has no function for."""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
import sys
from pathlib import Path

# clone(2)
NEWNS, NEWUTS, NEWIPC = 0x0002_0000, 0x0400_0000, 0x0800_0000
NEWUSER, NEWPID, NEWNET = 0x1000_0000, 0x2000_0000, 0x4000_0000
# mount(2)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 1, 2, 4, 8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
MS_NOATIME, MS_NODIRATIME, MS_RELATIME = 0x400, 0x800, 0x20_0000
MNT_DETACH = 2
# prctl(2)
_PDEATHSIG, _DUMPABLE, _KEEPCAPS, _CAPBSET_DROP = 1, 4, 8, 24
_NO_NEW_PRIVS, _SUBREAPER, _CAP_AMBIENT, _AMBIENT_CLEAR_ALL = 38, 36, 47, 4
_CAPABILITY_VERSION_3 = 0x2008_0522

_SECCOMP, _FILTER = 22, 2

# A call without a function in the C library.
_KEYCTL = {"x86_64": 250, "aarch64": 219}
_JOIN_SESSION_KEYRING = 1

# Elsewhere nothing here is called, but the grader still imports and can say so.
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _check(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result


def unshare(flags: int) -> None:
    """Move this process (NEWPID: its next children) into new namespaces."""
    _check(_libc.unshare(flags), "unshare")


def setns(fd: int, kind: int) -> None:
    """Enter the namespace behind `fd`."""
    _check(_libc.setns(fd, kind), "setns")


def mount(source: str | None, target: str, kind: str | None, flags: int, data: str = "") -> None:
    """Mount, bind or remount at `target`."""
    _check(
        _libc.mount(
            None if source is None else os.fsencode(source),
            os.fsencode(target),
            None if kind is None else kind.encode(),
            ctypes.c_ulong(flags),
            data.encode() or None,
        ),
        f"mount {target}",
    )


def unmount(target: str) -> None:
    """Detach the mount at `target`, now out of reach and freed when unused."""
    _check(_libc.umount2(os.fsencode(target), MNT_DETACH), f"unmount {target}")


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root directory and put the old one at `old`, inside `new`."""
    _check(_libc.pivot_root(os.fsencode(new), os.fsencode(old)), "pivot_root")


def _prctl(option: int, argument: int = 0) -> int:
    return _libc.prctl(option, ctypes.c_ulong(argument), 0, 0, 0)


def die_with_parent(signal: int = 9) -> None:
    """Have the kernel send this process `signal` when its parent dies."""
    _check(_prctl(_PDEATHSIG, signal), "PR_SET_PDEATHSIG")


def adopt_orphans() -> None:
    """Become the parent of descendants whose own parent dies."""
    _check(_prctl(_SUBREAPER, 1), "PR_SET_CHILD_SUBREAPER")


def set_dumpable(dumpable: bool) -> None:
    """Allow or forbid other processes of the same user to look into this one."""
    _check(_prctl(_DUMPABLE, int(dumpable)), "PR_SET_DUMPABLE")


def keep_capabilities() -> None:
    """Keep permitted capabilities over the next change of user."""
    _check(_prctl(_KEEPCAPS, 1), "PR_SET_KEEPCAPS")


def forbid_new_privileges() -> None:
    """Make programs with set-user-id bits or file capabilities run without them."""
    _check(_prctl(_NO_NEW_PRIVS, 1), "PR_SET_NO_NEW_PRIVS")


def drop_capabilities() -> None:
    """Give up every capability, also those that starting a program could bring back."""
    # Without the right to drop them from the bounding set there are none to bring back, once new
    # privileges are given up.
    for capability in range(64 if capabilities() else 0):
        if _prctl(_CAPBSET_DROP, capability) < 0:
            if ctypes.get_errno() != errno.EINVAL:  # EINVAL: past the last capability
                raise OSError(ctypes.get_errno(), "PR_CAPBSET_DROP")
            break
    _libc.prctl(_CAP_AMBIENT, ctypes.c_ulong(_AMBIENT_CLEAR_ALL), 0, 0, 0)
    _capset(effective=0, permitted=0)


def use_permitted_capabilities() -> None:
    """Make every capability this process may use effective again."""
    permitted = capabilities("CapPrm")
    _capset(effective=permitted, permitted=permitted)


def capabilities(which: str = "CapEff") -> int:
    """Return a capability set of this process as a bit mask."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(which):
            return int(line.split()[1], 16)
    return 0


def _capset(*, effective: int, permitted: int) -> None:
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    halves = []
    for shift in (0, 32):
        halves += [effective >> shift & 0xFFFFFFFF, permitted >> shift & 0xFFFFFFFF, 0]
    _check(_libc.capset(header, (ctypes.c_uint32 * 6)(*halves)), "capset")


def new_session_keyring() -> None:
    """Leave the keys of the session this process was started in."""
    number = _KEYCTL.get(platform.machine())
    if number is not None:
        _libc.syscall(number, _JOIN_SESSION_KEYRING, None)


def system_call(number: int, *arguments: int | bytes | None) -> int:
    """Make a system call by its number and return what it returns."""
    exact = [ctypes.c_long(one) if isinstance(one, int) else one for one in arguments]
    return _check(_libc.syscall(ctypes.c_long(number), *exact), f"system call {number}")


def set_filter(length: int, address: int) -> None:
    """Filter this process's system calls by the program of `length` lines at `address`."""
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxQ", length, address), 16)
    result = _libc.prctl(_SECCOMP, ctypes.c_ulong(_FILTER), program, 0, 0)
    _check(result, "PR_SET_SECCOMP")
