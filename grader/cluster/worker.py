"""The part that runs in each Dask worker: one warm runner pool, and the task that uses it."""

from __future__ import annotations

from distributed import Worker, WorkerPlugin, get_worker

from grader.runner import RunnerPool
from grader.runner.conditions import conditions
from grader.runner.records import from_bytes, plain_result, read_job, to_bytes

NAME = "graded runs"


class Runners(WorkerPlugin):
    """Starts a runner pool with the worker: Dask's workers have threads and must never fork.

    The pool starts its zygote as a program of its own, and that forks.

    Parameters
    ----------
    isolation : str
        As of `RunnerPool`; a worker that cannot isolate like this is refused.
    """

    name = NAME
    idempotent = True

    def __init__(self, isolation: str):
        self.isolation = isolation

    def setup(self, worker: Worker) -> None:
        """Start the pool, with as many runs at once as the worker has threads."""
        self.pool = RunnerPool(worker.state.nthreads, isolation=self.isolation)

    def teardown(self, worker: Worker) -> None:
        """End the pool with the worker."""
        self.pool.close()


def run(key: str, job: bytes, expected: str) -> bytes:
    """Run a job on this worker and return its result.

    Raises
    ------
    RuntimeError
        If this worker has another version of the course or of a library than the grader.
    """
    if conditions() != expected:
        raise RuntimeError(
            f"the worker at {get_worker().address} has another version of the course, of Python or "
            "of a library than the machine that grades: install the same one on both"
        )
    pool = get_worker().plugins[NAME].pool
    result = pool.submit(key, read_job(from_bytes(job))).result()
    return to_bytes(plain_result(result))
