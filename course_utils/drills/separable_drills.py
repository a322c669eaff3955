"""Drill on depthwise separable convolutions."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.arithmetic import conv_params, separable_params
from course_utils.drills.template import Template, WrongFormula

Weights = tuple[int, int, int, int]


def _variables(rng: np.random.Generator) -> dict[str, Any]:
    def pick(options: list[int]) -> int:
        return options[int(rng.integers(len(options)))]

    return {
        "channels": pick([8, 12, 16, 24, 32, 48, 64]),
        "filters": pick([16, 24, 32, 48, 64, 96, 128]),
        "kernel": pick([3, 5, 7]),
        "side": pick([7, 14, 28, 56]),
    }


def _prompt(channels, filters, kernel, side) -> str:
    return (
        f"A {side}×{side}×{channels} map becomes {filters} channels, kernel {kernel}×{kernel}, no "
        "biases. How many weights have [an ordinary convolution, the depthwise step, the "
        "pointwise step, both steps together]?"
    )


def _answer(channels, filters, kernel, side) -> Weights:
    depthwise, pointwise = _steps(channels, filters, kernel)
    ordinary = conv_params(kernel, channels, filters, use_bias=False)
    return ordinary, depthwise, pointwise, separable_params(kernel, channels, filters)


def _steps(channels: int, filters: int, kernel: int) -> tuple[int, int]:
    depthwise = conv_params(kernel, channels, channels, use_bias=False, groups=channels)
    return depthwise, conv_params(1, channels, filters, use_bias=False)


def _wrong(channels, filters, kernel, side) -> list[WrongFormula]:
    ordinary, depthwise, pointwise, total = _answer(channels, filters, kernel, side)

    def separable(depthwise: int, pointwise: int) -> Weights:
        return ordinary, depthwise, pointwise, depthwise + pointwise

    return [
        WrongFormula(
            "a depthwise filter for each output channel",
            separable(kernel**2 * filters, pointwise),
            "Depthwise: one k×k filter for each input channel, whatever the number of filters.",
        ),
        WrongFormula(
            "an ordinary convolution as first step",
            separable(ordinary, pointwise),
            "A depthwise filter looks at one channel, not at all of them.",
        ),
        WrongFormula(
            "one depthwise filter for all channels",
            separable(kernel**2, pointwise),
            "Every input channel has a depthwise filter of its own.",
        ),
        WrongFormula(
            "intermediate map as deep as the output",
            separable(depthwise, filters * filters),
            "The map between the two steps has as many channels as the input.",
        ),
        WrongFormula(
            "counted the biases",
            (ordinary + filters, depthwise, pointwise, total + filters),
            "Without biases: only the kernels count here.",
        ),
        WrongFormula(
            "multiplied by the positions",
            tuple(side**2 * weights for weights in (ordinary, depthwise, pointwise, total)),
            "Those are multiplications. Weights are shared over positions: the size of the map "
            "plays no part.",
        ),
        WrongFormula(
            "multiplied the two steps",
            (ordinary, depthwise, pointwise, depthwise * pointwise),
            "The two steps come one after the other: their weights add up.",
        ),
    ]


def _solution(channels, filters, kernel, side) -> str:
    ordinary, depthwise, pointwise, total = _answer(channels, filters, kernel, side)
    k = f"{kernel}·{kernel}"
    return "\n".join(
        [
            f"ordinary: {filters} filters of {k}·{channels} = {ordinary}",
            f"depthwise: {channels} filters, one per input channel, of {k} = {depthwise}",
            f"pointwise: {filters} filters of 1·1·{channels} = {pointwise}",
            f"both steps: {depthwise} + {pointwise} = {total}",
            f"share: {total}/{ordinary} = {total / ordinary:.4f} = 1/{filters} + 1/{kernel**2}",
            f"The size of the map, {side}×{side}, plays no part.",
        ]
    )


TEMPLATES = {
    "drill_separable": Template(
        variables=_variables,
        prompt=_prompt,
        answer=_answer,
        wrong=_wrong,
        solution=_solution,
        spec={"type": "number_list", "length": 4},
    ),
}
