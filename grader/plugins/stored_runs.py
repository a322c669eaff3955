"""What runs gave, kept on disk: the same work under the same conditions is not run again.

A run is stored under a digest of everything that can change its outcome: every cell and every
call, the limits, the seed, the course's own package and the versions of the libraries. A changed
answer or hint in a definition is none of these, so grading again only checks the stored answers;
a changed cell, probe or limit gives another digest.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from grader.runner import Call, DecodeError, Job, RunnerPool, RunResult, UnencodableError
from grader.runner.conditions import conditions
from grader.runner.records import (
    from_bytes,
    plain_calls,
    plain_job,
    plain_result,
    read_result,
    to_bytes,
)

_DIGEST = hashlib.sha256().digest_size
# Luck decides about these: a busy machine, a full memory. They get another chance.
_BY_CHANCE = frozenset({"killed", "crashed", "wall_time", "cpu_time"})


class StoredRuns:
    """Runs jobs in a pool, unless what they give is known.

    Parameters
    ----------
    pool : callable
        Returns the pool; called when the first job has to run.
    folder : Path
        One file per run; the grader's own, out of every submission's sight.
    most_bytes : int
        The files used longest ago are removed beyond it; 0 stores nothing.

    Attributes
    ----------
    known : set of str
        Keys of the jobs that did not have to run.
    """

    def __init__(self, pool: Callable[[], RunnerPool], folder: Path, most_bytes: int):
        self._pool = pool
        self._folder = folder
        self._most_bytes = most_bytes
        self.known: set[str] = set()
        self._lock = threading.Lock()
        self._running: dict[str, Future[RunResult]] = {}
        self._room = 0
        self._digests = JobDigests()

    @property
    def has_any(self) -> bool:
        """Whether anything is kept."""
        return bool(self._most_bytes) and any(self._folder.glob("??/*"))

    def kept(self, job: Job) -> RunResult | None:
        """Return what `job` gave when it ran, or None."""
        return self._load(self._digests.of(job)) if self._most_bytes else None

    def submit(self, key: str, job: Job) -> Future[RunResult]:
        """Return what `job` gives, now or when it has run; equal jobs run once."""
        if not self._most_bytes:
            return self._pool().submit(key, job)
        digest = self._digests.of(job)
        stored = self._load(digest)
        if stored is not None:
            self.known.add(key)
            future: Future[RunResult] = Future()
            future.set_result(stored)
            return future
        with self._lock:
            if digest in self._running:
                self.known.add(key)
                return self._running[digest]
            future = self._running[digest] = self._pool().submit(key, job)
        future.add_done_callback(lambda done: self._keep(digest, done))
        return future

    def _keep(self, digest: str, done: Future[RunResult]) -> None:
        try:
            if not done.cancelled() and done.exception() is None:
                self._save(digest, done.result())
        finally:
            with self._lock:
                self._running.pop(digest, None)

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest

    def _load(self, digest: str) -> RunResult | None:
        path = self._path(digest)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        try:
            result = _read(digest, content)
        except (DecodeError, ValueError, TypeError, KeyError):
            path.unlink(missing_ok=True)
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return result

    def _save(self, digest: str, result: RunResult) -> None:
        if not _is_settled(result):
            return
        try:
            content = _written(digest, result)
        except UnencodableError:
            return
        path = self._path(digest)
        # A full or read-only disk costs time in the next run, and nothing else.
        with contextlib.suppress(OSError):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
                file.write(content)
            os.replace(file.name, path)
            with self._lock:
                self._make_room(len(content))

    def _make_room(self, written: int) -> None:
        """Remove the files used longest ago, if with those `written` there may be too many.

        Looking at all files takes longer the more there are, so it is done seldom: again when the
        room found free is used up, or a tenth of the whole, since other processes write here, too.
        """
        self._room -= written
        if self._room >= 0:
            return
        files = [(f.stat(), f) for f in self._folder.glob("??/*") if f.is_file()]
        total, tenth = sum(found.st_size for found, _ in files), self._most_bytes // 10
        if total > self._most_bytes:
            for found, file in sorted(files, key=lambda item: item[0].st_mtime):
                file.unlink(missing_ok=True)
                total -= found.st_size
                if total <= self._most_bytes - tenth:
                    break
        self._room = min(self._most_bytes - total, tenth)


class JobDigests:
    """Digests of jobs. What answers are called with, a class shares: it is read once."""

    def __init__(self) -> None:
        # The calls are kept, so that nothing else gets their identity.
        self._known: dict[int, tuple[tuple[Call, ...], str]] = {}

    def of(self, job: Job) -> str:
        """Return the digest of everything that can change what `job` gives.

        Raises
        ------
        ValueError
            If it has a step in which an examiner asks on: that depends on more than the job.
        """
        steps, *rest = plain_job(job, self._of_calls)
        return _digest([steps, *rest, conditions()])

    def _of_calls(self, calls: tuple[Call, ...]) -> str:
        if id(calls) not in self._known:
            self._known[id(calls)] = calls, _digest(plain_calls(calls))
        return self._known[id(calls)][1]


def _digest(plain: Any) -> str:
    return hashlib.sha256(to_bytes(plain)).hexdigest()


def _is_settled(result: RunResult) -> bool:
    late = any(cell.status == "timeout" for cell in result.cells.values())
    slow = any(
        "timeout" in (answer.kind, *(one.kind for one in answer.results))
        for answer in result.answers.values()
    )
    return result.ended not in _BY_CHANCE and not late and not slow


def _written(digest: str, result: RunResult) -> bytes:
    body = to_bytes({"digest": digest, **plain_result(result)})
    return hashlib.sha256(body).digest() + body


def _read(digest: str, content: bytes) -> RunResult:
    body = content[_DIGEST:]
    if hashlib.sha256(body).digest() != content[:_DIGEST]:
        raise ValueError("the file was damaged")
    plain = from_bytes(body)
    if plain["digest"] != digest:
        raise ValueError("the file belongs to another run")
    return read_result(plain)
