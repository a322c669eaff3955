"""Each level of isolation, forced: it holds, or grading refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from grader.runner import (
    AnswerStep,
    CellStep,
    IsolationUnavailable,
    Job,
    RunnerPool,
    describe_isolation,
    landlock,
    machine,
)
from grader.runner.attempts import Attempt, quick_attempts, targets
from grader.runner.machine import problem_of, require_isolation
from tests.runner.ordinary import run_script

EXAMINE = """
import json
from pathlib import Path
from grader.doctor import examine
from grader.runner import describe_isolation
findings = examine(Path.cwd())
broken = [f"{one.name}: {one.detail}" for one in findings if not one.held]
print(json.dumps([describe_isolation().level, len(findings), broken]))
"""
WORK = """
import json
from grader.runner import *
code = '''
import os, socket, subprocess, tempfile, threading, zipfile
import numpy as np
from concurrent.futures import ThreadPoolExecutor
from matplotlib import pyplot
fig, axes = pyplot.subplots(); axes.plot([1, 2]); fig.savefig("figure.png")
np.save("array.npy", np.arange(3))
with zipfile.ZipFile("all.zip", "w") as archive: archive.write("array.npy")
os.rename("all.zip", "kept.zip"); os.makedirs("a/b"); os.remove("array.npy")
with tempfile.TemporaryDirectory() as folder: open(folder + "/x", "w").close()
told = subprocess.run("echo $((6 * 7)) | cat", shell=True, capture_output=True, text=True).stdout
child = subprocess.Popen(["sleep", "9"]); child.terminate(); child.wait()
ours, theirs = socket.socketpair(); ours.send(b"x")
with ThreadPoolExecutor(4) as pool: squares = list(pool.map(lambda n: n * n, range(4)))
facts = [told, squares, os.getcwd() == os.environ["HOME"], sorted(os.listdir())]
'''
steps = (CellStep("0", code), AnswerStep("facts", "facts"))
with RunnerPool(1, preload=("numpy", "matplotlib.pyplot"), isolation="landlock") as pool:
    result = pool.submit("work", Job(steps)).result(60)
print(json.dumps([result.cells["0"].error_message, result.answers["facts"].value]))
"""
DEATHS = """
import json, os
from pathlib import Path
from grader.runner import *
deep = '''
import os
os.umask(0o777)
os.mkdir("closed")
os.umask(0)
for _ in range(3000):
    os.mkdir("d" * 20); os.chdir("d" * 20)
'''
codes = [
    "import os; os._exit(7)", "import os; os.kill(os.getpid(), 11)", "while True: pass", deep,
    "with open('big', 'wb') as file: file.truncate(50 * 2**20)",
]
with RunnerPool(2, preload=("numpy",), isolation="landlock") as pool:
    limits = Limits(cell_seconds=30, wall_seconds=4)
    jobs = [pool.submit(code, Job((CellStep("0", code),), limits)) for code in codes]
    endings = [(job.result(60).ended, job.result().detail) for job in jobs]
    left = [str(p) for f in Path("/var/tmp").glob("grader-runner-*") if os.access(f, os.R_OK)
            for p in f.iterdir() if p.name.isdigit()]
print(json.dumps([endings, left]))
"""
CLOSED_IN_A_STORM = """
import json, time
from pathlib import Path
from grader.runner import *
storm = "import os\\nwhile True:\\n    try: os.fork()\\n    except OSError: pass"

def sessions():
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try: found.append(int(path.read_text().rpartition(")")[2].split()[3]))
        except OSError: pass
    return found

with RunnerPool(1, preload=("numpy",), isolation="landlock") as pool:
    pool.wait_until_ready()
    pool.submit("storm", Job((CellStep("0", storm),), Limits(processes=40)))
    time.sleep(WAIT)
    zygote = pool.zygote_pid
    runs = list(map(int, Path(f"/proc/{zygote}/task/{zygote}/children").read_text().split()))
    before = sum(sessions().count(run) for run in runs)
print(json.dumps([before, sum(sessions().count(run) for run in runs)]))
"""
NEIGHBOURS = """
import json
from grader.runner import *
code = '''
import os, time
open("mine", "w").write("secret"); here = os.getcwd()
time.sleep(1)
parent, seen, killed = os.path.dirname(here), None, []
try: seen = os.listdir(parent)
except OSError: pass
for pid in range(max(2, os.getpid() - 40), os.getpid() + 40):
    if pid != os.getpid():
        try: os.kill(pid, 15); killed.append(pid)
        except OSError: pass
'''
steps = (CellStep("0", code), AnswerStep("seen", "seen"), AnswerStep("killed", "killed"))
with RunnerPool(2, preload=("numpy",), isolation="landlock") as pool:
    jobs = [pool.submit(name, Job(steps)) for name in "ab"]
    print(json.dumps([[job.result(60).ended, *(one.value for one in job.result().answers.values())]
                      for job in jobs]))
"""


@pytest.fixture(scope="module")
def needs_landlock() -> None:
    if landlock.version() < landlock.VERSION_FOR_SIGNALS:
        pytest.skip("this kernel's Landlock does not confine signals")


def test_without_isolation_the_attempts_succeed():
    """What cannot succeed proves nothing where it fails."""
    root = Path.cwd()
    with targets() as found, RunnerPool(1, preload=("numpy",), isolation="none") as pool:
        tried = quick_attempts(root, found)
        steps = [
            step
            for one in tried
            for step in (CellStep(one.name, one.source), AnswerStep(f"?{one.name}", "escaped"))
        ]
        answers = pool.submit("free", Job(tuple(steps))).result(60).answers
    worked = {name[1:] for name, answer in answers.items() if answer.value is True}
    assert worked >= {
        "connect over TCP",
        "send over UDP",
        "connect to a unix socket",
        "connect to an abstract socket",
        "read the course",
        "list the solutions",
        "read a file in the home folder",
        "change a file in the home folder",
        "write outside the scratch folder",
        "signal a process outside",
        "reach a process outside by its limits",
        "see other processes",
        "take memory that nothing counts",
    }


@pytest.mark.usefixtures("needs_isolation")
def test_namespaces_hold_for_an_ordinary_user():
    level, count, broken = json.loads(run_script(EXAMINE))
    assert (level, broken) == ("namespaces", [])
    assert count > 25


@pytest.mark.usefixtures("needs_landlock")
def test_landlock_holds_where_namespaces_are_refused():
    level, count, broken = json.loads(run_script(EXAMINE, namespaces=False))
    assert (level, broken) == ("landlock", [])
    assert count > 25


@pytest.mark.usefixtures("needs_landlock")
def test_landlock_holds_for_roots_private_users():
    script = EXAMINE.replace("Path.cwd()", "Path.cwd(), 'landlock'")
    assert json.loads(run_script(script, root=True))[2] == []


@pytest.mark.usefixtures("needs_isolation")
def test_namespaces_need_no_landlock():
    script = "from grader.runner import *; print(describe_isolation().level, landlock.version())"
    script = script.replace("import *", "import describe_isolation, landlock")
    assert run_script(script, landlock=False) == "namespaces 0\n"


def test_grading_refuses_where_both_are_missing():
    script = """
    from grader.runner import *
    for setting in ("auto", "namespaces", "landlock"):
        try:
            RunnerPool(1, isolation=setting)
        except IsolationUnavailable as problem:
            print(problem)
    with RunnerPool(1, preload=("numpy",), isolation="none") as pool:
        job = Job((CellStep("0", "x = 1"), AnswerStep("x", "x")))
        print(pool.isolation, pool.submit("none", job).result(60).answers["x"].value)
    """
    *refusals, none = run_script(script, namespaces=False, landlock=False).splitlines()
    assert len(refusals) == 3
    assert "unshare" in refusals[0]
    assert "Landlock has version 0" in refusals[0]
    assert all('"none" on purpose' in refusal for refusal in refusals)
    assert none == "none 1"


@pytest.mark.usefixtures("needs_landlock")
def test_ordinary_work_goes_on_under_landlock():
    error, facts = json.loads(run_script(WORK))
    assert error == ""
    assert facts == ["42\n", [0, 1, 4, 9], True, ["a", "figure.png", "kept.zip"]]


@pytest.mark.usefixtures("needs_landlock")
def test_every_end_is_told_and_cleaned_up_under_landlock():
    endings, left = json.loads(run_script(DEATHS))
    assert [ended for ended, _ in endings] == [
        "exited",
        "crashed",
        "wall_time",
        "killed",
        "finished",
    ]
    assert "exit code 7" in endings[0][1]
    assert "disk" in endings[3][1]
    assert left == []


@pytest.mark.usefixtures("needs_landlock")
@pytest.mark.parametrize("seconds", [0.1, 0.2])
def test_a_storm_of_forks_does_not_survive_the_grader(seconds):
    before, after = json.loads(run_script(CLOSED_IN_A_STORM.replace("WAIT", str(seconds))))
    assert before > 2
    assert after == 0


@pytest.mark.usefixtures("needs_landlock")
def test_runs_side_by_side_do_not_meet_under_landlock():
    assert json.loads(run_script(NEIGHBOURS)) == [["finished", None, []]] * 2


@pytest.mark.usefixtures("needs_isolation")
def test_an_attempt_that_succeeds_stops_grading(monkeypatch):
    problem_of.cache_clear()
    describe_isolation.cache_clear()
    hole = Attempt("walk through the wall", "escaped = True")
    monkeypatch.setattr(machine, "quick_attempts", lambda *_: [hole])
    try:
        for setting in ("auto", "namespaces"):
            with pytest.raises(IsolationUnavailable, match="could walk through the wall"):
                require_isolation(setting)
    finally:
        problem_of.cache_clear()
        describe_isolation.cache_clear()
