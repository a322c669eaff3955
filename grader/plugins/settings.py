"""What an instructor may set in ``nbgrader_config.py`` as ``c.Grader.<name>``."""

from __future__ import annotations

import os

from traitlets import Enum, Float, Integer, Unicode
from traitlets.config import Configurable

from grader.runner import ISOLATION_SETTINGS, Limits


class Grader(Configurable):
    """Isolation and limits of a graded run."""

    isolation = Enum(
        ISOLATION_SETTINGS,
        default_value="auto",
        help="'auto' takes the strongest level that holds on this machine and refuses to grade "
        "where none does; 'namespaces' and 'landlock' insist on that level; "
        "'none' runs student code without isolation, on purpose.",
    ).tag(config=True)
    workers = Integer(os.cpu_count() or 1, min=1, help="Submissions run at once.").tag(config=True)
    scheduler = Unicode(
        "", help="Address of a Dask scheduler whose workers run the submissions, see docs/scale.md."
    ).tag(config=True)
    wall_seconds = Float(600.0, help="Longest run of one submission.").tag(config=True)
    cell_seconds = Float(
        120.0, help="Longest run of one cell; some answers train a network for half a minute."
    ).tag(config=True)
    stored_runs_folder = Unicode(
        "classroom/runs", help="Where answers are kept, so that grading again runs nothing."
    ).tag(config=True)
    stored_runs_gib = Float(
        2.0, min=0, help="Most disk for kept answers; 0 runs everything every time."
    ).tag(config=True)
    memory_gib = Float(4.0, help="Most memory of one submission.").tag(config=True)

    @property
    def stored_runs_bytes(self) -> int:
        """Most bytes of kept answers. Without isolation, submissions could write there."""
        return int(self.stored_runs_gib * 2**30) if self.isolation != "none" else 0

    @property
    def limits(self) -> Limits:
        """Return the runner's limits."""
        return Limits(
            wall_seconds=self.wall_seconds,
            cell_seconds=self.cell_seconds,
            call_seconds=min(10.0, self.cell_seconds),
            memory_bytes=int(self.memory_gib * 2**30),
        )
