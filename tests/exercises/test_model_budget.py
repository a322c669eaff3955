"""A model is judged on its description; one that no machine could hold is refused as one."""

from __future__ import annotations

import time
import tracemalloc

import pytest

from course_utils.answer_types import Ungradable, Unsuitable
from course_utils.networks.network import MOST_CALLS, read_network


def described(*layers: tuple[str, dict]) -> dict:
    calls = [("InputLayer", {"shape": [1000]}), *layers]
    return {
        "family": "Sequential",
        "inputs": [0],
        "outputs": [len(calls) - 1],
        "calls": [
            {
                "class": name,
                "options": options,
                "parents": [place - 1] if place else [],
                "layer": place,
                "trainable": True,
            }
            for place, (name, options) in enumerate(calls)
        ],
    }


def dense(units: int) -> tuple[str, dict]:
    return "Dense", {"units": units, "use_bias": True, "activation": "linear"}


@pytest.mark.parametrize(
    "layers",
    [
        [dense(10**9)],  # a thousand times as many weights
        [dense(10**12)],
        [dense(10**9 - 1), dense(10**9 - 1)],
        [dense(1)] * (MOST_CALLS + 1),
    ],
)
def test_a_model_over_budget_is_refused_before_anything_is_built(layers):
    tracemalloc.start()
    started = time.process_time()
    with pytest.raises(Unsuitable):
        read_network(described(*layers))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4 * 2**20
    assert time.process_time() - started < 1


def test_an_ordinary_model_is_within_it():
    assert read_network(described(dense(10))).params == 1000 * 10 + 10


@pytest.mark.parametrize("name", ["Lambda", "your own"])
def test_layers_with_code_of_their_own_are_left_to_the_instructor(name):
    with pytest.raises(Ungradable, match="your instructor will look at it"):
        read_network(described((name, {})))
