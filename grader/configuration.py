"""One call in ``nbgrader_config.py`` turns on the course layout and our plugins."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from traitlets.config import Config

NBGRADER = "nbgrader.preprocessors"


def configure(c: Config, root: Path, *, plugins: bool = True) -> None:
    """Set nbgrader's folders and, with `plugins`, replace its grading steps by ours.

    `root` is the course folder. Everything is plain nbgrader configuration; later lines of
    ``nbgrader_config.py`` override it.
    """
    _make_own_commands_reachable()
    _layout(c, root)
    _release(c)
    if plugins:
        use_plugins(c)


def _make_own_commands_reachable() -> None:
    # nbgrader starts the command `alembic`, which is not found when nbgrader was started by its
    # path (.venv/bin/nbgrader) instead of from an activated environment.
    own, path = str(Path(sys.executable).parent), os.environ.get("PATH", "")
    if own not in path.split(os.pathsep):
        os.environ["PATH"] = os.pathsep.join([own, path])


def _layout(c: Config, root: Path) -> None:
    classroom = root / "classroom"
    classroom.mkdir(exist_ok=True)
    c.CourseDirectory.root = str(root)
    c.CourseDirectory.db_url = f"sqlite:///{classroom / 'gradebook.db'}"
    c.CourseDirectory.source_directory = "solutions"
    c.CourseDirectory.release_directory = "notebooks"
    c.CourseDirectory.submitted_directory = "classroom/submitted"
    c.CourseDirectory.autograded_directory = "classroom/autograded"
    c.CourseDirectory.feedback_directory = "classroom/feedback"
    c.CourseDirectory.ignore = [
        ".ipynb_checkpoints", "*.pyc", "__pycache__", ".pytest_cache", "exercises.py", "*.py",
    ]  # fmt: skip


def _release(c: Config) -> None:
    # The release folder is built and committed: writing it again changes nothing but the gradebook.
    c.GenerateAssignment.force = True
    # nbgrader's own list, with named stubs for ClearSolutions, and our metadata step.
    c.GenerateAssignment.preprocessors = [
        f"{NBGRADER}.IncludeHeaderFooter",
        f"{NBGRADER}.LockCells",
        "grader.release.clearing.NamedStubs",
        f"{NBGRADER}.ClearOutput",
        f"{NBGRADER}.CheckCellMetadata",
        f"{NBGRADER}.ComputeChecksums",
        f"{NBGRADER}.SaveCells",
        f"{NBGRADER}.ClearHiddenTests",
        f"{NBGRADER}.ClearMarkScheme",
        "grader.release.clearing.ReleaseMetadata",
        f"{NBGRADER}.ComputeChecksums",
        f"{NBGRADER}.CheckCellMetadata",
    ]


def use_plugins(c: Config) -> None:
    """Replace nbgrader's grading steps by ours, and nothing else.

    For a plain nbgrader course that keeps its own folders and its own way of releasing.
    """
    c.Autograde.exporter_class = "grader.plugins.exporter.TrustedNotebookExporter"
    # Reading, repairing and running happen in the exporter, before nbgrader's own steps.
    c.Autograde.sanitize_preprocessors = []
    c.Autograde.autograde_preprocessors = [
        "grader.plugins.recorder.RecordGrades",
        "grader.plugins.recorder.LatePenalties",
    ]
    c.GenerateFeedback.preprocessors = [
        f"{NBGRADER}.GetGrades",
        "grader.plugins.feedback.PublicFeedback",
        "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    ]
    c.HTMLExporter.sanitize_html = True
    c.ExportApp.plugin_class = "grader.plugins.grades_csv.SafeCsvExport"
    if "nbgrader.server_extensions.formgrader.apihandlers" in sys.modules:
        # A Jupyter server reads this when it loads formgrader: its button must not stop the server.
        from grader.formgrader.button import take_over

        take_over()
