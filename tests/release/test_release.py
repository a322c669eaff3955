"""What reaches students holds no answer, no definition and no hidden input."""

from __future__ import annotations

import json
import re

import pytest

from course_utils.answer_types import canonical
from grader.exercises import Choice, Choices, Function, Text, Written
from grader.exercises.catalogue import assignments, load_exercises
from grader.release.bundle import write_bundle
from grader.release.sources import source_path
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle") / "students"
    archive = write_bundle(ROOT, folder)
    assert archive.is_file()
    return folder


@pytest.fixture(scope="module")
def texts(bundle):
    return {
        path.relative_to(bundle): path.read_text(encoding="utf-8", errors="replace")
        for path in bundle.rglob("*")
        if path.is_file()
    }


def solution_regions(name: str) -> list[str]:
    source = source_path(ROOT, name).read_text(encoding="utf-8")
    return re.findall(r"### BEGIN SOLUTION\n(.*?)\s*### END SOLUTION", source, flags=re.S)


def student_cells(bundle, name: str) -> list[str]:
    path = bundle / "notebooks" / name / f"{name}.ipynb"
    return ["".join(c["source"]) for c in json.loads(path.read_text())["cells"]]


def test_bundle_has_no_grader_solutions_or_definitions(bundle):
    names = {path.name for path in bundle.rglob("*")}
    assert not names & {"exercises.py", "grader", "solutions", "nbgrader_config.py"}


def test_no_hidden_test_or_solution_marker_reaches_students(texts):
    for path, text in texts.items():
        for marker in ("HIDDEN TESTS", "BEGIN SOLUTION", "points_earned", "MARK SCHEME"):
            assert marker not in text, f"{marker} in {path}"


@pytest.mark.parametrize("name", assignments(ROOT))
def test_no_line_of_a_solution_reaches_students(bundle, name):
    released = "\n".join(student_cells(bundle, name))
    for region in solution_regions(name):
        lines = [line.strip() for line in region.splitlines() if len(line.strip()) > 25]
        for line in lines:
            assert line not in released


@pytest.mark.parametrize("name", assignments(ROOT))
def test_no_answer_value_reaches_students(bundle, name):
    cells = student_cells(bundle, name)
    compact = [re.sub(r"[\s,]", "", cell) for cell in cells]
    for exercise in load_exercises(ROOT, name).values():
        if not hasattr(exercise, "answer") or isinstance(exercise, (Choice, Choices)):
            continue
        if isinstance(exercise, Text) and not exercise.points:
            continue  # ungraded names, such as a class of the data set, are no secret
        answer = canonical(exercise.answer).replace(",", "")
        digits = answer.strip("[]")
        # One- and two-digit numbers are everywhere; lists and large numbers are telling.
        if len(digits) < 4:
            continue
        for cell, short in zip(cells, compact, strict=True):
            assert not re.search(rf"(?<!\d){re.escape(digits)}(?!\d)", short), (exercise.id, cell)


@pytest.mark.parametrize("name", assignments(ROOT))
def test_no_hint_is_readable_in_the_shipped_table(texts, name):
    table = next(text for path, text in texts.items() if path.name == f"{name}.json")
    for exercise in load_exercises(ROOT, name).values():
        for mistake in exercise.mistakes:
            assert mistake.hint not in table


@pytest.mark.parametrize("name", assignments(ROOT))
def test_shipped_table_holds_no_answer_and_no_probe(texts, name):
    table = json.loads(next(t for path, t in texts.items() if path.name == f"{name}.json"))
    for exercise in load_exercises(ROOT, name).values():
        entry = table[exercise.id]
        assert set(entry) == {"spec", "salt", "sealed"}
        if isinstance(exercise, Function):
            assert len(entry["spec"]["examples"]) == len(exercise.examples)
        elif hasattr(exercise, "answer") and not isinstance(exercise, (Choice, Choices)):
            assert canonical(exercise.answer) not in canonical(str(entry["spec"]))


@pytest.mark.parametrize("name", assignments(ROOT))
def test_written_answers_are_released_empty(bundle, name):
    written = [e.id for e in load_exercises(ROOT, name).values() if isinstance(e, Written)]
    path = bundle / "notebooks" / name / f"{name}.ipynb"
    sources = {c["id"]: "".join(c["source"]) for c in json.loads(path.read_text())["cells"]}
    assert written
    for grade_id in written:
        assert len(sources[grade_id].split()) < 10


def test_bundle_is_the_same_every_time(bundle, tmp_path):
    again = write_bundle(ROOT, tmp_path / "students")
    assert again.read_bytes() == bundle.with_suffix(".zip").read_bytes()
