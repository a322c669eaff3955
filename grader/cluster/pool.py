"""`ClusterPool`: the interface of `RunnerPool`, with runs sent to the workers of a Dask cluster."""

from __future__ import annotations

import hashlib
from concurrent.futures import Future

from distributed import Client
from distributed import Future as Sent

from grader.cluster.worker import Runners, run
from grader.runner import Job, RunnerError, RunnerPool, RunResult
from grader.runner.conditions import conditions
from grader.runner.pool import Examiner
from grader.runner.records import from_bytes, plain_job, read_result, to_bytes

_RETRIES = 2
_ATTEMPTS = 3
_SECONDS_TO_CONNECT = "20s"


class ClusterUnavailableError(Exception):
    """There is no scheduler at the address, or it has no worker that isolates as it must."""


class ClusterPool:
    """Runs jobs on the workers of a Dask cluster.

    A worker that is lost costs a retry: its runs go to others. Equal jobs run once.

    Parameters
    ----------
    scheduler : str
        Address of Dask's scheduler, for example ``"tcp://10.0.0.5:8786"``.
    isolation : str
        As of `RunnerPool`, on every worker.

    Raises
    ------
    ClusterUnavailableError
    """

    def __init__(self, scheduler: str, isolation: str = "auto") -> None:
        try:
            self._client = Client(scheduler, timeout=_SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:
            raise ClusterUnavailableError(
                f"No Dask scheduler answers at {scheduler!r} (c.Grader.scheduler): {error}"
            ) from error
        self._isolation = isolation
        self._local: RunnerPool | None = None
        try:
            self._prepare_workers()
        except Exception as error:  # whatever the workers' machines refuse
            self._client.close()
            raise ClusterUnavailableError(
                f"A worker of {scheduler!r} cannot run students' code: {error}"
            ) from error
        if not self._client.ncores():
            self._client.close()
            raise ClusterUnavailableError(f"The Dask scheduler at {scheduler!r} has no workers.")

    def _prepare_workers(self) -> None:
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._client.register_plugin(Runners(self._isolation))
                return
            except OSError:  # a worker was lost while it started its runners
                if attempt == _ATTEMPTS:
                    raise

    @property
    def workers(self) -> int:
        """Runs at the same time, on all machines together."""
        return sum(self._client.ncores().values())

    def submit(self, key: str, job: Job, examiner: Examiner | None = None) -> Future[RunResult]:
        """Run `job` on some worker; see `RunnerPool.submit`.

        Where an examiner asks on, the run stays on this machine: its questions are not known
        beforehand.
        """
        if examiner is not None:
            return self._local_pool().submit(key, job, examiner)
        content, shared = to_bytes(plain_job(job)), conditions()
        name = hashlib.sha256(content + shared.encode()).hexdigest()
        sent = self._client.submit(
            run, key, content, shared, key=f"run-{name}", retries=_RETRIES, pure=True
        )
        future: Future[RunResult] = Future()
        sent.add_done_callback(lambda done: _hand_on(key, done, future))
        return future

    def close(self) -> None:
        """Let go of the cluster; it stays, with its warm workers."""
        self._client.close()
        if self._local is not None:
            self._local.close()

    def _local_pool(self) -> RunnerPool:
        if self._local is None:
            self._local = RunnerPool(isolation=self._isolation)
        return self._local


def _hand_on(key: str, done: Sent, future: Future[RunResult]) -> None:
    try:
        future.set_result(read_result(from_bytes(done.result())))
    except Exception as error:
        future.set_exception(RunnerError(f"{key}: {error}"))
