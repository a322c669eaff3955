"""Numbers are compared as NumPy compares them, whatever they are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from grader.exercises.functions import RTOL, same_value

NUMBERS = [
    *(0, 1, -1, 3, 30000, 30002, 30004, 2**60, 0.0, -0.0, 1.0, 0.1, 0.10001, 0.100011, 1e-300),
    *(1e300, 1.00009, 1.00011, -1.00009, float("inf"), float("-inf"), float("nan")),
]


@pytest.mark.parametrize(("expected", "got"), itertools.product(NUMBERS, repeat=2))
def test_plain_numbers_are_the_same_when_numpy_says_so(expected, got):
    with np.errstate(all="ignore"):
        assert same_value(expected, got) == bool(np.isclose(got, expected, rtol=RTOL, atol=0))


@pytest.mark.parametrize("expected", [1, 1.5, float("inf")])
def test_a_number_beyond_all_floats_is_another_one(expected):
    assert not same_value(expected, 10**400)


def test_true_is_no_number():
    assert not same_value(1, True)
    assert not same_value(True, 1)
