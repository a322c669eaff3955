"""Run jobs in parallel: the one class that graders use."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from .conversation import Conversation, RunEndedError, RunLostError
from .job import Answer, AnswerStep, CallResult, CellOutcome, CellStep, Job, RunResult, Step
from .launch import DEFAULT_PRELOAD, RunnerError, Zygote, default_hidden
from .machine import ISOLATION_SETTINGS, require_isolation
from .remote import Namespace, Remote
from .verdict import KILLED_BY_THE_SYSTEM, explain

Examiner = Callable[[str, Remote], None]

_ATTEMPTS = 2


class RunnerPool:
    """Runs each submitted job in a process of its own, forked from one warm zygote.

    Parameters
    ----------
    workers : jobs at the same time.
    preload : modules the zygote imports, so that no job has to.
    isolation : "auto" (the strongest level that holds here, or an exception), "namespaces" or
        "landlock" (that level, or an exception), or "none" (time and memory limits only).
    hidden : directories kept out of sight even inside /usr or the Python installation; the
        working directory and the course are always.

    Raises
    ------
    IsolationUnavailable
        If this machine cannot isolate processes as `isolation` says, or an attempt to break
        out succeeds.

    Construction returns while the zygote still imports. As a context manager, or by `close`, it
    ends everything it started; so does the kernel if the grader itself is killed.
    """

    def __init__(
        self,
        workers: int | None = None,
        preload: tuple[str, ...] = DEFAULT_PRELOAD,
        isolation: str = "auto",
        *,
        hidden: Iterable[str] = (),
    ) -> None:
        if isolation not in ISOLATION_SETTINGS:
            known = ", ".join(map(repr, ISOLATION_SETTINGS))
            raise ValueError(f"isolation must be one of {known}, not {isolation!r}")
        self.workers = workers or os.cpu_count() or 1
        self.isolation = require_isolation(isolation)
        self._preload = tuple(preload)
        self._hidden = [*default_hidden(), *hidden]
        self._closed = False
        self._lock = threading.Lock()
        self._slots: queue.SimpleQueue[int] = queue.SimpleQueue()
        for slot in range(self.workers):
            self._slots.put(slot)
        self._zygote = self._start_zygote()
        self._threads = ThreadPoolExecutor(self.workers, thread_name_prefix="runner")

    def __enter__(self) -> RunnerPool:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def submit(self, key: str, job: Job, examiner: Examiner | None = None) -> Future[RunResult]:
        """Run `job` when a worker is free; `key` names it in error messages.

        It is repeated if the zygote was lost, and once if the system killed it.
        At each `ServeStep`, `examiner(step id, remote)` is called in a thread of the pool, and
        again if the run has to be repeated; without an examiner such steps are skipped.
        The future's exception is set only by the grader's own faults: `RunnerError` if the
        runner does not work, `UnencodableError` for arguments that cannot be sent, and whatever
        `examiner` raises.
        """
        return self._threads.submit(self._run, key, job, examiner)

    def wait_until_ready(self) -> float:
        """Wait for the zygote's imports and return how many seconds they took."""
        zygote = self._zygote
        zygote.wait_until_ready()
        return zygote.seconds

    @property
    def zygote_pid(self) -> int:
        """Process id of the zygote, 0 while it starts."""
        return self._zygote.pid

    def close(self) -> None:
        """Stop what runs, cancel what waits, and leave no process, file or socket behind."""
        with self._lock:
            self._closed = True
            self._zygote.close()
        self._threads.shutdown(wait=True, cancel_futures=True)

    def _start_zygote(self) -> Zygote:
        return Zygote(self._preload, self.isolation, self._hidden)

    def _replace(self, broken: Zygote) -> None:
        with self._lock:
            if self._zygote is broken and not self._closed:
                broken.close()
                self._zygote = self._start_zygote()

    def _run(self, key: str, job: Job, examiner: Examiner | None) -> RunResult:
        slot = self._slots.get()
        try:
            result = self._run_in(slot, key, job, examiner)
            if (result.ended, result.detail) == KILLED_BY_THE_SYSTEM and not self._closed:
                # Others may have used up the memory. Once: it may have killed itself.
                result = self._run_in(slot, key, job, examiner)
            return result
        finally:
            self._slots.put(slot)

    def _run_in(self, slot: int, key: str, job: Job, examiner: Examiner | None) -> RunResult:
        """Run until a zygote lives long enough to say how it went."""
        for attempt in range(1, _ATTEMPTS + 1):
            zygote = self._zygote
            try:
                zygote.wait_until_ready()
                return _run_once(zygote, slot, job, examiner)
            except RunnerError as error:
                if self._closed:
                    break
                if attempt == _ATTEMPTS:
                    raise RunnerError(f"{key}: {error}") from error
            except (RunLostError, OSError) as error:
                if self._closed:
                    break
                lost = str(error)
            self._replace(zygote)
        detail = "the grader was closed" if self._closed else f"it was lost twice: {lost}"
        return _Results(job).finish("killed", detail, {})


class _Results:
    """Results so far; steps not reached yet say so."""

    def __init__(self, job: Job) -> None:
        self.cells = {
            step.id: CellOutcome("not_reached") for step in job.steps if isinstance(step, CellStep)
        }
        self.answers = {
            step.id: Answer("not_reached") for step in job.steps if isinstance(step, AnswerStep)
        }

    def finish(self, ended: str, detail: str, report: dict) -> RunResult:
        return RunResult(
            cells=self.cells,
            answers=self.answers,
            ended=ended,
            detail=detail,
            wall_seconds=report.get("wall", 0.0),
            cpu_seconds=report.get("cpu", 0.0),
            peak_memory_bytes=report.get("peak", 0),
        )


def _run_once(zygote: Zygote, slot: int, job: Job, examiner: Examiner | None) -> RunResult:
    connection, status = zygote.fork_run(slot, job.limits, job.seed)
    conversation = Conversation(connection, status, job.limits)
    results = _Results(job)
    current: Step | None = None
    greeted = finished = False
    try:
        try:
            conversation.greet()
            greeted = True
            namespace = Namespace(conversation)
            for current in job.steps:
                _run_step(current, namespace, results, examiner)
            finished = True
        except RunEndedError:
            pass
        report = conversation.end()
    finally:
        conversation.close()
    if finished:
        return results.finish("finished", "", report)
    ended, detail = explain(report, conversation.broken, job.limits)
    failed = report["cause"] in ("exit", "signal") and (ended, detail) != KILLED_BY_THE_SYSTEM
    if not greeted and failed:
        raise RunnerError(zygote.explain("a run ended before it was isolated"))
    if isinstance(current, CellStep):
        status_word = "timeout" if ended in ("wall_time", "cpu_time") else "error"
        results.cells[current.id] = CellOutcome(
            status_word, error_name="RunEnded", error_message=detail
        )
    return results.finish(ended, detail, report)


def _run_step(
    step: Step, namespace: Namespace, results: _Results, examiner: Examiner | None
) -> None:
    """Run one step and keep what it gives, also if the run ends in the middle of it."""
    if isinstance(step, CellStep):
        results.cells[step.id] = namespace.cell(step)
    elif isinstance(step, AnswerStep):
        answer = results.answers[step.id] = namespace.value(step.name)
        calls = [call for call in step.calls if answer.kind == "callable" or call.through]
        if answer.kind not in ("callable", "unencodable") or not calls:
            return
        given: list[CallResult] = []
        try:
            for call in calls:
                given.append(namespace.call(step.name, call))
                if given[-1].kind == "timeout":
                    break  # it would most likely hang in the other calls as well
        finally:
            missing = [CallResult("not_reached")] * (len(calls) - len(given))
            results.answers[step.id] = Answer(
                answer.kind,
                answer.value,
                type_name=answer.type_name,
                detail=answer.detail,
                results=(*given, *missing),
            )
    elif examiner is not None:
        examiner(step.id, Remote(namespace, step.names))
        namespace.value("")  # raises if the run ended while it was examined
