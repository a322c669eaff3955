"""A Dask scheduler and workers as processes of their own on loopback."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.conftest import ROOT

QUIET = {"DASK_LOGGING__DISTRIBUTED": "error", "DASK_DISTRIBUTED__DASHBOARD__LINK": ""}


class LocalCluster:
    """`workers` worker processes with one thread each, and no nanny: a dead one stays dead."""

    def __init__(self, folder: Path, workers: int):
        self._folder = folder
        self._environment = {**os.environ, **QUIET, "PYTHONPATH": str(ROOT)}
        address = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--no-dashboard",
            "--scheduler-file", str(address),
        )  # fmt: skip
        _wait_for(address.exists)
        self.workers = [
            self._start(
                "worker", "--scheduler-file", str(address), "--nthreads", "1", "--no-nanny",
                "--no-dashboard", "--host", "127.0.0.1", "--memory-limit", "0",
                "--local-directory", str(folder / f"worker{number}"),
            )
            for number in range(workers)
        ]  # fmt: skip
        from distributed import Client

        with Client(scheduler_file=str(address), set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=120)
            self.address = client.scheduler.address

    def _start(self, *arguments: str) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def close(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.terminate()
        for process in [*self.workers, self.scheduler]:
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:  # Dask may wait for ever for a scheduler that ended
                process.kill()
                process.wait()


def _wait_for(true: object, seconds: float = 60.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the scheduler does not start"
        time.sleep(0.05)
