"""Which gradings count as broken off, and that only those are done again."""

from __future__ import annotations

import json
import logging
from types import SimpleNamespace

import pytest
from nbgrader.coursedir import CourseDirectory

from grader.plugins.unfinished import take_back_unfinished

NAME, TIMESTAMP = "ps1", "timestamp.txt"


def notebook(**said) -> str:
    return json.dumps({"cells": [], "metadata": {"grader": said} if said else {}})


WHOLE = notebook(recorded=True, timed=False)
TIMED = notebook(recorded=True, timed=True)
EARLY = notebook(recorded=False, timed=False)


@pytest.fixture
def graded(tmp_path):
    """Return a function that leaves one student's files and says whether they are kept."""

    def kept(files: dict[str, str], submitted: tuple[str, ...] = (), chosen: str = "*") -> bool:
        coursedir = CourseDirectory(root=str(tmp_path))
        coursedir.assignment_id, coursedir.notebook_id = NAME, chosen
        folder = tmp_path / "submitted" / "ada" / NAME
        folder.mkdir(parents=True)
        for name in submitted:
            (folder / name).write_text("2026-03-01 12:00:00 UTC")
        done = tmp_path / "autograded" / "ada" / NAME
        done.mkdir(parents=True)
        for name, text in files.items():
            (done / name).write_text(text)
            (done / name).chmod(0o444)
        converter = SimpleNamespace(coursedir=coursedir, log=logging.getLogger())
        take_back_unfinished(converter, {str(folder): ["a.ipynb"]})
        return done.is_dir() and {path.name for path in done.iterdir()} == set(files)

    return kept


@pytest.mark.parametrize(
    "files",
    [
        {"a.ipynb": WHOLE},
        {"a.ipynb": TIMED, TIMESTAMP: "2026-03-01 12:00:00 UTC"},
        {"a.ipynb": notebook(), "data.csv": "1"},  # stock nbgrader's
        {"a.ipynb": notebook(ended="finished")},
        {"a.ipynb": json.dumps({"metadata": {"grader": "a student's own"}})},
        {"a.ipynb": json.dumps(["no notebook"])},
        {"a.ipynb": "[" * 100_000},
    ],
)
def test_what_was_recorded_or_says_nothing_is_kept(graded, files):
    assert graded(files)


def test_a_time_that_is_no_file_of_the_graded_work_does_not_matter(graded):
    assert graded({"a.ipynb": WHOLE}, submitted=(TIMESTAMP,))


@pytest.mark.parametrize(
    "files",
    [
        {},
        {"data.csv": "1"},
        {"a.ipynb": EARLY},
        {"a.ipynb": ""},
        {"a.ipynb": WHOLE[:-1]},
        {"b.ipynb": WHOLE},
        {"a.ipynb": TIMED},  # nbgrader began to remove the folder
    ],
)
def test_what_broke_off_is_removed(graded, files, tmp_path):
    assert not graded(files)
    assert not (tmp_path / "autograded" / "ada" / NAME).exists()
    assert (tmp_path / "submitted" / "ada" / NAME).is_dir()


def test_other_notebooks_are_left_alone(graded, tmp_path):
    assert not graded({"a.ipynb": EARLY, "b.ipynb": WHOLE}, chosen="a")
    found = list((tmp_path / "autograded" / "ada" / NAME).iterdir())
    assert [path.name for path in found] == ["b.ipynb"]


def test_what_cannot_be_removed_is_named_and_stops_nobody(graded, monkeypatch, caplog):
    def refuse(*_):
        raise PermissionError("not yours")

    monkeypatch.setattr("grader.plugins.unfinished.rmtree", refuse)
    graded({"a.ipynb": EARLY})
    assert "not yours" in caplog.text
