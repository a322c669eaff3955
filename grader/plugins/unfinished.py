"""Gradings that broke off, by a crash or a power cut: found at the next start, and done again.

nbgrader leaves out every student who has a folder of graded files. It makes that folder before it
grades, so a grading that broke off would never be finished. Each graded notebook therefore says
how far its grading was when it was written; nothing in a submission can change what it says.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.utils import rmtree

from grader.plugins.handed_in import TIMESTAMP


def stage(path: str, *, recorded: bool) -> dict[str, bool]:
    """Return what the graded notebook at `path` says about its own grading.

    nbgrader writes it twice: before its grades are in the gradebook, and after (`recorded`).
    """
    return {"recorded": recorded, "timed": Path(path).with_name(TIMESTAMP).exists()}


def take_back_unfinished(converter: Autograde, notebooks: dict[str, list[str]]) -> None:
    """Remove what is left of gradings that broke off, for nbgrader to do them again.

    Parameters
    ----------
    notebooks : dict
        File names that grading leaves, by submitted folder.
    """
    coursedir = converter.coursedir
    for folder, names in notebooks.items():
        student = Path(folder).parent.name
        graded = Path(
            coursedir.format_path(coursedir.autograded_directory, student, coursedir.assignment_id)
        )
        if not graded.is_dir() or all(_is_finished(graded / name) for name in names):
            continue
        converter.log.warning("The grading of %s broke off and is done again.", folder)
        try:
            _remove(graded, names, whole=coursedir.notebook_id == "*")
        except OSError as error:
            converter.log.error("Remove %s and grade again: %s", graded, error)


def _is_finished(path: Path) -> bool:
    """Tell whether the graded notebook at `path` is whole and its grades are recorded."""
    try:
        said = json.loads(path.read_bytes())["metadata"]["grader"]
        recorded, timed = said["recorded"], said["timed"]
    except (OSError, ValueError):
        return False
    except (KeyError, TypeError, RecursionError):
        return True  # stock nbgrader's, which says nothing
    # Removing a folder to grade newer work may break off as well, with the time gone first.
    return recorded is not False and (not timed or path.with_name(TIMESTAMP).exists())


def _remove(graded: Path, names: Iterable[str], *, whole: bool) -> None:
    for name in names:  # first, for this may break off too
        (graded / name).unlink(missing_ok=True)
    if whole:  # else there are notebooks that this run does not grade
        rmtree(str(graded))
