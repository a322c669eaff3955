"""Drill on dense blocks: channels that go into a layer and out of the block, connections."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.arithmetic import connection_count, dense_block_channels
from course_utils.drills.template import Template, WrongFormula

Counts = tuple[int, int, int, int]


def _variables(rng: np.random.Generator) -> dict[str, Any]:
    def pick(options: list[int]) -> int:
        return options[int(rng.integers(len(options)))]

    k0, k, n = pick([16, 24, 32, 64]), pick([4, 12, 16, 24, 32]), int(rng.integers(4, 17))
    return {"k0": k0, "k": k, "n": n, "layer": int(rng.integers(2, n + 1))}


def _prompt(k0, k, n, layer) -> str:
    return (
        f"A dense block of L = {n} layers, growth rate k = {k}, gets k₀ = {k0} channels. Give [the "
        f"channels that enter layer l = {layer}, the channels that leave the block, its "
        "connections by the lecture's formula, its connections by the paper's formula]."
    )


def _answer(k0, k, n, layer) -> Counts:
    # What enters a layer has left the one before it.
    after = [k0, *dense_block_channels(k0, k, n)]
    return after[layer - 1], after[n], connection_count(n, include_input=False), connection_count(n)


def _wrong(k0, k, n, layer) -> list[WrongFormula]:
    enter, leave, between, every = _answer(k0, k, n, layer)
    before = "l-1 layers come before layer l, each with k new channels."
    return [
        WrongFormula("k·l for layer l", (k0 + k * layer, leave, between, every), before),
        WrongFormula(
            "one layer too few",
            (enter, k0 + k * (n - 1), between, every),
            "That enters the last layer. The block passes on the last layer's channels, too.",
        ),
        WrongFormula(
            "both shifted by one layer",
            (k0 + k * layer, k0 + k * (n + 1), between, every),
            before,
        ),
        WrongFormula(
            "forgot k0",
            (k * (layer - 1), k * n, between, every),
            "The block's input is concatenated, too: add its channels.",
        ),
        WrongFormula(
            "only the new channels",
            (k, k, between, every),
            "A layer produces k channels, but it sees everything before it.",
        ),
        WrongFormula(
            "swapped the formulas",
            (enter, leave, every, between),
            "The other way round: the paper also counts the block's input, so its number is "
            "larger.",
        ),
        WrongFormula(
            "the lecture's formula twice",
            (enter, leave, between, between),
            "The paper also counts the block's input.",
        ),
        WrongFormula(
            "the paper's formula twice",
            (enter, leave, every, every),
            "The lecture's formula leaves the block's input out.",
        ),
        WrongFormula(
            "forgot to halve",
            (enter, leave, 2 * between, 2 * every),
            "A connection has one direction: each pair counts once.",
        ),
        WrongFormula(
            "a plain chain",
            (enter, leave, n - 1, n),
            "Those are the connections of a plain chain of layers.",
        ),
    ]


def _solution(k0, k, n, layer) -> str:
    enter, leave, between, every = _answer(k0, k, n, layer)
    return "\n".join(
        [
            f"into layer {layer}: {layer - 1} layers come before it, k₀ + k·(l-1) = "
            f"{k0} + {k}·{layer - 1} = {enter}",
            f"out of the block: k₀ + k·L = {k0} + {k}·{n} = {leave}",
            f"lecture, without the block's input: L(L-1)/2 = {n}·{n - 1}/2 = {between}",
            f"paper, with the block's input: L(L+1)/2 = {n}·{n + 1}/2 = {every}",
        ]
    )


TEMPLATES = {
    "drill_dense": Template(
        variables=_variables,
        prompt=_prompt,
        answer=_answer,
        wrong=_wrong,
        solution=_solution,
        spec={"type": "number_list", "length": 4},
    ),
}
