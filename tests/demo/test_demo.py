"""``make demo``: every sample student has one record, with the points an honest marker gives."""

from __future__ import annotations

import io
import os
import tempfile
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from grader.demo.classroom import SAMPLES
from grader.demo.course import assignments
from grader.demo.run import gradebook, run
from grader.exercises.catalogue import load_exercises
from grader.report import read_reports
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demonstration, run once; what it printed, its folder, and what it left behind."""
    folder = tmp_path_factory.mktemp("demo") / "course"
    console = Console(file=io.StringIO(), width=160)
    scratch = tmp_path_factory.mktemp("scratch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TMPDIR", str(scratch))
        patch.setattr(tempfile, "tempdir", None)
        run(ROOT, console, folder)
    left = os.listdir(scratch)
    processes = [
        process
        for process in psutil.Process().children(recursive=True)
        if process.status() != psutil.STATUS_ZOMBIE
    ]
    return folder, console.file.getvalue(), left, processes


def sample_id(sample) -> str:
    return f"{sample.student}-{sample.assignment[:2]}"


@pytest.mark.parametrize("sample", SAMPLES, ids=sample_id)
def test_scores_are_what_an_honest_marker_gives(demo, sample):
    folder = demo[0]
    with gradebook(folder) as book:
        submission = book.find_submission(sample.assignment, sample.student)
        scores = [grade.auto_score or 0 for nb in submission.notebooks for grade in nb.grades]
    assert sum(scores) == sample.expected_points(load_exercises(ROOT, sample.assignment))


def test_every_submission_has_exactly_one_record(demo):
    with gradebook(demo[0]) as book:
        found = [
            (submission.student.id, name)
            for name in assignments()
            for submission in book.assignment_submissions(name)
        ]
    assert sorted(found) == sorted((s.student, s.assignment) for s in SAMPLES)


def test_unreadable_work_is_flagged_for_review(demo):
    with gradebook(demo[0]) as book:
        notebook = book.find_submission("02_padding_and_strides", "julia").notebooks[0]
        assert all(grade.needs_manual_grade for grade in notebook.grades)


def test_late_work_is_known_to_be_late(demo):
    with gradebook(demo[0]) as book:
        late = {
            (s.student.id, name): s.total_seconds_late > 0
            for name in assignments()
            for s in book.assignment_submissions(name)
        }
    assert late == {(s.student, s.assignment): s.late for s in SAMPLES}


def test_account_names_are_stripped(demo):
    for path in (demo[0] / "classroom" / "autograded").rglob("*.ipynb"):
        assert "Dora Example" not in path.read_text()
        assert "01234567890123456789" not in path.read_text()


def test_every_repair_is_told(demo):
    reports = {(r.student, r.assignment): r for r in read_reports(demo[0])}
    told = {student: " ".join(r.notes) for (student, _), r in reports.items() if r.notes}
    assert "test_stride2_shapes" in told["grace"]
    assert "test_border_5x5" in told["hypatia"]
    assert "pad_amounts" in told["isaac"]
    assert "cut off" in told["julia"]
    assert "Colab" in told["dora"]


def test_the_output_shows_grades_repairs_reasons_and_paths(demo):
    folder, printed, *_ = demo
    for sample in SAMPLES:
        assert sample.student in printed
    for title in ("Gradebook", "What was repaired", "Why points were lost"):
        assert title in printed
    flat = printed.replace("\n", "")
    for path in ("classroom/gradebook.db", "grades.csv", "classroom/feedback", "nbgrader.log"):
        assert str(folder / path) in flat
        assert (folder / path).exists()


def test_feedback_tells_why_but_not_the_answer(demo):
    html = demo[0] / "classroom" / "feedback" / "fritz" / "01_convolution" / "01_convolution.html"
    text = html.read_text()
    assert "You flipped the kernel" in text
    assert "HIDDEN TESTS" not in text


def test_nothing_is_left_behind(demo):
    *_, left, processes = demo
    assert processes == []
    assert left == []
    assert not list(Path(demo[0]).rglob("*.sock"))
