"""Release an assignment exactly as ``nbgrader generate_assignment`` does."""

from __future__ import annotations

import logging
import tempfile
from pathlib import Path

from nbgrader.converters import GenerateAssignment
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from grader.configuration import configure


def release(root: Path, assignment: str, folder: Path) -> None:
    """Write the student version of `assignment` below `folder`; the gradebook is not touched."""
    config = Config()
    configure(config, root)
    with tempfile.TemporaryDirectory() as scratch:
        config.CourseDirectory.release_directory = str(folder)
        config.CourseDirectory.db_url = f"sqlite:///{scratch}/gradebook.db"
        config.CourseDirectory.assignment_id = assignment
        coursedir = CourseDirectory(config=config)
        converter = GenerateAssignment(coursedir=coursedir, config=config)
        converter.log = logging.getLogger("release")
        converter.force = True
        converter.start()
