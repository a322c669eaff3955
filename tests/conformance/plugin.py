"""Loaded by pytest beside nbgrader's tests: pools that start fast, and end with each test."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.plugins import pools
from grader.plugins.settings import Grader
from grader.runner import RunnerPool


def _without_tensorflow(settings: Grader, root: str) -> RunnerPool:
    preload = ("numpy", "matplotlib.pyplot", "IPython")
    return RunnerPool(
        settings.workers, preload=preload, isolation=settings.isolation, hidden=(root,)
    )


@pytest.fixture(autouse=True)
def _pools(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(pools, "_new_pool", _without_tensorflow)
    yield
    for pool in pools._pools.values():
        pool.close()
    pools._pools.clear()
