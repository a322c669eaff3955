"""What the README says of the benchmarks stands in their page, and follows from its table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT

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
    last = [line for line in page.splitlines() if line.startswith("| 1000 |")][-1].strip("| ")
    *_, cpu, _, again, _, _, kept, gradebook = last.split(" | ")
    rows = dict(re.findall(r"^\| (\w[^|]*?) \| ([\d.]+) (?:s|KB) \|$", scale, re.M))
    assert rows["computing time"] == cpu
    assert next(said for row, said in rows.items() if "recording" in row) == again
    assert float(rows["of it students' code, the rest"]) == pytest.approx(float(cpu) - float(again))
    assert (rows["kept answers on disk"], rows["gradebook"]) == (kept, gradebook)
