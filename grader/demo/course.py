"""Set the sample course up in a folder of its own, so that real submissions stay untouched."""

from __future__ import annotations

import datetime
import shutil
from pathlib import Path

from grader.demo.answers import read_notebook
from grader.demo.classroom import SAMPLES, Material, Sample
from grader.exercises.catalogue import load_exercises

CONFIG = '''"""The sample course of ``make demo``: same folders and plugins as the course itself."""

from pathlib import Path

from grader import configure

c = get_config()  # noqa: F821 - given by traitlets
c.CourseDirectory.course_id = "demo"
configure(c, root=Path(__file__).parent)
c.Grader.cell_seconds = 5.0  # one sample never ends: do not make the spectator wait
'''
DUE = datetime.datetime(2030, 1, 15, 12, 0, tzinfo=datetime.UTC)
ON_TIME, LATE = "2030-01-14 18:30:00 UTC", "2030-01-16 09:15:00 UTC"


def assignments() -> list[str]:
    """Return the assignments the sample class works on."""
    return sorted({sample.assignment for sample in SAMPLES})


def set_up(course: Path, folder: Path) -> None:
    """Make a fresh sample course in `folder`, with every sample handed in."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for assignment in assignments():
        for part in ("solutions", "notebooks"):
            shutil.copytree(
                course / part / assignment,
                folder / part / assignment,
                ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
            )
    for sample in SAMPLES:
        hand_in(course, folder, sample)


def material(course: Path, sample: Sample) -> Material:
    """Return what `sample` is made from."""
    name = f"{sample.assignment}/{sample.assignment}.ipynb"
    return Material(
        student=sample.student,
        released=read_notebook(course / "notebooks" / name),
        solution=read_notebook(course / "solutions" / name),
        exercises=load_exercises(course, sample.assignment),
    )


def hand_in(course: Path, folder: Path, sample: Sample) -> None:
    """Write one submission where nbgrader looks for it."""
    target = folder / "classroom" / "submitted" / sample.student / sample.assignment
    target.mkdir(parents=True)
    data = sample.submit(material(course, sample))
    (target / f"{sample.assignment}.ipynb").write_bytes(data)
    (target / "timestamp.txt").write_text(LATE if sample.late else ON_TIME, encoding="utf-8")
