"""Runs that want too much: time, memory, processes, output, disk."""

from __future__ import annotations

import textwrap
import time

import pytest

from grader.runner import AnswerStep

from .conftest import text_of

X = AnswerStep("x", "x")


def test_an_endless_loop_times_out_and_the_next_cell_runs(run):
    result = run("x = 1\nwhile True: pass", X, "'next'", cell_seconds=0.4)
    assert result.cells["0"].status == "timeout"
    assert "0.4 seconds" in result.cells["0"].error_message
    assert result.answers["x"].value == 1
    assert result.cells["2"].status == "ok"
    assert result.ended == "finished"


@pytest.mark.parametrize(
    "source",
    [
        """
        while True:
            try:
                while True: pass
            except BaseException: pass
        """,
        """
        import time
        def inner():
            while True:
                try: time.sleep(0.01)
                except BaseException: continue
                finally: time.sleep(0.001)
        while True:
            try: inner()
            except: pass
        """,
        """
        class Sticky:
            def __del__(self):
                while True:
                    try: sum(range(1000))
                    except BaseException: pass
        sticky = Sticky()
        del sticky
        """,
    ],
)
def test_code_that_swallows_the_interruption_is_left_behind(run, source):
    started = time.monotonic()
    result = run("x = 1", textwrap.dedent(source), X, "print('next')", "6 * 7", cell_seconds=0.3)
    assert result.ended == "finished"
    assert result.cells["1"].status == "timeout"
    assert result.answers["x"].value == 1
    assert text_of(result, "3") == "next\n"
    assert text_of(result, "4") == "42"
    assert time.monotonic() - started < 10


def test_ignoring_the_alarm_ends_at_the_wall_clock(run):
    source = "import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: pass"
    result = run("x = 1", X, source, "1", cell_seconds=0.2, wall_seconds=1.0)
    assert result.ended == "wall_time"
    assert 0.9 < result.wall_seconds < 5
    assert result.answers["x"].value == 1
    assert [result.cells[cell].status for cell in "023"] == ["ok", "timeout", "not_reached"]


def test_processor_time_of_all_processes_counts(run):
    source = """
import os, time
for _ in range(2):
    if os.fork() == 0:
        while True: pass
time.sleep(60)
"""
    result = run(source, cpu_seconds=1)
    assert result.ended == "cpu_time"
    assert result.cpu_seconds < 10


@pytest.mark.parametrize(
    ("source", "ended"),
    [
        ("import os; os._exit(0)", "exited"),
        ("import ctypes; ctypes.string_at(0)", "crashed"),
        ("import os; os.abort()", "crashed"),
    ],
)
def test_what_came_before_the_end_is_kept(run, source, ended):
    result = run("x = 1", X, source, "y = 2", AnswerStep("y", "y"))
    assert result.ended == ended
    assert result.detail
    assert result.answers["x"].value == 1
    assert [result.cells[cell].status for cell in "023"] == ["ok", "error", "not_reached"]
    assert result.cells["2"].error_message == result.detail
    assert result.answers["y"].kind == "not_reached"


@pytest.mark.parametrize(
    "source", ["bomb = bytearray(10**11)", "bomb = []\nwhile True: bomb.append(bytearray(10**7))"]
)
def test_a_memory_bomb_is_an_error_of_its_cell(run, source):
    result = run("x = 1", source, "del bomb", X, memory_bytes=600_000_000)
    assert result.cells["1"].error_name == "MemoryError"
    assert result.answers["x"].value == 1
    assert result.peak_memory_bytes < 800_000_000


def test_memory_of_all_processes_together_is_bounded(run):
    source = """
import os, time
for _ in range(8):
    if os.fork() == 0:
        block = bytearray(b"1") * 150_000_000
        time.sleep(60)
time.sleep(60)
"""
    result = run(source, memory_bytes=600_000_000)
    assert result.ended == "memory"


def test_a_fork_bomb_stays_small_and_dies(run):
    result = run("import os\nwhile True: os.fork()", "'next'", processes=40, cell_seconds=2)
    assert result.cells["0"].error_name == "BlockingIOError"
    assert result.ended == "finished"
    assert result.wall_seconds < 30


def test_threads_are_bounded(run):
    source = """
import threading, time
started = 0
try:
    while True:
        threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
        started += 1
except RuntimeError:
    print(started)
"""
    assert int(text_of(run(source, processes=50), "0")) < 50


def test_a_flood_on_the_answer_channel_ends_the_run(run):
    source = """
import os
for fd in map(int, os.listdir("/proc/self/fd")):
    try:
        while fd > 2: os.write(fd, b"\\x7f" * 65536)
    except OSError: pass
"""
    result = run("x = 1", X, source, "1")
    assert result.ended == "output"
    assert result.answers["x"].value == 1


def test_floods_of_text_are_cut_not_punished(run):
    result = run(
        "import os\nfor _ in range(2000): os.write(1, b'y' * 10_000)",
        "print('z' * 10_000_000)",
        "x = 1",
        X,
    )
    assert result.ended == "finished"
    assert result.answers["x"].value == 1
    assert len(text_of(result, "0")) + len(text_of(result, "1")) < 200_000


def test_disk_file_size_and_number_of_files_are_bounded(run):
    result = run(
        "with open('one', 'wb') as file:\n    while True: file.write(bytes(10**6))",
        "for n in range(10**4):\n    with open(f'{n}', 'wb') as file: file.write(bytes(10**6))",
        "import os\nfor name in os.listdir():\n    if os.path.isfile(name): os.remove(name)",
        "for n in range(10**6): open(f'{n}', 'wb').close()",
        "x = 1",
        X,
        file_bytes=4 * 10**6,
        scratch_bytes=2 * 10**7,
    )
    assert "too large" in result.cells["0"].error_message
    assert "No space left" in result.cells["1"].error_message
    assert "No space left" in result.cells["3"].error_message
    assert result.answers["x"].value == 1


def test_measurements_are_plausible(run):
    result = run("import time\ntime.sleep(0.3)\nblock = bytearray(b'1') * 100_000_000")
    assert 0.3 < result.wall_seconds < 10
    assert 0 < result.cpu_seconds < 5
    assert 100_000_000 < result.peak_memory_bytes < 10**9
    assert 0.3 < result.cells["0"].seconds < 10
