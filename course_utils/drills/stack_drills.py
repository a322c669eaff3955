"""Drill on the parameters of a whole network: conv, pool, conv, pool, flatten, dense."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.arithmetic import (
    conv_output_length,
    conv_params,
    dense_params,
    explain_conv_output,
    explain_conv_params,
)
from course_utils.drills.template import Template, WrongFormula


def _variables(rng: np.random.Generator) -> dict[str, Any] | None:
    def pick(options: list[Any]) -> Any:
        return options[int(rng.integers(len(options)))]

    drawn = {
        "side": int(rng.integers(24, 65)),
        "channels": pick([1, 3, 4]),
        "filters1": pick([8, 12, 16, 24, 32]),
        "filters2": pick([16, 24, 32, 48, 64]),
        "kernel1": pick([3, 5]),
        "kernel2": pick([3, 5]),
        "units": int(rng.integers(5, 21)),
        "padding": pick(["valid", "same"]),
    }
    last = _sides(drawn["side"], drawn["kernel1"], drawn["kernel2"], drawn["padding"])[-1]
    return drawn if last >= 2 else None


def _sides(side: int, kernel1: int, kernel2: int, padding: str) -> tuple[int, int, int, int]:
    """Return the side of the map after conv, pool, conv, pool."""
    conv1 = conv_output_length(side, kernel1, padding=padding)
    conv2 = conv_output_length(conv1 // 2, kernel2, padding=padding)
    return conv1, conv1 // 2, conv2, conv2 // 2


def _prompt(side, channels, filters1, filters2, kernel1, kernel2, units, padding) -> str:
    return (
        f"Input {side}×{side}×{channels} → Conv2D({filters1}, {kernel1}) → MaxPooling2D(2) → "
        f"Conv2D({filters2}, {kernel2}) → MaxPooling2D(2) → Flatten → Dense({units}), both "
        f'convolutions with padding="{padding}": how many parameters in all, biases included?'
    )


def _answer(**v: Any) -> int:
    last = _sides(v["side"], v["kernel1"], v["kernel2"], v["padding"])[-1]
    return _convolutions(v) + _head(v, last)


def _convolutions(v: dict[str, Any], use_bias: bool = True) -> int:
    first = conv_params(v["kernel1"], v["channels"], v["filters1"], use_bias)
    return first + conv_params(v["kernel2"], v["filters1"], v["filters2"], use_bias)


def _head(v: dict[str, Any], last: int, use_bias: bool = True) -> int:
    return dense_params(last * last * v["filters2"], v["units"], use_bias)


def _wrong(**v: Any) -> list[WrongFormula]:
    side, kernels, padding = v["side"], (v["kernel1"], v["kernel2"]), v["padding"]
    conv1, _, conv2, last = _sides(side, *kernels, padding)
    convolutions = _convolutions(v)
    other = "same" if padding == "valid" else "valid"
    unpooled = conv_output_length(conv1, kernels[1], padding=padding)
    rounded_up = -(-conv_output_length(-(-conv1 // 2), kernels[1], padding=padding) // 2)
    one_channel = conv_params(kernels[0], 1, v["filters1"]) + conv_params(
        kernels[1], 1, v["filters2"]
    )
    return [
        WrongFormula(
            "forgot the biases",
            _convolutions(v, use_bias=False) + _head(v, last, use_bias=False),
            "The biases are missing: one for every filter and for every dense neuron.",
        ),
        WrongFormula(
            "forgot the biases of the dense layer",
            convolutions + _head(v, last, use_bias=False),
            "Every dense neuron has a bias too.",
        ),
        WrongFormula(
            "took the other padding",
            convolutions + _head(v, _sides(side, *kernels, other)[-1]),
            "Check the padding: 'valid' loses the border, 'same' keeps the size. It decides how "
            "many numbers reach the dense layer.",
        ),
        WrongFormula(
            "rounded the poolings up",
            convolutions + _head(v, rounded_up),
            "Pooling drops incomplete windows: round down, after each of the two.",
        ),
        WrongFormula(
            "forgot the spatial size in Flatten",
            convolutions + dense_params(v["filters2"], v["units"]),
            "Flatten keeps every position of every map: the dense layer receives "
            "height × width × filters numbers.",
        ),
        WrongFormula(
            "one side instead of two in Flatten",
            convolutions + dense_params(last * v["filters2"], v["units"]),
            "A map has height × width positions: Flatten multiplies by the side twice.",
        ),
        WrongFormula(
            "flattened before the last pooling",
            convolutions + _head(v, conv2),
            "The second pooling comes before Flatten.",
        ),
        WrongFormula(
            "forgot both poolings",
            convolutions + _head(v, unpooled),
            "Each pooling halves height and width before the next layer sees the maps.",
        ),
        WrongFormula(
            "ignored the input channels",
            one_channel + _head(v, last),
            "A filter spans all channels of its input: kernel height × width × input channels.",
        ),
        WrongFormula(
            "forgot the dense layer",
            convolutions,
            "Those are the two convolutions. The dense layer has weights too.",
        ),
        WrongFormula(
            "dense layer only",
            _head(v, last),
            "That is the dense layer. The two convolutions have weights too.",
        ),
    ]


def _solution(**v: Any) -> str:
    kernel1, kernel2, padding = v["kernel1"], v["kernel2"], v["padding"]
    filters1, filters2, units = v["filters1"], v["filters2"], v["units"]
    conv1, pool1, conv2, last = _sides(v["side"], kernel1, kernel2, padding)
    flat = last * last * filters2
    weights = dense_params(flat, units, use_bias=False)
    return "\n".join(
        [
            f"conv 1: {explain_conv_params(kernel1, v['channels'], filters1)}",
            f"   side: {explain_conv_output(v['side'], kernel1, padding=padding)}, "
            f"pooled: floor({conv1} / 2) = {pool1}",
            f"conv 2: {explain_conv_params(kernel2, filters1, filters2)}",
            f"   side: {explain_conv_output(pool1, kernel2, padding=padding)}, "
            f"pooled: floor({conv2} / 2) = {last}",
            f"flatten: {last} * {last} * {filters2} = {flat} numbers, no weights",
            f"dense: {flat} * {units} weights + {units} biases = {weights} + {units} = "
            f"{weights + units}",
            f"in all: {conv_params(kernel1, v['channels'], filters1)} + "
            f"{conv_params(kernel2, filters1, filters2)} + {weights + units} = {_answer(**v)}",
        ]
    )


TEMPLATES = {
    "drill_conv_stack_params": Template(
        variables=_variables,
        prompt=_prompt,
        answer=_answer,
        wrong=_wrong,
        solution=_solution,
        spec={"type": "number"},
    ),
}
