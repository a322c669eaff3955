"""The pool's life: starting, failing, restarting, and leaving nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from grader.runner import (
    AnswerStep,
    Call,
    CellStep,
    IsolationUnavailable,
    Job,
    Limits,
    RunnerError,
    RunnerPool,
    UnencodableError,
    describe_isolation,
    machine,
)

from .conftest import LIGHT, text_of
from .ordinary import run_script

ROOT = Path(__file__).parents[2]
ONE = Job((CellStep("0", "x = 1"), AnswerStep("x", "x")))


def sleeping(seconds: float) -> Job:
    return Job((CellStep("0", f"import time\ntime.sleep({seconds})\nx = 1"), AnswerStep("x", "x")))


def descendants(pid: int) -> set[int]:
    listing = subprocess.run(["ps", "-eo", "pid,ppid"], capture_output=True, text=True, check=True)
    children: dict[int, list[int]] = {}
    for line in listing.stdout.splitlines()[1:]:
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, waiting = set(), [pid]
    while waiting:
        found.update(children.get(waiting[-1], []))
        waiting += children.pop(waiting.pop(), [])
    return found


def running(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}").exists()}


def wait_until_gone(pids: set[int]) -> None:
    deadline = time.monotonic() + 5
    while running(pids) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not running(pids)


@pytest.mark.parametrize("isolation", ["auto", "none"])
@pytest.mark.usefixtures("needs_isolation")
def test_closing_leaves_no_process_file_or_socket(isolation):
    describe_isolation()
    others = descendants(os.getpid())
    mounts = Path("/proc/self/mountinfo").read_text()
    files, temporary = len(os.listdir("/proc/self/fd")), set(os.listdir(tempfile.gettempdir()))
    with RunnerPool(2, preload=("numpy",), isolation=isolation) as pool:
        assert pool.submit("one", ONE).result(60).ended == "finished"
        future = pool.submit("long", sleeping(60))
        time.sleep(0.3)
        started = descendants(os.getpid()) - others
        assert len(started) >= 3
    assert future.result(1).ended == "killed"
    assert not running(started)
    assert len(os.listdir("/proc/self/fd")) == files
    assert Path("/proc/self/mountinfo").read_text() == mounts
    left = set(os.listdir(tempfile.gettempdir())) - temporary
    assert not [name for name in left if "runner" in name or "matplotlib" in name]


@pytest.mark.usefixtures("needs_isolation")
def test_construction_does_not_wait_and_an_early_close_is_quick():
    describe_isolation()
    started = time.monotonic()
    pool = RunnerPool(1)
    assert time.monotonic() - started < 0.5
    futures = [pool.submit("early", ONE) for _ in range(3)]
    time.sleep(0.2)
    pool.close()
    assert time.monotonic() - started < 10
    assert all(future.cancelled() or future.result().ended == "killed" for future in futures)
    with pytest.raises(RuntimeError):
        pool.submit("late", ONE)


@pytest.mark.parametrize("isolation", ["auto", "none"])
@pytest.mark.usefixtures("needs_isolation")
def test_killing_the_grader_leaves_nothing(tmp_path, isolation):
    script = f"""
    import sys, time
    from grader.runner import *
    pool = RunnerPool(1, preload=("numpy",), isolation={isolation!r})
    stubborn = '''
    import ctypes, os, signal, time
    ctypes.CDLL(None).prctl(1, 0)
    for number in range(1, 32):
        try: signal.signal(number, signal.SIG_IGN)
        except OSError: pass
    if os.fork() == 0: os.setsid()
    time.sleep(600)
    '''
    import textwrap
    future = pool.submit("a", Job((CellStep("0", "1"), CellStep("1", textwrap.dedent(stubborn)))))
    pool.wait_until_ready()
    time.sleep(0.5)
    print("ready", flush=True)
    time.sleep(600)
    """
    grader = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert grader.stdout.readline() == "ready\n"
    started = descendants(grader.pid)
    assert len(started) >= 4
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    grader.stdout.close()
    wait_until_gone(started)


@pytest.mark.usefixtures("needs_isolation")
def test_a_killed_zygote_is_replaced_and_the_run_repeated():
    with RunnerPool(2, preload=LIGHT) as pool:
        futures = [pool.submit(name, sleeping(1)) for name in "ab"]
        pool.wait_until_ready()
        time.sleep(0.5)
        os.kill(pool.zygote_pid, signal.SIGKILL)
        assert [future.result(60).answers["x"].value for future in futures] == [1, 1]
        pool.wait_until_ready()
        os.kill(pool.zygote_pid, signal.SIGKILL)
        time.sleep(0.2)
        assert pool.submit("next", ONE).result(60).ended == "finished"


@pytest.mark.usefixtures("needs_isolation")
def test_a_run_lost_twice_says_so():
    with RunnerPool(1, preload=("numpy",)) as pool:
        future = pool.submit("unlucky", sleeping(30))
        for _ in range(2):
            pool.wait_until_ready()
            time.sleep(0.5)
            os.kill(pool.zygote_pid, signal.SIGKILL)
            time.sleep(0.5)
        result = future.result(60)
        assert result.ended == "killed"
        assert "twice" in result.detail
        assert result.cells["0"].status == "not_reached"
        assert pool.submit("next", ONE).result(60).ended == "finished"


@pytest.mark.usefixtures("needs_isolation")
def test_a_run_that_the_system_killed_is_repeated_once():
    with RunnerPool(1, preload=("numpy",)) as pool:
        for times, ended in ((1, "finished"), (2, "killed")):
            future = pool.submit("unlucky", sleeping(1))
            pool.wait_until_ready()
            zygote, killed = pool.zygote_pid, set()
            while len(killed) < times:
                time.sleep(0.4)
                for pid in descendants(zygote) - killed:
                    os.kill(pid, signal.SIGKILL)
                    killed.add(pid)
            assert future.result(60).ended == ended
            assert pool.zygote_pid == zygote


def test_one_broken_run_does_not_touch_its_neighbour(pool):
    bad = Job((CellStep("0", "import os, ctypes\nctypes.string_at(0)"),))
    neighbours = [pool.submit("good", sleeping(0.3)), pool.submit("bad", bad)]
    good, broken = (future.result(60) for future in neighbours)
    assert (good.ended, broken.ended) == ("finished", "crashed")
    assert good.answers["x"].value == 1


def test_the_zygote_keeps_one_thread(pool):
    for _ in range(3):
        pool.submit("threads", Job((CellStep("0", "import threading"),))).result(60)
    assert len(os.listdir(f"/proc/{pool.zygote_pid}/task")) == 1


@pytest.mark.usefixtures("needs_isolation")
def test_without_isolation_limits_still_hold_and_daemons_die():
    daemon = """
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0: time.sleep(600)
    os._exit(0)
print(os.getcwd())
open("left", "w").close()
"""
    with RunnerPool(1, preload=("numpy",), isolation="none") as pool:
        assert pool.isolation == "none"
        cells = (CellStep("0", daemon), CellStep("1", "while True: pass"))
        result = pool.submit("none", Job(cells, Limits(cell_seconds=0.3))).result(60)
        assert [cell.status for cell in result.cells.values()] == ["ok", "timeout"]
        assert not Path(text_of(result, "0").strip()).exists()
        assert not descendants(pool.zygote_pid)


@pytest.mark.usefixtures("needs_isolation")
def test_the_zygotes_failure_is_told_with_its_reason(monkeypatch):
    broken = "import sys; sys.exit('no module named so-and-so')"
    monkeypatch.setattr(
        "grader.runner.launch.python_command", lambda *_: [sys.executable, "-c", broken]
    )
    with RunnerPool(1) as pool, pytest.raises(RunnerError, match="so-and-so"):
        pool.submit("key", ONE).result(60)


def test_limits_that_cannot_be_set_are_the_graders_mistake(pool):
    job = Job((CellStep("0", "1"),), Limits(memory_bytes=1 << 70))
    with pytest.raises(RunnerError, match="huge"):
        pool.submit("huge", job).result(60)
    assert pool.submit("next", ONE).result(60).ended == "finished"


def test_arguments_that_cannot_be_sent_are_the_graders_mistake(pool):
    job = Job((CellStep("0", "f = print"), AnswerStep("f", "f", (Call((object(),)),))))
    with pytest.raises(UnencodableError, match="object"):
        pool.submit("key", job).result(60)
    assert pool.submit("next", ONE).result(60).ended == "finished"


def test_jobs_are_checked_when_they_are_made():
    with pytest.raises(ValueError, match="'a' appears more than once"):
        Job((CellStep("a", "1"), AnswerStep("a", "x")))
    with pytest.raises(ValueError, match="seed"):
        Job((), seed=-1)
    with pytest.raises(ValueError, match="scratch_bytes"):
        Limits(scratch_bytes=0)
    with pytest.raises(ValueError, match="isolation"):
        RunnerPool(1, isolation="maybe")


def test_a_machine_without_isolation_is_refused_with_advice():
    script = """
    from grader.runner import RunnerPool, describe_isolation, IsolationUnavailable
    assert not describe_isolation().level
    try:
        RunnerPool(1)
    except IsolationUnavailable as problem:
        print(problem)
    """
    told = run_script(script, namespaces=False, landlock=False)
    for word in ("sysctl", "6.12", "Docker", "WSL", "container", '"none"'):
        assert word in told
    assert told.count("\n") == 1


def test_other_systems_are_told_to_use_a_container(monkeypatch):
    monkeypatch.setattr(machine.sys, "platform", "darwin")
    describe_isolation.cache_clear()
    try:
        with pytest.raises(IsolationUnavailable, match="darwin"):
            RunnerPool(1, isolation="none")
    finally:
        monkeypatch.undo()
        describe_isolation.cache_clear()


def test_the_machines_isolation_is_described():
    report = describe_isolation()
    assert report.platform == sys.platform
    assert bool(report.level) == (report.problem == "")
    assert report.namespaces == (report.level == "namespaces")
    assert report.landlock_abi >= 0
