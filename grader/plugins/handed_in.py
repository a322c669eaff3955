"""What lies in a student's folder: which notebook counts, and what is to be left alone."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable
from logging import Logger
from pathlib import Path

from nbgrader.utils import parse_utc

from grader.intake import IntakeLimits

TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200


def settled_names(paths: list[str], released: set[str]) -> list[str]:
    """Return the notebooks to grade among a student's `paths`, under their released names.

    A browser's "name (1).ipynb" and Colab's "Copy of name.ipynb" are the assignment's notebook
    when it is the only file handed in and the assignment has only one.

    >>> settled_names(["ps1/Copy of problem.ipynb"], {"problem"})
    ['ps1/problem.ipynb']
    """
    known = [path for path in sorted(paths) if Path(path).stem in released]
    if not known and len(paths) == len(released) == 1:
        return [str(Path(paths[0]).with_name(f"{next(iter(released))}.ipynb"))]
    return known or list(paths)


def read_regular_file(path: Path, limits: IntakeLimits | None = None) -> bytes:
    """Return the bytes of `path`, one more than the limit at most; links are not followed."""
    most = (limits or IntakeLimits()).file_bytes + 1
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with open(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return b""
        return file.read(most)


def unusable_names(folder: Path) -> list[str]:
    """Return patterns for the names of what is no ordinary file: links, pipes, devices, sockets.

    nbgrader copies everything beside the notebook; it would follow the links and stop at the rest.
    """
    found = set()
    for where, folders, names in os.walk(folder):
        for name in (*names, *folders):
            mode = os.lstat(os.path.join(where, name)).st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                found.add(name)
    return sorted(map(glob.escape, found))


def set_aside_broken_timestamps(folders: Iterable[str], log: Logger) -> None:
    """Rename ``timestamp.txt`` where it holds no time, so that the submission counts as in time.

    nbgrader would stop the student's grading there.
    """
    for folder in folders:
        path = Path(folder, TIMESTAMP)
        if os.path.lexists(path) and not _holds_a_time(path):
            aside = path.with_name(f"{TIMESTAMP}.broken")
            path.replace(aside)
            log.warning(
                "%s is no time and was renamed to %s: the submission has no time now. Write one "
                "as 2026-01-31 23:59:00 UTC into a new %s and grade again if it was late.",
                path, aside.name, TIMESTAMP,
            )  # fmt: skip


def _holds_a_time(path: Path) -> bool:
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST_TIMESTAMP:
        return False
    try:
        text = path.read_text().strip()
        return not text or parse_utc(text) is not None
    except (ValueError, OverflowError, OSError):
        return False
