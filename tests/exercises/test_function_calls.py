"""Calls with files and generators, and the facts that many right results share."""

from __future__ import annotations

import io
import itertools
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from course_utils.example_files import LEVELS, Blocks
from course_utils.function_examples import Call, Outcome, decode_call, encode_call
from course_utils.readings import batch_facts, picture_facts, read

X = np.arange(20).reshape(10, 2)
Y = np.arange(10)
STEPS = [[0, 1, 2], [3, 4, 0], [2, 2, 1]]
COLOURS = [[[row, column, 4 - row] for column in range(3)] for row in range(3)]


def slices(orders, size=4):
    for order in orders:
        for start in range(0, len(order), size):
            yield X[order[start : start + size]], Y[order[start : start + size]]


IN_ORDER = list(range(10))
SHUFFLED = [3, 1, 4, 0, 5, 9, 2, 6, 8, 7]


def test_files_are_beside_the_function_and_gone_afterwards():
    where = Path.cwd()
    call = Call(("a.jpg",), files={"a.jpg": Blocks(STEPS, 30, 60)})
    outcome = call.outcome(lambda name: (Image.open(name).size, str(Path(name).resolve())))
    size, path = outcome.value
    assert size == (60, 30)
    assert not Path(path).exists()
    assert Path.cwd() == where


def test_the_working_directory_comes_back_after_an_error():
    where = Path.cwd()
    call = Call(("a.jpg",), files={"a.jpg": Blocks(STEPS, 30, 60)})
    assert call.outcome(lambda name: 1 / 0).error == "ZeroDivisionError"
    assert Path.cwd() == where


def test_only_the_first_items_are_taken():
    assert Call((5,), first=3).outcome(itertools.count).value == [5, 6, 7]
    assert Call(([1, 2],), first=3).outcome(iter).value == [1, 2]


def test_items_that_share_memory_are_kept_apart():
    def one_buffer():
        buffer = np.zeros(2)
        while True:
            buffer += 1
            yield buffer

    assert [item[0] for item in Call((), first=3).outcome(one_buffer).value] == [1, 2, 3]


@pytest.mark.parametrize("result", [[1, 2], None, 3])
def test_what_is_no_generator_says_so(result):
    outcome = Call((), first=2).outcome(lambda: result)
    assert (outcome.error, outcome.error_bases[0]) == ("NotAGenerator", "TypeError")
    assert "use yield" in outcome.sentence()


def test_arguments_are_fresh_in_every_call():
    call = Call((np.zeros(2), [1]))

    def spoil(array, numbers):
        array += 1
        numbers.append(2)
        return numbers

    assert call.outcome(spoil).value == [1, 2]
    assert call.outcome(spoil).value == [1, 2]


@pytest.mark.parametrize(
    "call",
    [
        Call((1, (2, [3])), {"k": "text"}),
        Call(("a.jpg", (3, 4)), files={"a.jpg": Blocks(STEPS, 3, 6)}, reading="picture"),
        Call((Y,), first=3, reading="batches"),
    ],
)
def test_examples_survive_json(call):
    back = decode_call(json.loads(json.dumps(encode_call(call))))
    np.testing.assert_equal(back.staged, call.staged)
    assert back.reading == call.reading


@pytest.mark.parametrize("colours", [STEPS, COLOURS])
def test_blocks_look_as_described(colours):
    picture = Image.open(io.BytesIO(Blocks(colours, 90, 60).jpeg()))
    assert (picture.size, picture.format) == ((60, 90), "JPEG")
    assert picture.mode == ("RGB" if np.ndim(colours) == 3 else "L")
    middles = np.asarray(picture)[15::30, 10::20]
    np.testing.assert_allclose(middles, np.array(LEVELS)[np.array(colours)], atol=8)


@pytest.mark.parametrize("how", list(Image.Resampling))
def test_every_interpolation_and_scaling_has_the_same_facts(how):
    picture = Image.open(io.BytesIO(Blocks(COLOURS, 90, 60).jpeg()))
    for scale in (255, 256):
        pixels = np.asarray(picture.resize((100, 150), how), "float32") / scale
        assert picture_facts(pixels) == [
            "dtype float32",
            "shape (150, 100, 3)",
            "values from 0 to 1",
            "brightness by channel and row, in fifths: 000 111 222 012 012 012 444 333 222",
        ]


@pytest.mark.parametrize(
    ("picture", "fact"),
    [
        (np.full((6, 6, 3), 200.0), "values above 1"),
        (np.full((6, 6, 3), -1.0), "values below 0"),
        (np.zeros((6, 6), np.uint8), "dtype uint8"),
        (np.zeros((6, 4, 3)), "shape (6, 4, 3)"),
        ([["a"]], "no array of numbers"),
        (object(), "no array of numbers"),
        (np.zeros((0, 3)), "no array of numbers"),
    ],
)
def test_wrong_pictures_have_other_facts(picture, fact):
    assert fact in picture_facts(picture)


def facts(batches):
    return batch_facts(list(batches), X, Y)


def test_all_shufflings_have_the_same_facts():
    assert facts(slices([SHUFFLED, SHUFFLED[::-1]])) == facts(slices([SHUFFLED[::-1], SHUFFLED]))
    lists = [[images.tolist(), labels.tolist()] for images, labels in slices([SHUFFLED])]
    assert facts(lists) == facts(slices([SHUFFLED]))


@pytest.mark.parametrize(
    ("batches", "fact"),
    [
        (slices([SHUFFLED] * 2), "shuffled, but passes are alike"),
        (slices([SHUFFLED, IN_ORDER]), "shuffled, but not in every pass"),
        (slices([IN_ORDER] * 2), "in the given order"),
        (slices([[*SHUFFLED[:9], 3]]), "not every sample once in each pass"),
        (slices([SHUFFLED[:8]]), "2 batches, of 4, 4 samples"),
        ([(X[:4], Y[1:5])], "labels that do not belong to their images"),
        ([(X[:4], Y[:3])], "images of shape (4, 2) with labels of shape (3,)"),
        ([(X[:4] + 1, Y[:4])], "images that are not in x"),
        ([X[:4]], "something that is no pair (images, labels)"),
    ],
)
def test_wrong_batches_have_other_facts(batches, fact):
    assert fact in facts(batches)
    assert fact not in facts(slices([SHUFFLED, SHUFFLED[::-1]]))


@pytest.mark.parametrize("value", [object(), 3, [([[1], [2, 3]], [1, 2])], "text", {"a": 1}])
def test_reading_never_fails(value):
    for reading in ("batches", "picture"):
        assert read(reading, value, (X, Y))
    call = Call((X, Y), reading="batches")
    assert call.read(Outcome(error="ValueError")).error == "ValueError"
