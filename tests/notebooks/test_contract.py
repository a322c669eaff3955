"""What every notebook promises its readers."""

from __future__ import annotations

import ast
import json
import re

import nbformat
import pytest
from nbclient import NotebookClient

from grader.exercises.catalogue import assignments, load_exercises
from grader.exercises.testcells import check_lines
from grader.release.build import outdated
from tests.conftest import ROOT

NAMES = assignments(ROOT)
REMOVED_KERAS = [
    "fit_generator", "evaluate_generator", "predict_classes", "ImageDataGenerator", "input_shape=",
    "input_dim=", "np_utils", "keras.layers.merge", "lr=",
]  # fmt: skip


def student(name: str) -> dict:
    return json.loads((ROOT / "notebooks" / name / f"{name}.ipynb").read_text())


def solution(name: str) -> dict:
    return json.loads((ROOT / "solutions" / name / f"{name}.ipynb").read_text())


def code(notebook: dict) -> list[str]:
    sources = ["".join(c["source"]) for c in notebook["cells"] if c["cell_type"] == "code"]
    return [re.sub(r"^(\s*)%.*$", r"\1pass", source, flags=re.M) for source in sources]


def text(notebook: dict) -> str:
    return "\n".join("".join(c["source"]) for c in notebook["cells"])


def test_nothing_built_is_out_of_date():
    assert outdated(ROOT) == []


@pytest.mark.parametrize("name", NAMES)
def test_student_code_is_valid_python(name):
    for source in code(student(name)):
        ast.parse(source)


@pytest.mark.parametrize("name", NAMES)
def test_student_version_has_no_outputs(name):
    for cell in student(name)["cells"]:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == []
            assert cell["execution_count"] is None


@pytest.mark.parametrize("name", NAMES)
def test_code_cells_are_short(name):
    for source in code(student(name)):
        assert len(source.splitlines()) <= 20, source


@pytest.mark.parametrize("name", NAMES)
def test_no_removed_keras_api(name):
    for source in code(solution(name)):
        assert not [word for word in REMOVED_KERAS if word in source]


@pytest.mark.parametrize("name", NAMES)
def test_cell_ids_are_derived_and_unique(name):
    ids = [cell["id"] for cell in student(name)["cells"]]
    assert len(ids) == len(set(ids))
    for cell in student(name)["cells"]:
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        assert grade_id is None or cell["id"] == grade_id


@pytest.mark.parametrize("name", NAMES)
def test_every_exercise_is_asked_and_checked(name):
    sources = [source for cell in student(name)["cells"] for source in ["".join(cell["source"])]]
    checked = {line.exercise for source in sources for line in check_lines(source)}
    ids = {cell["metadata"].get("nbgrader", {}).get("grade_id") for cell in student(name)["cells"]}
    asked = {n for n, e in load_exercises(ROOT, name).items() if e.points or n in checked}
    assert asked <= checked | ids


@pytest.mark.parametrize("name", NAMES)
def test_graded_points_total_twenty(name):
    points = [c["metadata"].get("nbgrader", {}).get("points", 0) for c in student(name)["cells"]]
    assert sum(points) == 20


@pytest.mark.parametrize("name", NAMES)
def test_starts_and_ends_as_promised(name):
    cells = student(name)["cells"]
    assert "".join(cells[0]["source"]).startswith(f"# {name[:2]}")
    assert "colab.research.google.com" in text(student(name))
    assert f"notebooks/{name}/{name}.ipynb" in text(student(name))
    assert "minutes" in text(student(name))
    assert re.search(r"^#+ .*(summary|further reading)", text(student(name)), re.I | re.M)


@pytest.mark.parametrize("name", NAMES)
def test_relative_links_resolve(name):
    folder = ROOT / "notebooks" / name
    for target in re.findall(
        r"\]\((?!https?://|#|attachment:|data:)([^)\s]+)\)", text(student(name))
    ):
        assert (folder / target.split("#")[0]).exists(), target


@pytest.mark.parametrize("name", NAMES)
def test_solution_shows_no_log_noise(name):
    for cell in solution(name)["cells"]:
        for output in cell.get("outputs", []):
            assert output.get("name") != "stderr"
            assert output["output_type"] != "error"
            assert len("".join(output.get("text", ""))) < 4000


@pytest.mark.parametrize("name", NAMES)
def test_student_version_stops_only_at_unanswered_exercises(name, tmp_path, monkeypatch):
    monkeypatch.setenv("COURSE_FAST", "1")
    notebook = nbformat.read(ROOT / "notebooks" / name / f"{name}.ipynb", as_version=4)
    NotebookClient(
        notebook, timeout=600, allow_errors=True, kernel_name="python3",
        resources={"metadata": {"path": str(tmp_path)}},
    ).execute()  # fmt: skip
    errors = {}
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                errors[cell.id] = (output.ename, output.evalue)
    for cell_id, (name_of_error, message) in errors.items():
        assert name_of_error == "NotImplementedError", (cell_id, name_of_error, message)
        assert message == cell_id
