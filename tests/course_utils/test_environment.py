"""The first cell of a notebook: quick, quiet, repeatable."""

import os
import subprocess
import sys
from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest

from course_utils import environment
from tests.conftest import ROOT


def python(code, **variables):
    """Run code in a fresh interpreter; return what it printed, failing on anything on stderr."""
    unwanted = {"TF_CPP_MIN_LOG_LEVEL", "TF_ENABLE_ONEDNN_OPTS", "COURSE_DATA", "PYTHONHASHSEED"}
    inherited = {name: value for name, value in os.environ.items() if name not in unwanted}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=ROOT, env=inherited | variables, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_start_prints_one_line_and_does_not_import_tensorflow():
    out = python(
        "import sys; from course_utils import environment; environment.start()\n"
        "assert not {'tensorflow', 'keras'} & set(sys.modules)",
        COURSE_DATA="offline",
    )
    assert len(out.splitlines()) == 1
    for part in ("course_utils", "Python 3", "TensorFlow 2", "Keras 3", "CPU", "data: offline"):
        assert part in out


def test_no_package_imports_tensorflow():
    python(
        "import sys, course_utils.datasets, course_utils.explore, course_utils.plots\n"
        "import course_utils.training\n"
        "assert not {'tensorflow', 'keras', 'ipywidgets'} & set(sys.modules)"
    )


def test_keras_is_quiet_and_seeded_although_imported_later():
    code = (
        "from course_utils import environment; environment.start({seed})\n"
        "import keras\n"
        "print(keras.layers.Dense(1).name, keras.random.uniform((1,)).numpy())"
    )
    first, again, other = (python(code.format(seed=seed)).splitlines()[1] for seed in (3, 3, 4))
    assert first == again
    assert first != other


def test_set_seed_repeats_initial_weights():
    import keras

    def weights():
        environment.set_seed(5)
        return keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)]).get_weights()[0]

    np.testing.assert_array_equal(weights(), weights())


def test_start_again_forgets_the_first_seed(monkeypatch):
    for name in ("keras", "keras.utils"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    environment.start(1)
    environment.start(2)
    waiting = [f.seed for f in sys.meta_path if type(f).__name__ == "_SeedKerasOnImport"]
    assert waiting == [2]


def test_wrong_data_mode_is_named(monkeypatch):
    monkeypatch.setenv("COURSE_DATA", "oflfine")
    with pytest.raises(ValueError, match="'oflfine'; use one of auto, online, offline"):
        environment.start()


@pytest.mark.parametrize(
    ("driver", "hidden", "tensorflow", "expected"),
    [
        (True, None, "tensorflow", "GPU"),
        (True, "0", "tensorflow", "GPU"),
        (True, "-1", "tensorflow", "CPU"),
        (True, "", "tensorflow", "CPU"),
        (True, None, "tensorflow-cpu", "CPU"),
        (False, None, "tensorflow", "CPU"),
    ],
)
def test_a_gpu_needs_driver_and_library(
    monkeypatch, tmp_path, driver, hidden, tensorflow, expected
):
    def version(name):
        if name != tensorflow:
            raise PackageNotFoundError(name)
        return "2.21.0"

    monkeypatch.setattr(environment, "_GPU_NODES", [tmp_path] if driver else [tmp_path / "none"])
    monkeypatch.setattr(environment.metadata, "version", version)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    if hidden is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", hidden)
    assert environment.device() == expected
