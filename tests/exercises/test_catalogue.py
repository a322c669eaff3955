"""Every exercise that the course promises is there, with its points: ``catalogue.csv``."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from grader.exercises import Drill
from grader.exercises.catalogue import load_exercises
from tests.conftest import ROOT

with Path(__file__).with_name("catalogue.csv").open(encoding="utf-8") as file:
    PROMISED = list(csv.DictReader(file))


def cell_points(notebook: str) -> dict[str, float]:
    """Return the points of graded cells in the released notebook, by grade id."""
    path = ROOT / "notebooks" / notebook / f"{notebook}.ipynb"
    cells = json.loads(path.read_text("utf-8"))["cells"]
    found = [cell["metadata"].get("nbgrader", {}) for cell in cells]
    return {one["grade_id"]: one["points"] for one in found if one.get("grade")}


@pytest.mark.parametrize("row", PROMISED, ids=lambda row: row["exercises"])
def test_exercise_is_there_with_its_points(row):
    exercises = load_exercises(ROOT, row["notebook"])
    ids = row["exercises"].split("+")
    if all(id in exercises for id in ids):
        assert sum(exercises[id].points for id in ids) == float(row["points"])
    else:  # several variables under one name, checked in one cell
        assert cell_points(row["notebook"])[f"test_{ids[0]}"] == float(row["points"])


def test_graded_drills_are_where_students_need_them():
    graded = {
        name[:2]
        for name in {row["notebook"] for row in PROMISED}
        if any(isinstance(e, Drill) and e.points for e in load_exercises(ROOT, name).values())
    }
    assert graded == {"01", "02", "04", "06", "09", "10"}
