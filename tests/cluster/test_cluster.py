"""A class graded on a cluster has the same gradebook, whatever happens to a worker."""

from __future__ import annotations

import os
import subprocess
import time

import psutil
import pytest

from grader.demo.course import DUE
from grader.demo.simulated import Shares, hand_in, simulated_class
from grader.runner import AnswerStep, CellStep, Job, describe_isolation
from tests.classes import Course
from tests.cluster.local_cluster import LocalCluster
from tests.conftest import ROOT
from tests.gradebook_rows import rows, students

distributed = pytest.importorskip("distributed", reason="Dask distributed is not installed")
ASSIGNMENT = "02_padding_and_strides"
STUDENTS = 24
SHARES = Shares(colab=0.2, vs_code=0.1, broken=0.05, hostile=0.1)


@pytest.fixture
def cluster(tmp_path):
    problem = describe_isolation().problem
    if problem:
        pytest.skip(f"this machine cannot isolate processes: {problem}")
    folder = tmp_path / "cluster"
    folder.mkdir()
    made = LocalCluster(folder, workers=3)
    yield made
    made.close()


def course_in(folder, scheduler: str = "") -> Course:
    folder.mkdir()
    # Kept runs would leave the second class nothing to send.
    more = f"c.Grader.scheduler = {scheduler!r}\nc.Grader.stored_runs_gib = 0\n"
    course = Course(folder, [ASSIGNMENT], cell_seconds=30, more=more)
    for submission in simulated_class(ROOT, ASSIGNMENT, STUDENTS, seed=4, shares=SHARES):
        hand_in(folder, ASSIGNMENT, submission, DUE)
    return course


def busy_worker(client: distributed.Client, grading: subprocess.Popen) -> int:
    """Wait until a worker has run something and has more to do; return its process id."""
    ids = client.run(os.getpid)
    while grading.poll() is None:
        done = {worker for worker, keys in client.has_what().items() if keys}
        for worker, keys in client.processing().items():
            if keys and done:
                return ids[worker]
        time.sleep(0.01)
    pytest.fail("the grading ended before a worker was seen at work")


def test_a_killed_worker_changes_nothing_in_the_gradebook(tmp_path, cluster):
    local = course_in(tmp_path / "local")
    local.nbgrader("autograde", ASSIGNMENT)
    spread = course_in(tmp_path / "spread", cluster.address)
    grading = subprocess.Popen(
        spread.command("autograde", ASSIGNMENT), cwd=spread.folder, env=spread.environment,
        stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with distributed.Client(cluster.address, set_as_default=False) as client:
        victim = psutil.Process(busy_worker(client, grading))
    family = victim.children(recursive=True)
    victim.kill()
    said = grading.communicate(timeout=300)[1]
    assert grading.returncode == 0, said[-3000:]
    found = rows(spread.database, ASSIGNMENT)
    assert found == rows(local.database, ASSIGNMENT)
    assert len(students(found)) == STUDENTS
    psutil.wait_procs(family, timeout=20)
    assert not [one for one in family if one.is_running() and one.status() != "zombie"]


def test_equal_jobs_run_once_and_a_pool_leaves_the_cluster_as_it_was(cluster):
    from grader.cluster.pool import ClusterPool

    job = Job((CellStep("a", "import os\nnumber = int.from_bytes(os.urandom(4))"),
               AnswerStep("b", "number")))  # fmt: skip
    pool = ClusterPool(cluster.address)
    try:
        assert pool.workers == 3
        first, second = pool.submit("x", job), pool.submit("y", job)
        assert first.result(120).answers["b"] == second.result(120).answers["b"]
    finally:
        pool.close()
    again = ClusterPool(cluster.address)
    try:
        assert again.submit("z", job).result(120).ended == "finished"
    finally:
        again.close()


def test_a_worker_with_another_version_is_named(cluster, monkeypatch):
    from grader.cluster import pool as cluster_pool
    from grader.runner import RunnerError

    monkeypatch.setattr(cluster_pool, "conditions", lambda: "another")
    pool = cluster_pool.ClusterPool(cluster.address)
    try:
        with pytest.raises(RunnerError, match="another version of the course"):
            pool.submit("ada", Job((CellStep("a", "1"),))).result(120)
    finally:
        pool.close()


def test_a_missing_scheduler_is_said_in_a_line_and_nothing_is_graded(tmp_path):
    course = course_in(tmp_path / "course", "tcp://127.0.0.1:9")
    done = course.nbgrader("autograde", ASSIGNMENT, check=False)
    assert done.returncode != 0
    assert "No dask scheduler answers" in done.stderr.replace("Dask", "dask")
    assert "Traceback" not in done.stderr
    assert students(rows(course.database, ASSIGNMENT)) == set()
