"""Every slide of the lecture has its place: docs/coverage.md is true."""

from __future__ import annotations

import json
import re

import pytest

from grader.exercises.catalogue import assignments, load_exercises
from tests.conftest import ROOT

NAMES = {name[:2]: name for name in assignments(ROOT)}
ROWS = [
    [cell.strip() for cell in line.strip("|\n").split("|")]
    for line in (ROOT / "docs" / "coverage.md").read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d", line)
]


def slides(text: str) -> range:
    first, _, last = text.partition("–")
    return range(int(first), int(last or first) + 1)


def section_text(section: str) -> str:
    """Return what students read in a section; section 0 is what comes before the first one."""
    notebook, number = section.split(".")
    name = NAMES[notebook.zfill(2)]
    path = ROOT / "solutions" / name / f"{name}.ipynb"
    sources = ["".join(c["source"]) for c in json.loads(path.read_text("utf-8"))["cells"]]
    text = "\n".join(sources)
    start = r"\A" if number == "0" else rf"^## {notebook}\.{number} "
    found = re.search(rf"{start}.*?(?=^## (?:{notebook}\.\d+|Summary)|\Z)", text, re.M | re.S)
    assert found, f"{name} has no section {section}"
    return found[0]


def test_all_eighty_slides_have_a_row():
    covered = {slide for row in ROWS for slide in slides(row[0])}
    assert covered == set(range(1, 81))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[0]}-{row[2]}")
def test_a_slide_is_where_the_table_says(row):
    _, _, section, phrases, exercises = row
    text = section_text(section)
    for phrase in phrases.split(";"):
        assert phrase.strip().lower() in text.lower(), f"{phrase!r} is not in section {section}"
    for exercise in re.findall(r"`(\w+)`", exercises):
        name = NAMES[section.split(".")[0].zfill(2)]
        assert exercise in grade_ids(name) | set(load_exercises(ROOT, name)), exercise


def grade_ids(name: str) -> set[str]:
    path = ROOT / "notebooks" / name / f"{name}.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    return {cell["metadata"].get("nbgrader", {}).get("grade_id", "") for cell in cells}
