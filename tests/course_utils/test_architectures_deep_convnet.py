"""The lecture's very deep convnet."""

from __future__ import annotations

import sys

import pytest

from course_utils.architectures.deep_convnet import deep_convnet
from grader.exercises.catalogue import load_exercises
from tests.conftest import ROOT


@pytest.mark.parametrize("n", [0, 1, 2, 8, 32])
def test_keras_counts_what_the_exercise_counts(n):
    model = deep_convnet(n)
    counted = load_exercises(ROOT, "07_depth_and_training")["deep_params"].reference
    assert model.count_params() == counted(n)
    assert model.output_shape == (None, 10)
    assert sum(type(layer).__name__ == "Conv2D" for layer in model.layers) == n + 2


def test_too_many_layers_are_refused_with_the_reason():
    with pytest.raises(ValueError, match=r"at most 500, got 1000.*RecursionError"):
        deep_convnet(1000)
    with pytest.raises(ValueError, match="got -1"):
        deep_convnet(-1)


def test_the_reason_is_true():
    # With a lower limit fewer layers suffice to show it.
    limit = sys.getrecursionlimit()
    sys.setrecursionlimit(400)
    try:
        with pytest.raises(RecursionError):
            deep_convnet(450)
    finally:
        sys.setrecursionlimit(limit)
