"""A process that speaks for itself: forged replies are claims at best, and never break the grader.

Student code can write whatever it likes to the socket that its answers travel on.
"""

from __future__ import annotations

import numpy as np
import pytest

from grader.runner import AnswerStep, DecodeError
from grader.runner.encode import encode
from grader.runner.outputs import clean_text, collapse_returns, is_small_png, to_nbformat
from grader.runner.replies import read_answer, read_call, read_cell

SPEAK = """
import os, socket
for fd in map(int, os.listdir("/proc/self/fd")):
    try:
        if fd > 2 and "socket" in os.readlink(f"/proc/self/fd/{fd}"):
            os.write(fd, FRAME)
    except OSError: pass
x = 2
"""


def forge(reply: object, value: object = None) -> str:
    frame = encode(reply, max_bytes=10**6)
    if value is not None:
        frame += encode(value, max_bytes=10**6)
    return f"FRAME = {frame!r}\n" + SPEAK


def test_a_forged_reply_out_of_turn_ends_the_run(run):
    source = forge({"number": 99, "status": "ok", "outputs": []})
    result = run("x = 1", AnswerStep("before", "x"), source, AnswerStep("x", "x"))
    assert result.ended == "crashed"
    assert "another request" in result.detail
    assert result.answers["before"].value == 1
    assert result.answers["x"].kind == "not_reached"


def test_a_forged_answer_in_turn_is_only_a_claim(run):
    source = forge({"number": 1, "status": "ok", "outputs": []})
    result = run(source, AnswerStep("x", "x"))
    # Our own reply to the cell is now read as the reply about x, and does not fit.
    assert result.cells["0"].status == "ok"
    assert result.ended == "crashed"
    assert result.answers["x"].kind == "not_reached"


@pytest.mark.parametrize(
    "frame",
    [
        b"\xff" * 16,
        b"\x00\x00\x00\x02\x00\x00\x00\x00[]",
        b"\x00\x00\x00\x04\x00\x00\x00\x00null",
        b"\x00\x00\x00\x01\x00\x00\x00\x00{",
        b"\x00\x00\x00\x00\x00\x00\x00\x00",
    ],
)
def test_garbage_ends_the_run_and_keeps_what_came_before(run, frame):
    result = run("x = 1", AnswerStep("x", "x"), f"FRAME = {frame!r}\n{SPEAK}", "1")
    assert result.ended in ("crashed", "output")
    assert result.answers["x"].value == 1
    assert result.cells["3"].status == "not_reached"


def test_a_shell_turned_against_us_harms_only_itself(run):
    source = """
import builtins, json, os, sys
ip = get_ipython()
ip.input_transformers_cleanup.append(lambda lines: ["pass\\n"])
ip.run_cell = lambda *a, **k: None
ip.user_ns = None
sys.stdout = None
builtins.isinstance = lambda *a: True
json.dumps = lambda *a, **k: "null"
os.getpid = lambda: 7
"""
    result = run(source, "x = 1", AnswerStep("x", "x"))
    assert result.ended in ("finished", "exited", "crashed")
    assert run("1 + 1").ended == "finished"


PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x05\x00\x00\x00\x05" + b"\x00" * 20


@pytest.mark.parametrize(
    "outputs",
    [
        None,
        "text",
        [("stream", "stdout")],
        [("stream", "evil", "text")],
        [("stream", "stdout", b"bytes")],
        [("display", "text", b"<svg onload=alert(1)>")],
        [("display", "text", PNG[:20])],
        [("display", "text", PNG.replace(b"\x00\x00\x00\x05", b"\x00\x01\x00\x00"))],
        [("display", "text", PNG + bytes(400_000))],
        [("html", "<script>", b"")],
        [{"output_type": "display_data", "data": {"text/html": "<script>"}}],
        [("stream", "stdout", "x")] * 101,
    ],
)
def test_forged_outputs_are_refused(outputs):
    with pytest.raises(DecodeError):
        to_nbformat(outputs, 1)


def test_forged_text_is_cleaned_again():
    (output,) = to_nbformat([("stream", "stdout", "a\x1b]0;title\x07\x08\u202e" + "b" * 10**6)], 1)
    assert output["text"].startswith("ab")
    assert len(output["text"]) < 100_000
    (error,) = to_nbformat([("error", "\x1b[1mE" * 99, "m\x00", "line\n" * 10**5)], 1)
    assert "\x1b" not in error["ename"]
    assert len(error["traceback"]) <= 201


@pytest.mark.parametrize(
    "reply",
    [
        {},
        {"kind": "perfect"},
        {"kind": ["value"]},
        {"kind": "value", "type_name": 5},
        {"kind": "value", "message": b"x"},
    ],
)
def test_forged_answers_are_refused(reply):
    with pytest.raises(DecodeError):
        read_answer(reply)
    with pytest.raises(DecodeError):
        read_call(reply, 0.0)


@pytest.mark.parametrize("bases", ["ValueError", [1], ("E",) * 50, (b"E",), None])
def test_forged_exception_classes_are_refused(bases):
    with pytest.raises(DecodeError):
        read_call({"kind": "error", "error_bases": bases}, 0.0)


@pytest.mark.parametrize("status", ["not_reached", "passed", None, 1, np.bool_(True)])
def test_forged_cell_states_are_refused(status):
    with pytest.raises(DecodeError):
        read_cell({"status": status, "outputs": []}, 0.0, 1)


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("10%\r20%\r", "20%"),
        ("a\r\nb\rc\n", "a\nc\n"),
        ("no return", "no return"),
        ("x\r\n\ry", "x\ny"),
    ],
)
def test_returns_collapse_as_on_a_terminal(raw, shown):
    assert collapse_returns(raw) == shown


def test_clean_text_keeps_tabs_newlines_and_letters():
    assert clean_text("a\tb\nc\x0b\x7f\x85é漢😀") == "a\tb\ncé漢😀"
    assert is_small_png(PNG)
