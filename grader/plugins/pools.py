"""The warm pool of this process: on this machine's cores, or on the workers of a cluster."""

from __future__ import annotations

import atexit
from typing import TYPE_CHECKING

from grader.plugins.settings import Grader
from grader.runner import RunnerPool

if TYPE_CHECKING:
    from grader.cluster.pool import ClusterPool

_pools: dict[tuple, RunnerPool | ClusterPool] = {}


def shared_pool(settings: Grader, root: str) -> RunnerPool | ClusterPool:
    """Return this process's warm pool for `settings`, which never sees the course in `root`.

    Raises
    ------
    IsolationUnavailable, ClusterUnavailableError
    ModuleNotFoundError
        If a cluster is asked for and Dask distributed is not installed.
    """
    key = (settings.scheduler, settings.workers, settings.isolation, root)
    if key not in _pools:
        _pools[key] = _new_pool(settings, root)
        atexit.register(_pools[key].close)
    return _pools[key]


def _new_pool(settings: Grader, root: str) -> RunnerPool | ClusterPool:
    if not settings.scheduler:
        return RunnerPool(settings.workers, isolation=settings.isolation, hidden=(root,))
    from grader.cluster.pool import ClusterPool

    return ClusterPool(settings.scheduler, settings.isolation)


def runs_at_once(settings: Grader, root: str) -> int:
    """Return how many submissions run at the same time."""
    return shared_pool(settings, root).workers if settings.scheduler else settings.workers


def cluster_problem(settings: Grader, root: str) -> str | None:
    """Return why the cluster cannot be used and what to do, or None."""
    try:
        from grader.cluster.pool import ClusterUnavailableError
    except ModuleNotFoundError:
        return 'c.Grader.scheduler needs Dask distributed. Type: pip install "distributed"'
    try:
        shared_pool(settings, root)
    except ClusterUnavailableError as problem:
        return str(problem)
    return None
