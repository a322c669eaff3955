"""Every solution notebook runs offline, and every checked number in it is still true."""

from __future__ import annotations

import re
import sys

import pytest

from grader.exercises.catalogue import assignments
from tests.conftest import ROOT
from tests.notebooks.offline import run_offline


@pytest.fixture(scope="module", autouse=True)
def _needs_namespaces():
    try:
        run_offline(["true"])
    except (OSError, ValueError, RuntimeError) as error:
        pytest.skip(f"this machine cannot cut a process off the network: {error}")


def test_the_network_is_really_cut():
    probe = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=3)"
    assert run_offline([sys.executable, "-c", probe]).returncode != 0


@pytest.mark.parametrize("assignment", assignments(ROOT))
def test_solution_runs_offline_and_matches_its_stored_outputs(assignment):
    notebook = f"solutions/{assignment}/{assignment}.ipynb"
    command = [sys.executable, "-m", "pytest", "-q", "--nbval-lax", "--nbval-current-env"]
    options = ["--nbval-cell-timeout=600", "-p", "no:cacheprovider", notebook]
    done = run_offline([*command, *options], cwd=ROOT)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert re.search(r"\d+ passed", done.stdout)
