"""The file system a student's code sees: programs and libraries, read-only, and nothing else.

`plan_root` runs in the grader and decides what is in it. `build_root` runs in the zygote, inside a
mount namespace of its own, and leaves it there: the course, home directories and every other
file of the machine are then not merely forbidden but absent.
"""

from __future__ import annotations

import errno
import os
import re
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from . import linux

SCRATCH = "/scratch"
OWN_CODE = "/runner"
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
_ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "fonts", "localtime")
# Of a Python installation only these: a virtual environment may sit at the root of the course.
_PREFIX = ("bin", "lib", "lib64", "pyvenv.cfg")
_DEVICES = ("null", "zero", "full", "random", "urandom")
_BASE = "/tmp"  # exists everywhere; covered only inside our own mount namespace
_OLD = "/old"

_GENERATED = {
    "/etc/passwd": "root:x:0:0:root:/:/bin/false\nstudent:x:1000:1000:student:/scratch:/bin/sh\n",
    "/etc/group": "root:x:0:\nstudent:x:1000:\n",
    "/etc/hosts": "127.0.0.1 localhost\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
}
_DEVICE_LINKS = {
    "/dev/fd": "/proc/self/fd",
    "/dev/stdin": "/proc/self/fd/0",
    "/dev/stdout": "/proc/self/fd/1",
    "/dev/stderr": "/proc/self/fd/2",
    "/dev/shm": f"{SCRATCH}/.shm",
}
_KEPT_OPTIONS = {
    "noexec": linux.MS_NOEXEC,
    "noatime": linux.MS_NOATIME,
    "nodiratime": linux.MS_NODIRATIME,
    "relatime": linux.MS_RELATIME,
}


def plan_root(packages: Iterable[str], hidden: Iterable[str]) -> dict[str, dict[str, str]]:
    """Decide what to show: system directories, this Python, and the directories `packages`.

    Directories in `hidden` stay out of sight also where one of those contains them.
    Returns {"binds": {target: source}, "links": {path: text}, "covers": {path: ""}}.
    """
    binds: dict[str, str] = {}
    links: dict[str, str] = {}
    for path in _SYSTEM:
        if os.path.islink(path):
            links[path] = os.readlink(path)
        elif os.path.isdir(path):
            binds[path] = path
    for name in _ETC:
        _add(binds, f"/etc/{name}")
    for prefix in (sys.prefix, sys.base_prefix):
        for place in {prefix, os.path.realpath(prefix)}:
            for name in _PREFIX:
                _add(binds, f"{place}/{name}")
    for package in packages:
        for place in {os.path.abspath(package), os.path.realpath(package)}:
            _add(binds, place)
    binds = {
        target: source
        for target, source in binds.items()
        if not _behind_shown_link(target, binds, links)
    }
    binds[OWN_CODE] = os.path.dirname(os.path.realpath(__file__))
    covers = {path: "" for path in map(os.path.realpath, hidden) if _must_cover(path, binds)}
    return {"binds": binds, "links": links, "covers": covers}


def _add(binds: dict[str, str], path: str) -> None:
    if os.path.exists(path):
        binds[path] = os.path.realpath(path)


def _inside(path: str, folder: str) -> bool:
    return path != folder and path.startswith(folder.rstrip("/") + "/")


def _behind_shown_link(target: str, binds: dict[str, str], links: dict[str, str]) -> bool:
    """Return whether a symbolic link that is itself shown leads to `target`."""
    parts = target.split("/")
    for end in range(2, len(parts) + 1):
        ancestor = "/".join(parts[:end])
        shown = ancestor in links or any(_inside(ancestor, other) for other in binds)
        if shown and os.path.islink(ancestor):
            return True
    return False


def _must_cover(path: str, binds: dict[str, str]) -> bool:
    """Return whether hiding `path` is needed, and possible without hiding Python itself."""
    if not any(_inside(path, target) for target in binds):
        return False
    libraries = [sysconfig.get_paths()[key] for key in ("stdlib", "purelib", "platlib")]
    for library in libraries:
        shown_deeper = any(
            _inside(target, path) and (library == target or _inside(library, target))
            for target in binds
        )
        if (library == path or _inside(library, path)) and not shown_deeper:
            return False
    return True


def shown_paths(plan: dict[str, dict[str, str]]) -> list[str]:
    """Return what the plan shows as paths of this machine, for a process that stays in its root.

    Where something below a path is covered, its other entries stand for it.
    """
    paths: list[str] = []
    waiting = sorted({*plan["binds"].values()})
    while waiting:
        path = waiting.pop()
        if path in plan["covers"]:
            continue
        if any(_inside(cover, path) for cover in plan["covers"]):
            waiting += [f"{path.rstrip('/')}/{name}" for name in os.listdir(path)]
        else:
            paths.append(path)
    return sorted(paths)


def build_root(plan: dict[str, dict[str, str]]) -> None:
    """Make the planned directory tree the root of this process, which needs its own namespaces.

    Raises
    ------
    OSError
        If the kernel refuses any part of it; the process must then not go on.
    """
    linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
    linux.mount("root", _BASE, "tmpfs", linux.MS_NOSUID, "size=4m,nr_inodes=4096,mode=755")
    os.mkdir(_BASE + _OLD)
    linux.pivot_root(_BASE, _BASE + _OLD)
    os.chdir("/")
    mounts = [(path, "bind") for path in plan["binds"]] + [
        (path, "cover") for path in plan["covers"]
    ]
    for path, kind in sorted(mounts, key=lambda item: item[0].count("/")):
        if kind == "bind":
            _bind(_OLD + plan["binds"][path], path)
        else:
            os.makedirs(path, exist_ok=True)
            linux.mount("cover", path, "tmpfs", linux.MS_NOSUID, "size=1m,mode=755")
    for path, text in plan["links"].items():
        os.symlink(text, path)
    _make_etc_and_dev()
    for path in ("/proc", SCRATCH):
        os.mkdir(path)
    if not os.path.exists("/tmp"):
        os.symlink(SCRATCH, "/tmp")
    mount_proc()  # while the old one is still in sight: the kernel asks for that
    linux.unmount(_OLD)
    os.rmdir(_OLD)
    _make_read_only()
    mount_scratch(64 * 1024 * 1024)


def mount_proc() -> None:
    """Mount the process information of this process's own process namespace."""
    linux.mount("proc", "/proc", "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)


def mount_scratch(size: int, owner: int = 0) -> None:
    """Mount an empty writable directory of at most `size` bytes and go there."""
    options = f"size={size},nr_inodes=20000,mode=700,uid={owner},gid={owner}"
    linux.mount("scratch", SCRATCH, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)
    os.mkdir(f"{SCRATCH}/.shm")
    os.chown(f"{SCRATCH}/.shm", owner, owner)
    os.chdir(SCRATCH)


def _bind(source: str, target: str) -> None:
    if os.path.isdir(source):
        os.makedirs(target, exist_ok=True)
    else:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if not os.path.exists(target):
            Path(target).touch()
    linux.mount(source, target, None, linux.MS_BIND | linux.MS_REC)


def _make_etc_and_dev() -> None:
    os.makedirs("/etc", exist_ok=True)
    os.mkdir("/dev")
    for path, text in _GENERATED.items():
        Path(path).write_text(text)
    for name in _DEVICES:
        _bind(f"{_OLD}/dev/{name}", f"/dev/{name}")
    for path, text in _DEVICE_LINKS.items():
        os.symlink(text, path)


def _make_read_only() -> None:
    """Remount everything read-only, keeping the options an unprivileged user may not lift."""
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split(" ")
        path = re.sub(r"\\([0-7]{3})", lambda code: chr(int(code[1], 8)), fields[4])
        flags = linux.MS_REMOUNT | linux.MS_BIND | linux.MS_RDONLY | linux.MS_NOSUID
        if not path.startswith("/dev/"):
            flags |= linux.MS_NODEV
        for option in fields[5].split(","):
            flags |= _KEPT_OPTIONS.get(option, 0)
        try:
            if path != "/proc" and _mount_at(path) == int(fields[0]):
                linux.mount(None, path, None, flags)
        except OSError as error:
            # Another user's FUSE mount: as unreachable for the student as it is for us.
            if error.errno != errno.EACCES:
                raise


def _mount_at(path: str) -> int:
    """Return the id of the mount that `path` leads to; others at that place are covered by it."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_NOFOLLOW)
    except FileNotFoundError:
        return -1
    try:
        lines = Path(f"/proc/self/fdinfo/{descriptor}").read_text().splitlines()
    finally:
        os.close(descriptor)
    return next(int(line.split()[1]) for line in lines if line.startswith("mnt_id:"))
