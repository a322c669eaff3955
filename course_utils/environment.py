"""Setting up a notebook in one line: quiet TensorFlow, seeds, figure style, versions.

``start`` does not import TensorFlow, so it takes a moment only.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.util
import os
import platform
import random
import sys
from collections.abc import Callable, Sequence
from importlib import metadata
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

DATA_MODES = {
    "auto": "real data where cached or reachable, otherwise an embedded stand-in",
    "online": "real data only",
    "offline": "embedded data only",
}
# Read by TensorFlow when it is first imported. Without both of the first two it writes notes
# about its CPU kernels into the notebook.
_QUIET = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0", "KERAS_BACKEND": "tensorflow"}
# Installed from the course itself, or from what students get.
_OURS = ("convnet-course", "convnet-course-students")
_GPU_TENSORFLOW = ("tensorflow", "tf-nightly")
_ANY_TENSORFLOW = (*_GPU_TENSORFLOW, "tensorflow-cpu", "tensorflow-intel")
# The driver on Linux, and on Linux inside Windows.
_GPU_NODES = ("/dev/nvidiactl", "/dev/dxg")


def start(seed: int = 0) -> None:
    """Set up a notebook and print one line about the machine it runs on.

    Quietens TensorFlow, sets all seeds (Keras' as soon as Keras is imported), and gives figures
    the course's style. Run it before the first ``import keras``.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.

    Raises
    ------
    ValueError
        If the environment variable COURSE_DATA is not "auto", "online" or "offline".
    """
    from course_utils.plots.style import use_course_style

    os.environ.update(_QUIET)
    mode = data_mode()
    _show_figures_inline()
    use_course_style()
    if "keras" in sys.modules:
        set_seed(seed)
    else:
        _seed_python(seed)
        sys.meta_path[:] = [f for f in sys.meta_path if not isinstance(f, _SeedKerasOnImport)]
        sys.meta_path.insert(0, _SeedKerasOnImport(seed))
    ours, tensorflow, keras = (
        _installed(names) or "(not installed)" for names in (_OURS, _ANY_TENSORFLOW, ("keras",))
    )
    print(
        f"course_utils {ours} · Python {platform.python_version()} · TensorFlow {tensorflow}, "
        f"Keras {keras} · {device()} · data: {mode} ({DATA_MODES[mode]})"
    )


def set_seed(seed: int) -> None:
    """Make everything random repeat: Python's, NumPy's and Keras' generators.

    Call it right before building a model to get the same initial weights every time.

    Parameters
    ----------
    seed : int
        From 0 to 2**32 - 1.
    """
    import keras

    keras.utils.set_random_seed(seed)


def data_mode() -> str:
    """Return where data come from: "auto", "online" or "offline", from COURSE_DATA.

    Raises
    ------
    ValueError
        If COURSE_DATA is something else.
    """
    mode = os.environ.get("COURSE_DATA", "").strip().lower() or "auto"
    if mode not in DATA_MODES:
        raise ValueError(f"COURSE_DATA is {mode!r}; use one of {', '.join(DATA_MODES)}")
    return mode


def device() -> str:
    """Return "GPU" if TensorFlow can be expected to use an NVIDIA GPU, else "CPU".

    Three things are needed: a driver, a TensorFlow that is not the CPU-only one, and a GPU
    that CUDA_VISIBLE_DEVICES does not hide. TensorFlow is not asked: that takes seconds.
    """
    hidden = os.environ.get("CUDA_VISIBLE_DEVICES", "all").strip() in ("", "-1")
    driver = any(Path(node).exists() for node in _GPU_NODES)
    return "GPU" if driver and not hidden and _installed(_GPU_TENSORFLOW) else "CPU"


def kernel_is_running() -> bool:
    """Tell whether a notebook's kernel runs this code, so that widgets can be of use."""
    # A process that never imported IPython is no kernel.
    ipython = sys.modules.get("IPython")
    return getattr(ipython and ipython.get_ipython(), "kernel", None) is not None


def _show_figures_inline() -> None:
    if not kernel_is_running():
        return
    from matplotlib import pyplot
    from matplotlib.figure import Figure

    shell = sys.modules["IPython"].get_ipython()
    # Also teaches IPython to show figures that were made without pyplot.
    shell.run_line_magic("matplotlib", "inline")
    for formatter in shell.display_formatter.formatters.values():
        if Figure in formatter.type_printers:
            formatter.for_type(Figure, _shown_once(formatter.type_printers[Figure], pyplot))


def _shown_once(show: Callable[[Any], Any], pyplot: ModuleType) -> Callable[[Any], Any]:
    """Close a pyplot figure once it is shown; a cell ending in a figure would show it twice."""

    def show_and_close(figure: Any) -> Any:
        shown = show(figure)
        pyplot.close(figure)
        return shown

    return show_and_close


def _seed_python(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)


def _installed(names: Sequence[str]) -> str | None:
    """Return the version of the first of these distributions that is installed."""
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError):
            return metadata.version(name)
    return None


class _SeedKerasOnImport(importlib.abc.MetaPathFinder):
    """Sets Keras' seed right after Keras is first imported, which takes seconds, by whoever."""

    def __init__(self, seed: int):
        self.seed = seed

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "keras":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        if spec is None or spec.loader is None:
            return None
        run_module = spec.loader.exec_module

        def run_module_and_seed(module: ModuleType) -> None:
            run_module(module)
            module.utils.set_random_seed(self.seed)

        spec.loader.exec_module = run_module_and_seed
        return spec
