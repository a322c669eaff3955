"""Whatever a hostile run sends: a value, or the border's own refusal, within time and memory."""

from __future__ import annotations

import contextlib
import socket
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from grader.runner import DecodeError, Limits
from grader.runner.conversation import Conversation, RunEndedError
from grader.runner.decode import decode
from grader.runner.encode import encode
from grader.runner.replies import read_answer, read_call, read_cell
from grader.runner.wire import LENGTHS, frame
from tests.runner.test_codec import json_like, split, values

MIB = 1024 * 1024
TWO = np.arange(2)

words = st.sampled_from(["value", "ok", "error", "stream", "stdout", "result", "display"])
parts = words | values
outputs = st.lists(st.tuples(words, parts, parts) | st.tuples(words, parts, parts, parts) | parts)
replies = st.fixed_dictionaries(
    {},
    optional={
        "number": st.sampled_from([0, True, "0", TWO]),
        "kind": parts,
        "status": parts,
        "outputs": outputs | parts,
        "message": parts,
        "type_name": parts,
        "error_name": parts,
        "error_bases": st.tuples(parts) | parts,
    },
)


@pytest.fixture(scope="module")
def fuzz(long) -> settings:
    """How hard to try: some seconds, or minutes under `--long`."""
    return settings(
        max_examples=20_000 if long else 300,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )


def test_damage_is_refused_within_time_and_memory(fuzz):
    @fuzz
    @given(values | json_like, st.data())
    def attempt(value, data):
        header, blob = split(encode(value, max_bytes=8 * MIB))
        for _ in range(data.draw(st.integers(1, 4))):
            start = data.draw(st.integers(0, len(header)))
            stop = data.draw(st.integers(start, min(len(header), start + 8)))
            header = header[:start] + data.draw(st.binary(max_size=8)) + header[stop:]
        blob = blob[: data.draw(st.integers(0, len(blob)))] + data.draw(st.binary(max_size=8))
        started = time.process_time()
        with contextlib.suppress(DecodeError):
            decode(header, blob)
        assert time.process_time() - started < 2

    tracemalloc.start()
    attempt()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 64 * MIB


def test_every_reader_of_replies_refuses_with_its_own_exception(fuzz):
    @fuzz
    @given(replies)
    @example({"status": "ok", "outputs": [(TWO, "stdout", "text")]})
    @example({"status": TWO, "kind": TWO, "error_bases": TWO})
    def attempt(reply):
        for read in (lambda: read_cell(reply, 0, 1), lambda: read_answer(reply),
                     lambda: read_call(reply, 0)):  # fmt: skip
            with contextlib.suppress(DecodeError):
                read()

    attempt()


def _greet_after(sent: bytes) -> None:
    ours, theirs = socket.socketpair()
    status, zygote = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with ours, theirs, status, zygote:
        theirs.sendall(sent)
        theirs.shutdown(socket.SHUT_WR)
        zygote.send(b'{"ended": true}')
        with contextlib.suppress(RunEndedError):
            Conversation(ours, status, Limits()).greet()


def test_a_conversation_ends_in_order_whatever_is_sent(fuzz):
    def anything(content):
        if isinstance(content, bytes):
            return content
        return encode(content, max_bytes=MIB)

    @fuzz
    @given(st.lists(replies | st.binary(max_size=40), max_size=2))
    @example([{"number": TWO}])
    @example([{"number": 0, "kind": TWO}])
    @example([LENGTHS.pack(2**32 - 1, 2**32 - 1)])
    @example([frame(b"[" * 60_000, b"")])
    def attempt(contents):
        _greet_after(b"".join(map(anything, contents)))

    attempt()
