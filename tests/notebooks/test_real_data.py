"""The notebooks on the real data sets, where a folder with them is at hand.

The folder is named by COURSE_REAL_DATA; the tests skip when there is none.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from grader.exercises.catalogue import assignments
from tests.conftest import ROOT

DATA = Path(os.environ.get("COURSE_REAL_DATA", ROOT.parent / "shared" / "data"))

pytestmark = pytest.mark.skipif(
    not (DATA / "keras-home" / "datasets" / "mnist.npz").is_file(),
    reason="no real data: set COURSE_REAL_DATA to a folder with keras-home/datasets/mnist.npz",
)


@pytest.fixture(scope="module")
def keras_home(tmp_path_factory):
    """A writable copy: Keras writes its settings there, and deletes files it cannot verify."""
    folder = tmp_path_factory.mktemp("real") / "keras-home"
    shutil.copytree(DATA / "keras-home", folder, copy_function=shutil.copyfile)
    for path in folder.rglob("*"):
        path.chmod(0o755 if path.is_dir() else 0o644)
    folder.chmod(0o755)
    (folder / "datasets" / "dogs-vs-cats_small").symlink_to(DATA / "dogs-vs-cats")
    return folder


@pytest.mark.parametrize("name", [n for n in assignments(ROOT) if n[:2] <= "04"])
def test_solution_runs_on_the_real_data(name, keras_home, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "online")
    monkeypatch.setenv("KERAS_HOME", str(keras_home))
    path = ROOT / "solutions" / name / f"{name}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    resources = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, timeout=900, kernel_name="python3", resources=resources).execute()
    printed = "".join(
        output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", [])
    )
    if "load_mnist" in path.read_text(encoding="utf-8"):
        assert "MNIST" in printed
        assert "stand-in" not in printed
    if "dogs_vs_cats_folder" in path.read_text(encoding="utf-8"):
        assert "real photographs" in printed
