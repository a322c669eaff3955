"""Landlock: rules on files, signals and sockets that a process puts on itself, for good.

Three system calls; the bindings on PyPI are pre-releases that know neither signals nor sockets.
Rules of several rulesets add up: what one of them does not allow is refused.
"""

from __future__ import annotations

import os
import stat
import struct
from collections.abc import Iterable

from . import linux

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on every architecture
_VERSION_FLAG = 1
_PATH_BENEATH = 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REFER, _TRUNCATE, _IOCTL_DEV = 1 << 13, 1 << 14, 1 << 15
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEV
_TCP = 0b11
_SCOPES = 0b11  # abstract sockets, signals

READ = _EXECUTE | _READ_FILE | _READ_DIR
WRITE = (1 << 15) - 1 & ~READ  # files, folders and links, of every kind but devices' own commands
DEVICES = 1 << 6 | 1 << 11

# From this version on signals can be confined: Linux 6.12.
VERSION_FOR_SIGNALS = 6


def version() -> int:
    """Return the version of Landlock this kernel offers, 0 if none."""
    try:
        return linux.system_call(_CREATE_RULESET, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


def confine_files(rules: Iterable[tuple[str, int]]) -> None:
    """Refuse this process every file but those at and below the paths in `rules`.

    Each path comes with what is allowed there: `READ`, or `READ | WRITE`. Paths that do not exist
    are left out. Names, sizes and dates of other files stay visible.
    """
    handled = _handled_access()
    ruleset = _ruleset(files=handled)
    try:
        for path, access in rules:
            _allow(ruleset, path, access & handled & ~DEVICES)
        linux.system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def confine_signals() -> None:
    """Refuse this process TCP, and signals and abstract sockets of processes outside.

    Its later children are inside. Processes outside may still send it signals.

    Raises
    ------
    OSError
        If this kernel's Landlock is too old for that.
    """
    ruleset = _ruleset(tcp=_TCP, scopes=_SCOPES)
    try:
        linux.system_call(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)


def _handled_access() -> int:
    found = version()
    access = (1 << 16) - 1
    for since, right in ((2, _REFER), (3, _TRUNCATE), (5, _IOCTL_DEV)):
        if found < since:
            access &= ~right
    return access


def _ruleset(*, files: int = 0, tcp: int = 0, scopes: int = 0) -> int:
    attributes = struct.pack("QQQ", files, tcp, scopes)
    if not (tcp or scopes):
        attributes = attributes[:8]  # all that the first version knows
    return linux.system_call(_CREATE_RULESET, attributes, len(attributes), 0)


def _allow(ruleset: int, path: str, access: int) -> None:
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
            access &= _OF_FILES
        rule = struct.pack("=Qi", access, descriptor)
        linux.system_call(_ADD_RULE, ruleset, _PATH_BENEATH, rule, 0)
    finally:
        os.close(descriptor)
