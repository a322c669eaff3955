"""Shared test set-up: quiet TensorFlow, offline data, the course root."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("COURSE_DATA", "offline")
os.environ.setdefault("MPLBACKEND", "Agg")

ROOT = Path(__file__).parents[1]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="random tests at full size: an hour")


def pytest_configure(config: pytest.Config) -> None:
    """Say how many examples the tests of properties draw."""
    settings.register_profile("short", max_examples=200)
    settings.register_profile("long", max_examples=10_000)
    settings.load_profile("long" if config.getoption("--long") else "short")


@pytest.fixture(scope="session")
def long(request: pytest.FixtureRequest) -> bool:
    """Whether random tests run at full size; otherwise they take some seconds each."""
    return request.config.getoption("--long")


@pytest.fixture(scope="session")
def course_root() -> Path:
    return ROOT


@pytest.fixture
def new_gradebooks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nbgrader find the command `alembic`, which it starts for a new gradebook."""
    path = [str(Path(sys.executable).parent), os.environ["PATH"]]
    monkeypatch.setenv("PATH", os.pathsep.join(path))


@pytest.fixture
def shared_engines(new_gradebooks: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Open gradebooks as a grading process does, for one test."""
    import nbgrader.api

    from grader.plugins import one_engine

    gradebook = nbgrader.api.Gradebook
    monkeypatch.setattr(nbgrader.api, "create_engine", nbgrader.api.create_engine)
    monkeypatch.setattr(gradebook, "__init__", one_engine._first_opening)
    monkeypatch.setattr(gradebook, "close", gradebook.close)
    one_engine.share_engines()
