"""Run a command in a network namespace of its own: nothing but its own loopback is reachable."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
import subprocess

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def run_offline(command: list[str], **options) -> subprocess.CompletedProcess:
    """Run `command` without a network; raise OSError where namespaces are not available."""
    return subprocess.run(
        command, preexec_fn=_leave_the_network, text=True, capture_output=True, **options
    )


def _leave_the_network() -> None:
    uid, gid = os.getuid(), os.getgid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "cannot make a network namespace")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {uid} 1"),
        ("gid_map", f"{gid} {gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)
    # Jupyter talks to its kernels over the loopback interface.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14s", b"lo", IFF_UP, b""))
