"""The notebooks on the real data sets, where a folder with them is at hand.

The folder is named by COURSE_REAL_DATA; the tests skip when there is none.
"""

from __future__ import annotations

import os
import pickle
import shutil
from pathlib import Path

import nbformat
import numpy as np
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
    _unpack_cifar10(folder / "datasets" / "cifar-10-batches-py-target" / "cifar-10-batches-py")
    return folder


def _unpack_cifar10(folder: Path) -> None:
    """Write real photographs as Keras unpacks them; fewer, since these are all there are."""
    with np.load(DATA / "cifar10" / "cifar10-train-first2000-lossless.npz") as arrays:
        planes = arrays["x_train"].transpose(0, 3, 1, 2).reshape(len(arrays["x_train"]), -1)
        labels = arrays["y_train"].ravel().tolist()
    folder.mkdir(parents=True)
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    for index, name in enumerate(names):
        batch = {b"data": planes[index::6], b"labels": labels[index::6]}
        (folder / name).write_bytes(pickle.dumps(batch, protocol=2))


@pytest.mark.parametrize("name", assignments(ROOT))
def test_solution_runs_on_the_real_data(name, keras_home, monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "online")
    monkeypatch.setenv("COURSE_FAST", "1")
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
    if "load_cifar10" in path.read_text(encoding="utf-8"):
        assert "CIFAR-10" in printed
        assert "stand-in" not in printed
    if "dogs_vs_cats_folder" in path.read_text(encoding="utf-8"):
        assert "real photographs" in printed
