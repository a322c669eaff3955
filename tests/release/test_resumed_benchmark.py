"""A benchmark of hours that broke off goes on with the step at which it was."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pytest

from tests.conftest import ROOT

SETTINGS = {"students": 40, "machine": "2 cores", "code": "1a2b"}


@pytest.fixture
def benchmarks(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import kept_steps
    import measured_command

    yield kept_steps.KeptSteps, measured_command.Measured
    del sys.modules["kept_steps"], sys.modules["measured_command"]


def test_a_step_that_ended_is_not_measured_again(benchmarks, tmp_path):
    kept_steps, measured = benchmarks
    file, calls = tmp_path / "speed.json", []

    def measure():
        calls.append(1)
        return {"stock": measured(wall_seconds=12.5, kept_bytes=7)}

    def cut():
        raise KeyboardInterrupt

    started = datetime.now(UTC).date().isoformat()
    first = kept_steps(file, SETTINGS, resume=False)
    before = first.step("round 1", measure)
    with pytest.raises(KeyboardInterrupt):
        first.step("round 2", cut)
    resumed = kept_steps(file, SETTINGS, resume=True)
    assert resumed.step("round 1", measure) == before
    assert len(calls) == 1
    resumed.step("round 2", measure)
    assert len(calls) == 2
    assert set(resumed.days()) <= {started, datetime.now(UTC).date().isoformat()}
    assert resumed.days()


def test_without_resuming_everything_is_measured_anew(benchmarks, tmp_path):
    kept_steps, measured = benchmarks
    file = tmp_path / "speed.json"
    for seconds in (1.0, 2.0):
        steps = kept_steps(file, SETTINGS, resume=False)
        table = steps.step("round 1", lambda seconds=seconds: {"ours": measured(seconds)})
        assert table["ours"].wall_seconds == seconds


@pytest.mark.parametrize("changed", list(SETTINGS))
def test_what_was_measured_otherwise_is_refused_and_kept(benchmarks, tmp_path, changed):
    kept_steps, measured = benchmarks
    file = tmp_path / "speed.json"
    kept_steps(file, SETTINGS, resume=False).step("round 1", lambda: {"ours": measured(1.0)})
    before = file.read_bytes()
    with pytest.raises(RuntimeError, match=changed):
        kept_steps(file, {**SETTINGS, changed: "other"}, resume=True)
    assert file.read_bytes() == before


def test_one_part_is_measured_again_with_changed_code(benchmarks, tmp_path):
    kept_steps, measured = benchmarks
    file = tmp_path / "speed.json"
    names = ("round 1.1: situations 03 40", "round 1.1: growth 02 10")
    before = kept_steps(file, SETTINGS, resume=False)
    for name in names:
        before.step(name, lambda: {"ours": measured(1.0)})
    assert before.older() == []
    changed = {**SETTINGS, "code": "3c4d"}
    after = kept_steps(file, changed, resume=True, anew="growth")
    seconds = [
        after.step(name, lambda: {"ours": measured(2.0)})["ours"].wall_seconds for name in names
    ]
    assert seconds == [1.0, 2.0]
    assert after.older() == ["situations"]
    # A run that broke off there goes on, whether the part is named again or not.
    for again in ("", "growth"):
        on = kept_steps(file, changed, resume=True, anew=again)
        assert on.step(names[1], lambda: {"ours": measured(3.0)})["ours"].wall_seconds == 2.0
        assert on.older() == ["situations"]


def test_measuring_one_part_again_needs_the_same_machine(benchmarks, tmp_path):
    kept_steps, measured = benchmarks
    file = tmp_path / "speed.json"
    kept_steps(file, SETTINGS, resume=False).step("once: growth 02 10", lambda: {"a": measured(1)})
    with pytest.raises(RuntimeError, match="machine"):
        kept_steps(
            file, {**SETTINGS, "machine": "1 core", "code": "3c4d"}, resume=True, anew="growth"
        )
