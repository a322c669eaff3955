"""Drill on the multiplications that a 1×1 bottleneck saves."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.arithmetic import conv_macs, conv_output_length
from course_utils.drills.template import Template, WrongFormula

Macs = tuple[int, int]


def _variables(rng: np.random.Generator) -> dict[str, Any] | None:
    def pick(options: list[int]) -> int:
        return options[int(rng.integers(len(options)))]

    drawn = {
        "side": pick([7, 14, 28, 56]),
        "channels": pick([16, 32, 64, 128, 192, 256]),
        "filters": pick([16, 32, 64, 96, 128]),
        "kernel": pick([3, 5]),
        "reduced": pick([4, 8, 16, 32]),
    }
    return drawn if 2 * drawn["reduced"] <= drawn["channels"] else None


def _prompt(side, channels, filters, kernel, reduced) -> str:
    return (
        f"A {side}×{side}×{channels} map goes through {filters} filters of {kernel}×{kernel}, "
        'stride 1, padding="same". How many multiplications does it take [directly, with a 1×1 '
        f"convolution to {reduced} channels first]? Without biases."
    )


def _answer(side, channels, filters, kernel, reduced) -> Macs:
    return (
        _macs(side, kernel, channels, filters),
        _macs(side, 1, channels, reduced) + _macs(side, kernel, reduced, filters),
    )


def _macs(side: int, kernel: int, channels: int, filters: int) -> int:
    return conv_macs(side, kernel, channels, filters)


def _wrong(side, channels, filters, kernel, reduced) -> list[WrongFormula]:
    direct, bottleneck = _answer(side, channels, filters, kernel, reduced)
    squeeze, after = _macs(side, 1, channels, reduced), _macs(side, kernel, reduced, filters)
    inner = conv_output_length(side, kernel)
    positions = side * side
    return [
        WrongFormula(
            "forgot the 1×1 layer",
            (direct, after),
            "Count the 1×1 layer too.",
        ),
        WrongFormula(
            f"forgot the {kernel}×{kernel} layer behind the bottleneck",
            (direct, squeeze),
            f"That is the 1×1 layer alone: the {kernel}×{kernel} filters still follow.",
        ),
        WrongFormula(
            "forgot the positions",
            (direct // positions, bottleneck // positions),
            "Those are weights. Each of them multiplies once at every position of the map.",
        ),
        WrongFormula(
            "one side instead of two",
            (direct // side, bottleneck // side),
            "A map has side × side positions.",
        ),
        WrongFormula(
            "valid padding",
            (
                _macs(inner, kernel, channels, filters),
                squeeze + _macs(inner, kernel, reduced, filters),
            ),
            f"padding=\"same\" keeps {side}×{side} positions; you counted those of 'valid'.",
        ),
        WrongFormula(
            "ignored the input channels",
            (_macs(side, kernel, 1, filters), _macs(side, 1, 1, reduced) + after),
            "A filter spans all channels of its input, a 1×1 filter as well.",
        ),
        WrongFormula(
            "the second layer still sees all channels",
            (direct, squeeze + direct),
            f"Behind the 1×1 layer the {kernel}×{kernel} filters see the reduced channels only.",
        ),
        WrongFormula(
            "as many 1×1 filters as in the end",
            (direct, _macs(side, 1, channels, filters) + after),
            "The 1×1 layer has as many filters as the channels it reduces to.",
        ),
        WrongFormula(
            "swapped",
            (bottleneck, direct),
            "The direct way comes first in the list.",
        ),
    ]


def _solution(side, channels, filters, kernel, reduced) -> str:
    direct, bottleneck = _answer(side, channels, filters, kernel, reduced)
    squeeze, after = _macs(side, 1, channels, reduced), _macs(side, kernel, reduced, filters)
    k, where = f"{kernel}·{kernel}", f"{side}·{side}"
    return "\n".join(
        [
            f"direct: {filters} filters of {k}·{channels}, at {where} positions = {direct}",
            f"1×1: {reduced} filters of 1·1·{channels}, at {where} positions = {squeeze}",
            f"then: {filters} filters of {k}·{reduced}, at {where} positions = {after}",
            f"with the bottleneck: {squeeze} + {after} = {bottleneck}",
            f"saved: {direct} / {bottleneck} = {direct / bottleneck:.1f} times fewer",
        ]
    )


TEMPLATES = {
    "drill_macs": Template(
        variables=_variables,
        prompt=_prompt,
        answer=_answer,
        wrong=_wrong,
        solution=_solution,
        spec={"type": "number_list", "length": 2},
    ),
}
