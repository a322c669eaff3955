"""Where the time of the one recording process goes, by Python's own profiler."""

from __future__ import annotations

import cProfile
import pstats
import tempfile
from pathlib import Path

from bench_class import BenchClass
from kept_steps import Table
from measured_command import Measured

PARTS = {
    "everything but imports": ("nbgraderapp.py", "main"),
    "imports of nbgrader": ("nbgrader/__init__.py", "<module>"),
    "nbgrader's own steps before a notebook": ("converters/autograde.py", "init_assignment"),
    "waiting for the process that reads and judges": ("plugins/known_work.py", "take"),
    "building the notebook": ("plugins/notebooks.py", "autograded"),
    "validating it": ("nbformat/validator.py", "validate"),
    "writing grades": ("plugins/recorder.py", "preprocess"),
    "opening the gradebook (part of the above)": ("plugins/one_engine.py", "_open"),
}


def profile(root: Path, assignment: str, size: int) -> Table:
    """Return what each of `PARTS` costs in a run with kept answers.

    Raises
    ------
    RuntimeError
        When a command fails, or a function of `PARTS` was never called.
    """
    with tempfile.TemporaryDirectory() as scratch:
        ours = BenchClass(root, Path(scratch, "ours"), assignment, size)
        ours.nbgrader("autograde", assignment)
        file = Path(scratch, "profile")
        under = ("-m", cProfile.__name__, "-o", str(file))
        ours.nbgrader("autograde", assignment, "--force", under=under)
        stats = pstats.Stats(str(file)).stats
    table = {}
    for part, (file_name, function) in PARTS.items():
        spent = sum(
            cost[3]
            for (path, _, name), cost in stats.items()
            if path.endswith(file_name) and name == function
        )
        if not spent:
            raise RuntimeError(f"{function} of {file_name} was never called")
        table[part] = Measured(wall_seconds=spent)
    return table
