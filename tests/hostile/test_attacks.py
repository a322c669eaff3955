"""All attacks and some honest students in one class, graded by one plain ``nbgrader autograde``."""

from __future__ import annotations

import ctypes
import glob
import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import psutil
import pytest

from tests.classes import automatic
from tests.conftest import ROOT
from tests.hostile.course import ATTACKS, MARKER, NAME, RIGHT, Attack, HostileCourse

HONEST = {"aaa-honest": 4.0, "attack-30-neighbour": 4.0, "half": 2.0, "zzz-honest": 4.0}
HONEST |= {f"attack-{number:02d}-between": 4.0 if number % 3 else 2.0 for number in range(56)}
POSSIBLE = [attack for attack in ATTACKS if not attack.why_not]
_SUBREAPER = 36


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of every file below a folder that grading must not touch."""
    skipped = {".git", ".venv", "__pycache__", ".pytest_cache", ".hypothesis", ".ruff_cache"}
    files = (
        Path(where, name)
        for where, folders, names in os.walk(folder)
        for name in names
        if not (skipped | {"classroom"}) & {*Path(where).relative_to(folder).parts}
    )
    return {str(f): hashlib.sha256(f.read_bytes()).hexdigest() for f in files if f.is_file()}


def owned() -> dict[str, str]:
    """Return what attacks leave in the folder for temporary files, and when it was written.

    Stock nbgrader, in the benchmark, lets some of it be made.
    """
    return {path: str(os.stat(path).st_mtime_ns) for path in glob.glob("/tmp/owned*")}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home folder with something worth stealing."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".ssh").mkdir()
    (folder / ".ssh" / "id_ed25519").write_text("the instructor's key")
    (folder / "grades-2025.csv").write_text("ada,100")
    return folder


@pytest.fixture(scope="module")
def attacked(tmp_path_factory, home):
    """The graded class, what nbgrader printed, and what was left behind."""
    # Orphans of this test become its children, where they can be seen.
    ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0)
    course = HostileCourse(tmp_path_factory.mktemp("attacked"))
    right = json.dumps(course.filled(RIGHT)).encode()
    half = json.dumps(course.filled({**RIGHT, "primes": "primes = ..."})).encode()
    for student in HONEST:
        course.hand_in(student, NAME, half if HONEST[student] == 2.0 else right)
    for attack in POSSIBLE:
        attack.hand_in(course)
    before = {**digests(course.folder), **digests(home), **digests(ROOT), **owned()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(home))
        patch.setenv("HUB_TOKEN", "secret-token")
        done = course.nbgrader("autograde", NAME, check=False)
    left = [one for one in psutil.Process().children(recursive=True) if one.status() != "zombie"]
    after = {**digests(course.folder), **digests(home), **digests(ROOT), **owned()}
    changed = {path for path in before.keys() | after if before.get(path) != after.get(path)}
    yield course, done, left, changed
    ctypes.CDLL(None).prctl(_SUBREAPER, 0, 0, 0, 0)


def text_of(course: HostileCourse, attack: Attack, part: str = "autograded") -> str:
    folder = course.folder / "classroom" / part / attack.student / NAME
    return "".join(path.read_text(errors="replace") for path in folder.glob(f"{NAME}.*"))


def test_grading_ends_well(attacked: tuple[HostileCourse, subprocess.CompletedProcess, list, set]):
    _, done, _, _ = attacked
    assert done.returncode == 0, done.stderr[-3000:]
    assert "Traceback" not in done.stderr


def test_nothing_outside_the_classroom_changed_and_nothing_is_left(attacked):
    _, _, left, changed = attacked
    assert changed == set()
    assert left == []


@pytest.mark.parametrize("student", HONEST)
def test_honest_students_get_what_they_deserve(attacked, student):
    course = attacked[0]
    assert automatic(course.scores(NAME)[student]) == HONEST[student]


@pytest.mark.parametrize("attack", POSSIBLE, ids=lambda one: f"{one.number}-{one.name}")
def test_an_attack_earns_what_an_honest_marker_gives(attacked, attack):
    scores = attacked[0].scores(NAME)[attack.student]
    assert set(scores) == {"test1", "test2", "man", "written"}
    assert automatic({name: scores[name] for name in ("test1", "test2")}) == attack.honest
    assert not scores["man"]


def test_every_submission_has_one_record(attacked):
    course = attacked[0]
    with course.gradebook() as book:
        found = [one.student.id for one in book.assignment_submissions(NAME)]
    assert sorted(found) == sorted([*HONEST, *(attack.student for attack in POSSIBLE)])


def test_no_hidden_test_was_seen(attacked):
    course = attacked[0]
    for attack in POSSIBLE:
        assert MARKER not in text_of(course, attack).replace('"hidden" + "-marker"', "")
        assert "secret-token" not in text_of(course, attack)
        assert "instructor's key" not in text_of(course, attack)


def test_nothing_a_student_printed_reaches_the_terminal_or_runs_in_a_browser(attacked):
    course, done, _, _ = attacked
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", done.stdout + done.stderr)
    for number in (21, 78):
        (attack,) = (one for one in POSSIBLE if one.number == number)
        course.nbgrader("generate_feedback", NAME, "--student", attack.student)
        page = text_of(course, attack, "feedback")
        assert page
        assert "<script>document.title" not in page
        assert "<img src=x" not in page
        assert "\x1b" not in page


def test_the_list_is_whole():
    assert [attack.number for attack in ATTACKS] == list(range(1, 79))
    for attack in ATTACKS:
        assert attack.idea
        assert attack.module.STOCK
