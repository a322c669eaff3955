"""seccomp: system calls that a process gives up for good, as a filter for the kernel.

Two sets: `DOORS` is refused to every isolated run; `SHARED` as well where a run has no namespaces,
because these calls reach what all processes of a user share: network, sockets, other processes,
the mode and dates of files. A filter is a dozen bytes per call, so it is written here: the
bindings on PyPI need a C library that not every machine has.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Callable, Iterable

from . import linux

# Architecture as the kernel's audit numbers it, and the column of the table below.
_ARCHITECTURES = {"x86_64": (0xC000_003E, 0), "aarch64": (0xC000_00B7, 1)}
_LAST_KNOWN = 469

# name: (x86_64, aarch64), one number where they agree, None where there is no such call
_NUMBERS: dict[str, int | tuple[int | None, int | None]] = {
    # namespaces, mounts, another root
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "mount_setattr": 442,
    "open_tree_attr": 467,
    "quotactl": (179, 60),
    "quotactl_fd": 443,
    "open_by_handle_at": (304, 265),
    # other processes' memory and files
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": 440,
    "pidfd_getfd": 438,
    "kcmp": (312, 272),
    "move_pages": (279, 239),
    "migrate_pages": (256, 238),
    # parts of the kernel with a history of holes, and no use here
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": 425,
    "io_uring_enter": 426,
    "io_uring_register": 427,
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "modify_ldt": (154, None),
    # the machine itself
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "reboot": (169, 142),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "acct": (163, 89),
    "syslog": (103, 116),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "iopl": (172, None),
    "ioperm": (173, None),
    # memory that belongs to no process and no file system: no limit counts it
    "memfd_create": (319, 279),
    "memfd_secret": 447,
    "shmget": (29, 194),
    "shmat": (30, 196),
    "msgget": (68, 186),
    "semget": (64, 190),
    "mq_open": (240, 180),
    # refused for some arguments only, see below
    "clone": (56, 220),
    "clone3": 435,
    "socket": (41, 198),
    # shared by the processes of a user
    "socketpair": (53, 199),
    "connect": (42, 203),
    "bind": (49, 200),
    "sendmsg": (46, 211),
    "sendmmsg": (307, 269),
    "inotify_add_watch": (254, 27),
    "prlimit64": (302, 261),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "sched_setaffinity": (203, 122),
    "sched_setscheduler": (144, 119),
    "sched_setparam": (142, 118),
    "sched_setattr": (314, 274),
    # attributes of files, which no other wall at that level guards
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": 452,
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "setxattrat": 463,
    "removexattrat": 466,
    "file_setattr": 469,
    "fallocate": (285, 47),
    # refused by tests that play an older kernel
    "landlock_create_ruleset": 444,
}
_names = list(_NUMBERS)
DOORS = frozenset(_names[: _names.index("clone")])
SHARED = frozenset(_names[_names.index("connect") : _names.index("landlock_create_ruleset")])
_OF_OTHERS = {"prlimit64", "sched_setaffinity", "sched_setscheduler", "sched_setparam"}
_OF_OTHERS |= {"sched_setattr"}
_ALL_OF_IT = SHARED - _OF_OTHERS - {"setpriority", "fallocate"}

_NEW_NAMESPACES = 0x7E02_0080  # CLONE_NEW*
_UNIX, _INET, _INET6, _NETLINK = 1, 2, 10, 16
_STREAM = 1
_ALLOW, _ERRNO, _KILL = 0x7FFF_0000, 0x0005_0000, 0x8000_0000
_LOAD, _AND, _RETURN = 0x20, 0x54, 0x06
_EQUAL, _AT_LEAST, _ANY_BIT = 0x15, 0x35, 0x45


def available() -> bool:
    """Return whether a filter can be made for this machine."""
    return platform.machine() in _ARCHITECTURES


def refuse(calls: Iterable[str], *, code: int = errno.EPERM) -> None:
    """Refuse `calls` to this process and its descendants with the error `code`."""
    _install([_each(calls, code)])


def close_doors(*, shared: bool) -> None:
    """Refuse `DOORS`, new namespaces and unknown calls, and with `shared` also `SHARED`.

    The process must have given up new privileges before.

    Raises
    ------
    OSError
        If the kernel refuses the filter.
    """
    # clone3 hides its flags from a filter; told that there is none, libraries use clone.
    rules = [
        _each(DOORS, errno.EPERM),
        _each(["clone3"], errno.ENOSYS),
        _when("clone", 0, lambda yes, no: [_jump(_ANY_BIT, _NEW_NAMESPACES, yes, no)]),
    ]
    if shared:
        rules += [
            _each(_ALL_OF_IT | {"socket"}, errno.EACCES),
            _each(["fallocate"], errno.EOPNOTSUPP),  # would take disk space uncounted
            _unless("socketpair", 0, [_UNIX]),
            _unless("socketpair", 1, [_STREAM], mask=0xF),
            _unless("setpriority", 0, [0]),
            _unless("setpriority", 1, [0]),
            *(_unless(name, 0, [0]) for name in sorted(_OF_OTHERS)),
        ]
    else:
        # Not all families, such as the one to a virtual machine's host, know network namespaces.
        families = [_UNIX, _INET, _INET6, _NETLINK]
        rules.append(_unless("socket", 0, families, code=errno.EAFNOSUPPORT))
    _install(rules)


def _number(name: str) -> int | None:
    column = _ARCHITECTURES[platform.machine()][1]
    numbers = _NUMBERS[name]
    return numbers if isinstance(numbers, int) else numbers[column]


def _statement(code: int, value: int) -> bytes:
    return struct.pack("HBBI", code, 0, 0, value)


def _jump(code: int, value: int, yes: int, no: int) -> bytes:
    return struct.pack("HBBI", code, yes, no, value)


def _error(code: int) -> bytes:
    return _statement(_RETURN, _ERRNO | code)


def _each(names: Iterable[str], code: int) -> list[bytes]:
    program = []
    for number in sorted({_number(name) for name in names} - {None}):
        program += [_jump(_EQUAL, number, 0, 1), _error(code)]
    return program


def _when(
    name: str,
    argument: int,
    test: Callable[[int, int], list[bytes]],
    *,
    mask: int = 0xFFFF_FFFF,
    code: int = errno.EPERM,
) -> list[bytes]:
    """Refuse the call when `test` of the lower half of an argument jumps to its first target."""
    number = _number(name)
    if number is None:
        return []
    load = [_statement(_LOAD, 16 + 8 * argument), _statement(_AND, mask)]
    body = [*load, *test(0, 1), _error(code), _statement(_LOAD, 0)]
    return [_jump(_EQUAL, number, 0, len(body)), *body]


def _unless(
    name: str, argument: int, values: list[int], *, mask: int = 0xFFFF_FFFF, code: int = errno.EPERM
) -> list[bytes]:
    """Refuse the call unless its argument is one of `values`."""

    def test(_yes: int, no: int) -> list[bytes]:
        count = len(values)
        return [
            _jump(_EQUAL, value, count - position - 1 + no, 0)
            for position, value in enumerate(values)
        ]

    return _when(name, argument, test, mask=mask, code=code)


def _install(rules: list[list[bytes]]) -> None:
    audit, _ = _ARCHITECTURES[platform.machine()]
    start = [
        _statement(_LOAD, 4),
        _jump(_EQUAL, audit, 1, 0),
        _statement(_RETURN, _KILL),
        _statement(_LOAD, 0),
        _jump(_AT_LEAST, _LAST_KNOWN + 1, 0, 1),  # newer than this table, or the x32 interface
        _error(errno.ENOSYS),
    ]
    end = [_statement(_RETURN, _ALLOW)]
    program = b"".join([*start, *(line for rule in rules for line in rule), *end])
    kept = ctypes.create_string_buffer(program, len(program))
    linux.set_filter(len(program) // 8, ctypes.addressof(kept))
