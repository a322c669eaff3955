"""Departments keep their gradebook in PostgreSQL: same rows, also with two graders at once."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from grader.demo.course import DUE
from grader.demo.simulated import Shares, hand_in, simulated_class
from grader.runner import describe_isolation
from tests.classes import Course
from tests.conftest import ROOT
from tests.database.server import binaries, postgresql
from tests.gradebook_rows import rows, students

psycopg = pytest.importorskip("psycopg", reason="PostgreSQL's Python driver is not installed")
ASSIGNMENT = "02_padding_and_strides"
STUDENTS = 12
SHARES = Shares(colab=0.2, vs_code=0.1, broken=0.1, hostile=0.0)


@pytest.fixture(scope="module")
def server():
    if binaries() is None:
        pytest.skip("no PostgreSQL server is installed (Debian: apt-get install postgresql)")
    with postgresql() as host:
        yield host


def url_of(host: str, name: str) -> str:
    with psycopg.connect(f"host={host} user=grader dbname=postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"postgresql+psycopg://grader@/{name}?host={host}"


def class_in(folder: Path, url: str) -> Course:
    """Return a course with a class's work, its gradebook at `url`."""
    problem = describe_isolation().problem
    if problem:
        pytest.skip(f"this machine cannot isolate processes: {problem}")
    database = f"c.CourseDirectory.db_url = {url!r}\n"
    course = Course(folder, [ASSIGNMENT], cell_seconds=30, more=database)
    for submission in simulated_class(ROOT, ASSIGNMENT, STUDENTS, seed=2, shares=SHARES):
        hand_in(folder, ASSIGNMENT, submission, DUE)
    return course


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """The rows that one grader writes into SQLite."""
    folder = tmp_path_factory.mktemp("sqlite")
    url = f"sqlite:///{folder / 'gradebook.db'}"
    class_in(folder, url).nbgrader("autograde", ASSIGNMENT)
    found = rows(url, ASSIGNMENT)
    assert len(students(found)) == STUDENTS
    return found


def test_the_gradebook_in_postgresql_has_the_rows_of_the_one_in_sqlite(server, tmp_path, expected):
    url = url_of(server, "one")
    course = class_in(tmp_path, url)
    course.nbgrader("autograde", ASSIGNMENT)
    assert rows(url, ASSIGNMENT) == expected
    course.nbgrader("autograde", ASSIGNMENT, "--force")
    assert rows(url, ASSIGNMENT) == expected
    course.nbgrader("generate_feedback", ASSIGNMENT)
    assert len(list(tmp_path.glob(f"classroom/feedback/*/{ASSIGNMENT}/*.html"))) == STUDENTS


@pytest.mark.usefixtures("shared_engines")
def test_a_server_that_ended_waiting_connections_is_connected_to_again(server):
    url = url_of(server, "restarted")
    for _ in range(2):
        with Gradebook(url, "ml") as gradebook:
            gradebook.update_or_create_student("ada")
        with psycopg.connect(f"host={server} user=grader dbname=postgres") as connection:
            ended = connection.execute(
                "SELECT pg_terminate_backend(pid, 10000)"  # and waits until it has ended
                " FROM pg_stat_activity WHERE datname = 'restarted'"
            )
            assert ended.fetchall() == [(True,)]
    with Gradebook(url, "ml") as gradebook:
        assert [student.id for student in gradebook.students] == ["ada"]


@pytest.mark.parametrize("halves", [("s*[0-5]", "s*[6-9]"), ("s*[02468]", "s*[13579]")])
def test_two_graders_at_once_lose_and_double_nothing(server, tmp_path, expected, halves):
    url = url_of(server, f"two {halves[0]}")
    course = class_in(tmp_path, url)
    graders = [
        subprocess.Popen(
            course.command("autograde", ASSIGNMENT, f"--student={half}"),
            cwd=course.folder,
            env=course.environment,
            stderr=subprocess.PIPE,
            text=True,
        )
        for half in halves
    ]
    for grader in graders:
        said = grader.communicate(timeout=300)[1]
        assert grader.returncode == 0, said[-3000:]
    assert rows(url, ASSIGNMENT) == expected


def test_two_graders_of_the_same_work_end_in_the_same_rows(server, tmp_path, expected):
    url = url_of(server, "same work")
    course = class_in(tmp_path, url)
    graders = [
        subprocess.Popen(
            course.command("autograde", ASSIGNMENT),
            cwd=course.folder,
            env=course.environment,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(2)
    ]
    for grader in graders:
        grader.wait(timeout=300)
    course.nbgrader("autograde", ASSIGNMENT)
    assert rows(url, ASSIGNMENT) == expected
