"""What lies in a student's folder beside the notebook, made harmless for nbgrader's own steps."""

from __future__ import annotations

import glob
import os
import stat
from collections.abc import Iterable
from logging import Logger
from pathlib import Path

from nbgrader.utils import parse_utc

TIMESTAMP = "timestamp.txt"
_LONGEST_TIMESTAMP = 200


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
