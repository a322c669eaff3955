"""Shared test set-up: quiet TensorFlow, offline data, the course root."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "-1")
os.environ.setdefault("COURSE_DATA", "offline")
os.environ.setdefault("MPLBACKEND", "Agg")

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def course_root() -> Path:
    return ROOT
