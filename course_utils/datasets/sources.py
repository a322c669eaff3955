"""Where a real data set comes from: this machine's cache, the internet, or nowhere.

Files lie where Keras puts them, under KERAS_HOME (by default ``~/.keras``), so that what Keras
has fetched is found here and the other way round.
"""

from __future__ import annotations

import contextlib
import hashlib
import http.client
import os
import queue
import tempfile
import threading
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

from course_utils.environment import DATA_MODES, data_mode

PATIENCE = 5.0
_CHUNK = 1 << 18
# An answer that breaks off is no OSError.
_TROUBLE = (OSError, http.client.HTTPException)


class RemoteFile(NamedTuple):
    """A file on the internet: its name in the cache, address, SHA-256 and size in bytes."""

    name: str
    url: str
    sha256: str
    size: int


def real_file(file: RemoteFile, source: str = "auto") -> Path | None:
    """Return the path of the real file, fetched if need be, or None: use the stand-in.

    Parameters
    ----------
    file : RemoteFile
    source : {"auto", "online", "offline"}
        "offline": None at once. "auto": None if the file is not on this machine and the server
        does not answer within five seconds; COURSE_DATA may say "online" or "offline" instead.

    Raises
    ------
    RuntimeError
        For "online", if the file cannot be had.
    ValueError
        If `source` is something else.
    """
    if source not in DATA_MODES:
        raise ValueError(f"source is {source!r}; use one of {', '.join(DATA_MODES)}")
    mode = data_mode() if source == "auto" else source
    if mode == "offline":
        return None
    path = cache_folder() / file.name
    if _is_right(path, file):
        return path
    try:
        _fetch(file, path)
    except _TROUBLE as error:
        if mode == "online":
            raise RuntimeError(
                f"{file.name} is not in {path.parent} and could not be fetched from {file.url} "
                f'({error}). Connect to the internet, or use source="offline".'
            ) from error
        return None
    return path


def cache_folder() -> Path:
    """Return where Keras keeps data sets."""
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    return Path(home).expanduser() / "datasets"


def _is_right(path: Path, file: RemoteFile) -> bool:
    try:
        with path.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def _fetch(file: RemoteFile, path: Path) -> None:
    """Put the file at `path`, whole and right or not at all."""
    with contextlib.closing(_open(file.url)) as response:
        print(f"Fetching {file.name} ({file.size / 1e6:.0f} MB) …")
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, part = tempfile.mkstemp(dir=path.parent, prefix=file.name)
        try:
            with os.fdopen(handle, "wb") as target:
                while chunk := response.read(_CHUNK):
                    target.write(chunk)
            if not _is_right(Path(part), file):
                raise OSError("the file that arrived is not the right one")
            os.replace(part, path)
        finally:
            Path(part).unlink(missing_ok=True)


def _open(url: str) -> Any:
    """Return the server's response; raise if it does not come within PATIENCE."""
    answers: queue.Queue[Any] = queue.Queue(maxsize=1)

    def ask() -> None:
        try:
            answers.put(urllib.request.urlopen(url, timeout=PATIENCE))
        except _TROUBLE as error:
            answers.put(error)

    # In a thread, because looking up a name obeys no time limit.
    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=PATIENCE)
    except queue.Empty:
        raise OSError(f"no answer within {PATIENCE:.0f} seconds") from None
    if isinstance(answer, Exception):
        raise answer
    return answer
