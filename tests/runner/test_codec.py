"""The only form in which values cross the border: exact in, exact out, nothing else."""

from __future__ import annotations

import json
import math
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from grader.runner import DecodeError, UnencodableError
from grader.runner.decode import decode
from grader.runner.encode import encode
from grader.runner.wire import LENGTHS, MAX_ITEMS

MIB = 1024 * 1024


def split(frame: bytes) -> tuple[bytes, bytes]:
    header, blob = LENGTHS.unpack(frame[: LENGTHS.size])
    assert len(frame) == LENGTHS.size + header + blob
    return frame[LENGTHS.size : LENGTHS.size + header], frame[LENGTHS.size + header :]


def there_and_back(value):
    return decode(*split(encode(value, max_bytes=8 * MIB)))


def same(left, right) -> bool:
    if type(left) is not type(right):
        return False
    if isinstance(left, list | tuple):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, np.ndarray | np.generic):
        return left.dtype == right.dtype and left.tobytes() == right.tobytes()
    if isinstance(left, float):
        return left.hex() == right.hex()
    if isinstance(left, complex):
        return same(left.real, right.real) and same(left.imag, right.imag)
    return left == right


text = st.text(st.characters(exclude_categories=["Cs"]))
numbers = npst.from_dtype(np.dtype("<f4")) | npst.from_dtype(np.dtype("<i8"))
arrays = npst.arrays(
    st.sampled_from(["|b1", "|i1", "<u2", "<i8", "<f2", "<f4", "<f8", "<c8", "<c16"]),
    npst.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=4),
)
leaves = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.complex_numbers() | text
    | st.binary() | numbers | arrays | st.sets(st.integers() | text | st.booleans(), max_size=5)
)  # fmt: skip
values = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(text, inner, max_size=4)
    ),
    max_leaves=12,
)


@given(values)
@settings(deadline=None)
def test_every_allowed_value_survives(value):
    assert same(there_and_back(value), value)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | text
    | st.sampled_from(["f", "c", "s", "b", "l", "t", "e", "d", "n", "a", "<f8", "|b1", "0x1.0p+0"]),
    lambda inner: st.lists(inner, max_size=5),
    max_leaves=20,
)  # fmt: skip


@given(json_like, st.binary(max_size=64))
@settings(deadline=None)
@example(["e", [True, 1]], b"")
@example(["e", [["l", []]]], b"")
@example(["a", "<f8", [2**39, 2**39]], b"")
@example(["a", "<f8", [0, 2**39, 2**39]], b"")
@example(["a", "|O", [1]], b"12345678")
@example(["n", "<f8"], b"1234567")
@example(["d", ["a", 1, "a", 2]], b"")
@example(["f", "0x1.0p+9999"], b"")
def test_anything_well_formed_decodes_or_is_refused(tree, blob):
    header = json.dumps(tree, separators=(",", ":")).encode()
    try:
        value = decode(header, blob)
    except DecodeError:
        return
    assert same(there_and_back(value), value)


@given(st.binary(max_size=200), st.binary(max_size=64))
@settings(deadline=None)
def test_noise_is_refused(header, blob):
    try:
        decode(header, blob)
    except DecodeError:
        pass


@given(values, st.data())
@settings(deadline=None)
def test_damaged_frames_are_refused_or_decode(value, data):
    header, blob = split(encode(value, max_bytes=8 * MIB))
    position = data.draw(st.integers(0, len(header) - 1))
    damaged = header[:position] + data.draw(st.binary(max_size=3)) + header[position + 1 :]
    try:
        decode(damaged, blob)
    except DecodeError:
        pass


@pytest.mark.parametrize(
    "header",
    [
        b"",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1.5",
        b"1e999",
        b'{"a":1}',
        b'{"a":1,"a":2}',
        b'"\\ud800"',
        b'"\xc3\xa9"',
        b"[" * 100_000,
        b'["l",[' * 5000 + b"]]" * 5000,
        b"1" * 5000,
        b"1 2",
        b'["l"]',
        b'["l",1]',
        b'["x",1]',
        b'["f",1]',
        b'["f","1.5"]',
        b'["f","0x1p0"]',
        b'["f","nan(1)"]',
        b'["s",-1]',
        b'["s",true]',
        b'["s",10]',
        b'["b",1e3]',
        b'["a","<f8",[-1]]',
        b'["a","<f8",[true]]',
        b'["a","<f8",[1099511627776]]',
        b'["a","object",[0]]',
        b'["a","<U4",[0]]',
        b'["a","<M8[s]",[0]]',
        b'["a","<f8",' + b"[" + b"1," * 40 + b"1]]",
        b'["d",["a"]]',
        b'["d",[1,2]]',
        b'["d",["a",1,"a",2]]',
        b'["e",[1,1]]',
        b'["e",[["l",[]]]]',
    ],
)
def test_what_encode_never_writes_is_refused(header):
    with pytest.raises(DecodeError):
        decode(header, b"")


@pytest.mark.parametrize(
    ("header", "blob"),
    [(b"1", b"x"), (b'["s",2]', b"\xff\xff"), (b'["a","|b1",[1]]', b"\x02"), (b'["s",1]', b"ab")],
)
def test_blobs_that_do_not_fit_are_refused(header, blob):
    with pytest.raises(DecodeError):
        decode(header, blob)


def test_depth_and_items_are_bounded_on_both_sides():
    deep: object = 1
    for _ in range(21):
        deep = [deep]
    with pytest.raises(UnencodableError, match="nested"):
        encode(deep, max_bytes=MIB)
    with pytest.raises(UnencodableError, match="items"):
        encode(list(range(MAX_ITEMS + 1)), max_bytes=8 * MIB)
    assert there_and_back(deep[0]) == deep[0]
    with pytest.raises(DecodeError):
        decode(b'["l",[' * 21 + b"1" + b"]]" * 21, b"")
    with pytest.raises(DecodeError):
        decode(b'["l",[' + b"1," * MAX_ITEMS + b"1]]", b"")


def test_sizes_are_bounded_before_they_are_built():
    with pytest.raises(UnencodableError, match="larger"):
        encode(np.zeros(MIB), max_bytes=MIB)
    with pytest.raises(UnencodableError, match="larger"):
        encode(np.broadcast_to(np.zeros(1), (10**12,)), max_bytes=MIB)
    with pytest.raises(UnencodableError, match="digits"):
        encode(10**4001, max_bytes=MIB)


def test_refusing_a_bomb_takes_neither_memory_nor_time():
    bombs = [b"[" + b"[]," * 1_000_000 + b"1]", b'["a","<f8",[1099511627775]]']
    bombs.append(b'["e",[' + b",".join(b"%d" % (n * (2**61 - 1)) for n in range(50_000)) + b"]]")
    tracemalloc.start()
    started = time.perf_counter()
    for bomb in bombs:
        with pytest.raises(DecodeError):
            decode(bomb, b"")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40 * MIB
    assert time.perf_counter() - started < 5


def test_numbers_of_unusual_width_are_converted():
    assert there_and_back(np.longdouble(0.5)) == 0.5
    assert there_and_back(np.arange(3, dtype=">i4")).dtype == np.dtype("<i4")
    assert there_and_back(np.ma.masked_array([1, 2])).tolist() == [1, 2]


def test_text_never_holds_half_a_character():
    assert there_and_back("a\ud800b") == "a?b"


def test_signs_of_zero_and_nan_survive():
    assert math.copysign(1, there_and_back(-0.0)) == -1
    assert math.isnan(there_and_back(float("nan")))


@pytest.mark.parametrize("shape", [(0, 2**17), (2**17, 0), (2**10, 0, 2**10)])
def test_an_empty_array_with_huge_sides_does_not_cross(shape):
    with pytest.raises(UnencodableError, match="empty array"):
        encode(np.empty(shape, "f4"), max_bytes=10**6)
    header = json.dumps(["a", "<f4", list(shape)]).encode()
    with pytest.raises(DecodeError, match="impossible shape"):
        decode(header, b"")


def test_many_empty_arrays_have_one_budget():
    one = ["a", "<f4", [2**15, 0]]
    assert len(decode(json.dumps(["l", [one] * 2]).encode(), b"")) == 2
    with pytest.raises(DecodeError, match="impossible shape"):
        decode(json.dumps(["l", [one] * 3]).encode(), b"")
