"""What a number on the benchmark's page is made of: rounds, when a machine's speed wavers; code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from tests.conftest import ROOT

ONCE = ("situations", "beside_bare", "as_handed_in", "profile")


@pytest.fixture
def found(monkeypatch, tmp_path):
    """What three rounds give in which a class of 12 takes these seconds, twice in each round."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import speed_steps
    from measured_command import Measured

    seconds = iter((1.0, 9.0, 10.0, 20.0, 2.0, 4.0))

    def growth(*_: object) -> dict:
        run = next(seconds)
        cost = Measured(wall_seconds=run + 5.0, first_seconds=5.0, last_seconds=5.0 + run)
        return {"first": cost, "again": cost}

    monkeypatch.setattr(speed_steps, "growth", growth)
    monkeypatch.setattr(speed_steps.os, "cpu_count", lambda: 2)
    for name in ONCE:
        monkeypatch.setattr(speed_steps, name, _named(name, {"ours": Measured()}))
    (tmp_path / "benchmarks").mkdir()
    wanted = speed_steps.Wanted(("03",), 2, "02", (12,), "07", rounds=3)
    return list(speed_steps.measure(tmp_path, wanted, Console(quiet=True), resume=False))[-1]


def test_larger_classes_cost_the_median_of_the_rounds_means(found):
    # The rounds' means are 5, 15 and 3 seconds for the ten that follow the first two.
    assert found.each[12]["first"] == pytest.approx(0.5)
    assert found.each[12]["again"] == pytest.approx(5 / 11)
    assert found.larger[12]["first"].wall_seconds == pytest.approx(10.0)


def test_the_page_names_what_was_measured_with_older_code(found):
    import speed_page

    assert "Before the change" not in speed_page._setting(found)
    said = " ".join(speed_page._setting(replace(found, older=["situations"])).split())
    assert "With the newest: larger classes, answers that train, demonstrations," in said
    assert "Before the change: stock nbgrader and ours side by side." in said


def _named(name: str, table: dict) -> Callable[..., dict]:
    def measure(*_: object) -> dict:
        return table

    measure.__name__ = name
    return measure
