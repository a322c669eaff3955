"""formgrader's autograde button on a real server: graded, and nobody else has to wait."""

from __future__ import annotations

import json
import os
import signal
import urllib.error
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from grader.demo import saved
from grader.demo.answers import answered
from grader.exercises import Written
from grader.exercises.catalogue import load_exercises
from grader.runner import describe_isolation
from tests.classes import Course, automatic
from tests.conftest import ROOT
from tests.formgrader.server import Server, served

NAME = "01_convolution"
FOR_EVER = "while True:\n    pass"


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    problem = describe_isolation().problem
    if problem:
        pytest.skip(f"this machine cannot isolate processes: {problem}")
    course = Course(tmp_path_factory.mktemp("course"), [NAME], cell_seconds=15.0)
    right = answered(course.released(NAME), course.solution(NAME), "perfect")
    course.hand_in("ada", NAME, saved.jupyter(right))
    endless = json.loads(json.dumps(course.released(NAME)))
    cell = next(c for c in endless["cells"] if c["metadata"].get("nbgrader", {}).get("solution"))
    cell["source"] = FOR_EVER
    course.hand_in("carl", NAME, saved.jupyter(endless))
    course.hand_in("dora", NAME, saved.jupyter(endless))
    return course


@pytest.fixture(scope="module")
def server(course, tmp_path_factory):
    with served(course, tmp_path_factory.mktemp("server")) as server:
        yield server


def graders(server: Server) -> list[psutil.Process]:
    below = psutil.Process(server.pid).children()
    return [one for one in below if "spawn_main" in " ".join(one.cmdline())]


def test_a_click_grades(course, server):
    said = server.click(NAME, "ada")
    assert said["success"], said
    exercises = load_exercises(ROOT, NAME).values()
    most = sum(one.points for one in exercises if not isinstance(one, Written))
    assert automatic(course.scores(NAME)["ada"]) == most


def test_others_are_served_while_a_notebook_runs(course, server):
    with ThreadPoolExecutor() as threads:
        click = threads.submit(server.click, NAME, "carl")
        answers = 0
        while not click.done():
            server.get("api/status")
            answers += not click.done()
    # The endless cell has 15 seconds; a server that stands still answers once, before it starts.
    assert answers > 5
    assert click.result()["success"]
    assert automatic(course.scores(NAME)["carl"]) == 0


def test_a_changed_configuration_counts_at_the_next_click(course, server):
    course.configure(more="c.Grader.isolation = 'no such level'\n")
    try:
        said = server.click(NAME, "ada")
    finally:
        course.configure(cell_seconds=15.0)
    assert not said["success"]
    assert "no such level" in said["error"]
    assert server.click(NAME, "ada")["success"]


def test_strangers_cannot_click(server):
    stranger = Server(server.url, server.pid)
    stranger._headers = dict
    with pytest.raises(urllib.error.HTTPError):
        stranger.click(NAME, "ada")


def test_a_killed_grading_process_costs_one_click(course, server):
    assert server.click(NAME, "ada")["success"]
    (grader,) = graders(server)
    begun = course.folder / "classroom" / "autograded" / "dora"
    with ThreadPoolExecutor() as threads:
        click = threads.submit(server.click, NAME, "dora")
        while not begun.exists():
            assert not click.done()
        os.kill(grader.pid, signal.SIGKILL)
    said = click.result()
    assert not said["success"]
    assert "click again" in said["error"]
    assert server.click(NAME, "dora")["success"]
    assert automatic(course.scores(NAME)["dora"]) == 0


def test_the_grading_process_ends_with_a_killed_server(server):
    assert server.click(NAME, "ada")["success"]
    grader = graders(server)
    os.kill(server.pid, signal.SIGKILL)
    _, alive = psutil.wait_procs(grader, timeout=30)
    assert grader
    assert not alive
