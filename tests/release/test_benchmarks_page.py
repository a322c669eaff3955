"""What the README says of the benchmarks stands in their page, and follows from its table."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn

import pytest
from rich.console import Console

from tests.conftest import ROOT

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
README, PAGE = ROOT / "README.md", ROOT / "docs" / "benchmarks.md"


def written_by_bench(path: Path) -> str:
    found = re.search(
        r"<!-- written by bench -->(.*?)<!-- end -->", path.read_text(encoding="utf-8"), re.S
    )
    assert found, f"{path.name} has lost the marks that `python -m grader bench --page` looks for"
    return " ".join(found[1].split())


def seconds(section: str) -> dict[str, float]:
    text = PAGE.read_text(encoding="utf-8")
    part = re.search(rf"^## {re.escape(section)}.*?\n(.*?)(?=^## |\Z)", text, re.M | re.S)
    rows = [row.strip("| ").split(" | ") for row in part[1].splitlines() if row.startswith("| ")]
    return {row[0]: float(row[1]) for row in rows if row[1][0].isdigit()}


def test_the_readme_quotes_the_page():
    assert written_by_bench(README) == written_by_bench(PAGE) != ""


@pytest.mark.parametrize(
    ("situation", "words"),
    [
        ("ours, cold", r"ours (\d+) seconds \((\d+) times faster\)"),
        ("nothing changed", r"(\d+) when nothing had changed \((\d+) times\)"),
        ("changed definition", r"(\d+) after a right answer was changed \((\d+) times\)"),
    ],
)
def test_the_sentence_says_what_the_table_says(situation, words):
    table = seconds("All of these")
    said, times = re.search(words, written_by_bench(PAGE)).groups()
    assert float(said) == pytest.approx(table[situation], abs=0.6)
    assert float(times) == pytest.approx(table["stock"] / table[situation], rel=0.05, abs=0.6)


def test_the_arithmetic_for_departments_uses_the_page():
    page, scale = PAGE.read_text(encoding="utf-8"), (ROOT / "docs" / "scale.md").read_text("utf-8")
    first, kept_answers, space = re.findall(r"^\| 1000 \| (.*) \|$", page, re.M)
    cpu, again = first.split(" | ")[-1], kept_answers.split(" | ")[-1]
    kept, gradebook = space.split(" | ")[-2:]
    rows = dict(re.findall(r"^\| (\w[^|]*?) \| ([\d.]+) (?:s|KB) \|$", scale, re.M))
    assert rows["computing time"] == cpu
    assert next(said for row, said in rows.items() if "recording" in row) == again
    assert float(rows["of it students' code, the rest"]) == pytest.approx(float(cpu) - float(again))
    assert (rows["kept answers on disk"], rows["gradebook"]) == (kept, gradebook)
    students, recording = float(cpu) - float(again), float(again)
    said = re.search(
        r"about (\d+) core hours of students' code \(100,000 x ([\d.]+) s\), and ([\d.]+) hours"
        r".*? \(100,000 x ([\d.]+) s\), which (\w+) cores.* about ([\d.]+) GB, and the kept "
        r"answers (\d+) GB",
        " ".join(scale.split()),
    ).groups()
    assert said == (
        f"{students * 1e5 / 3600:.0f}", f"{students:.3f}", f"{recording * 1e5 / 3600:.1f}",
        again, NUMBERS[round(students / recording)],
        f"{float(gradebook) / 10:.1f}", f"{float(kept) / 10:.0f}",
    )  # fmt: skip


def test_the_page_is_what_the_kept_measurements_give(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    import speed_page
    import speed_steps

    kept = json.loads((ROOT / "benchmarks" / "grading_speed.json").read_text("utf-8"))
    settings, lines = kept["settings"], PAGE.read_text(encoding="utf-8")
    # A run that broke off may have kept some steps of one more round.
    rounds = int((re.search(r"median of (\d+) rounds", lines) or ["", 1])[1])
    wanted = speed_steps.Wanted(
        classes=tuple(settings["classes"]), students=settings["students"],
        growing=settings["growing"], sizes=tuple(settings["sizes"]),
        training=settings["training"], rounds=rounds,
    )  # fmt: skip
    # Another machine reads the page, too; and nothing may be measured here.
    monkeypatch.setattr(speed_steps, "_settings", lambda *_: settings)
    monkeypatch.setattr(speed_steps, "_machine", lambda: settings["machine"])
    monkeypatch.setattr(speed_page.os, "cpu_count", lambda: int(settings["machine"].split()[0]))
    monkeypatch.setattr(sys, "argv", ["", *re.search(r"-m grader (.*?)`", lines)[1].split()])
    for name in ("situations", "growth", "beside_bare", "as_handed_in", "profile"):
        monkeypatch.setattr(speed_steps, name, _not_here(name))

    (tmp_path / "docs" / "images").mkdir(parents=True)
    (tmp_path / "benchmarks").mkdir()
    shutil.copy(ROOT / "benchmarks" / "grading_speed.json", tmp_path / "benchmarks")
    stale = re.sub(r"(<!-- written by bench -->\n).*?(\n *<!-- end)", r"\1  old\2",
                   README.read_text(encoding="utf-8"), flags=re.S)  # fmt: skip
    (tmp_path / "README.md").write_text(stale, encoding="utf-8")
    for found in speed_steps.measure(tmp_path, wanted, Console(quiet=True), resume=True):
        speed_page.write_page(tmp_path, found)
    assert (tmp_path / "docs" / "benchmarks.md").read_text(encoding="utf-8") == lines
    assert (tmp_path / "README.md").read_bytes() == README.read_bytes()


def _not_here(name: str) -> Callable[..., NoReturn]:
    def measure(*_: object) -> NoReturn:
        raise AssertionError("a test measures nothing")

    measure.__name__ = name
    return measure
