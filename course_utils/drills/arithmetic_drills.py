"""Drills on parameters, output shapes and receptive fields."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.arithmetic import (
    conv_output_length,
    conv_params,
    explain_conv_output,
    explain_conv_params,
    explain_receptive_field,
    receptive_field,
)
from course_utils.drills.template import Template, WrongFormula

Layers = list[tuple[int, int, int]]


def _pick(rng: np.random.Generator, options: list[Any]) -> Any:
    return options[int(rng.integers(len(options)))]


def _conv_variables(rng: np.random.Generator) -> dict[str, Any] | None:
    channels, filters = _pick(rng, [1, 3, 4, 8]), _pick(rng, [8, 16, 24, 32, 48, 64])
    rows, columns = _pick(rng, [1, 3, 5, 7]), _pick(rng, [1, 3, 5, 7])
    height, width = int(rng.integers(20, 121)), int(rng.integers(20, 121))
    if rows == columns:
        return None
    return {
        "filters": filters, "rows": rows, "columns": columns,
        "height": height, "width": width, "channels": channels,
    }  # fmt: skip


def _conv_prompt(filters, rows, columns, height, width, channels) -> str:
    return (
        f"A Conv2D with {filters} filters of {rows}×{columns} on a {height}×{width}×{channels} "
        "input: how many parameters, biases included?"
    )


def _conv_wrong(filters, rows, columns, height, width, channels) -> list[WrongFormula]:
    area = rows * columns
    return [
        WrongFormula(
            "forgot the biases",
            area * channels * filters,
            "Forgot the biases: one per filter.",
        ),
        WrongFormula(
            "ignored the input channels",
            area * filters + filters,
            "A filter spans all input channels: kernel height × width × input channels. "
            "(Swapping height and width of the kernel would change nothing.)",
        ),
        WrongFormula(
            "ignored the input channels and the biases",
            area * filters,
            "A filter spans all input channels, and each filter has a bias.",
        ),
        WrongFormula(
            "counted a bias per input channel",
            area * channels * filters + channels,
            "There is one bias per filter, not one per input channel.",
        ),
        WrongFormula(
            "multiplied by the image area",
            (area * channels * filters + filters) * height * width,
            "Weights are shared over positions: image size does not matter.",
        ),
    ]


_POOLS = [None, 2, 3]


def _shape_variables(rng: np.random.Generator) -> dict[str, Any] | None:
    height, width = int(rng.integers(20, 161)), int(rng.integers(20, 161))
    drawn = {
        "height": height,
        "width": width,
        "channels": _pick(rng, [1, 3]),
        "filters": _pick(rng, [8, 16, 32, 64]),
        "rows": _pick(rng, [3, 5, 7]),
        "columns": _pick(rng, [3, 5, 7]),
        "stride": _pick(rng, [1, 2, 3]),
        "padding": _pick(rng, ["valid", "same"]),
        "pool": _pick(rng, _POOLS),
    }
    out = _shape_answer(**drawn)
    return drawn if height != width and min(out[:2]) >= 2 and out[0] != out[1] else None


def _shape_prompt(height, width, channels, filters, rows, columns, stride, padding, pool) -> str:
    then = f", then MaxPooling2D({pool})" if pool else ""
    return (
        f"Input {height}×{width}×{channels}; Conv2D({filters}, ({rows}, {columns}), "
        f'strides={stride}, padding="{padding}"){then}: output shape (height, width, channels)?'
    )


def _shape_answer(height, width, channels, filters, rows, columns, stride, padding, pool):
    sides = (
        conv_output_length(height, rows, stride, padding) // (pool or 1),
        conv_output_length(width, columns, stride, padding) // (pool or 1),
    )
    return (*sides, filters)


def _shape_wrong(**v) -> list[WrongFormula]:
    right = _shape_answer(**v)
    swapped_input = _shape_answer(**{**v, "height": v["width"], "width": v["height"]})
    swapped_kernel = _shape_answer(**{**v, "rows": v["columns"], "columns": v["rows"]})
    other = "same" if v["padding"] == "valid" else "valid"
    ceil = tuple(
        -(-conv_output_length(n, k, v["stride"], v["padding"]) // (v["pool"] or 1))
        for n, k in ((v["height"], v["rows"]), (v["width"], v["columns"]))
    )
    return [
        WrongFormula(
            "swapped height and width",
            (right[1], right[0], right[2]),
            "A shape is (height, width, channels): rows first.",
        ),
        WrongFormula(
            "took the other padding",
            _shape_answer(**{**v, "padding": other}),
            "Check the padding: 'valid' loses the border, 'same' pads it with zeros.",
        ),
        WrongFormula(
            "ignored the stride",
            _shape_answer(**{**v, "stride": 1}),
            "You ignored the stride: windows start every `strides` pixels.",
        ),
        WrongFormula(
            "forgot the pooling",
            _shape_answer(**{**v, "pool": None}),
            "The pooling layer is missing.",
        ),
        WrongFormula(
            "gave the input channels as depth",
            (*right[:2], v["channels"]),
            "The depth of the output is the number of filters, not of input channels.",
        ),
        WrongFormula(
            "rounded the pooling up",
            (*ceil, v["filters"]),
            "Pooling drops incomplete windows: round down.",
        ),
        WrongFormula(
            "swapped the kernel",
            swapped_kernel,
            "kernel_size is (rows, columns): the first number acts on the height.",
        ),
        WrongFormula(
            "swapped the input",
            swapped_input,
            "The input is given as height × width: rows first.",
        ),
    ]


def _shape_solution(height, width, channels, filters, rows, columns, stride, padding, pool) -> str:
    lines = [
        f"height: {explain_conv_output(height, rows, stride, padding)}",
        f"width: {explain_conv_output(width, columns, stride, padding)}",
    ]
    if pool:
        lines.append(f"MaxPooling2D({pool}) divides both by {pool} and rounds down.")
    lines.append(f"The depth is the number of filters: {filters}.")
    return "\n".join(lines)


def _field_variables(rng: np.random.Generator) -> dict[str, Any]:
    layers: Layers = []
    for _ in range(int(rng.integers(3, 6))):
        kind = _pick(rng, ["conv", "pool", "dilated"])
        if kind == "conv":
            layers.append((_pick(rng, [3, 5]), _pick(rng, [1, 1, 2]), 1))
        elif kind == "pool":
            layers.append((2, 2, 1))
        else:
            layers.append((3, 1, _pick(rng, [2, 3, 4])))
    return {"layers": layers}


def _field_prompt(layers: Layers) -> str:
    words = []
    for kernel, stride, dilation in layers:
        if (kernel, stride, dilation) == (2, 2, 1):
            words.append("MaxPooling2D(2)")
        elif dilation > 1:
            words.append(f"Conv {kernel}×{kernel} with dilation_rate={dilation}")
        else:
            words.append(f"Conv {kernel}×{kernel} with strides={stride}")
    return f"{' → '.join(words)}: how wide is the receptive field of one output?"


def _field_wrong(layers: Layers) -> list[WrongFormula]:
    return [
        WrongFormula(
            "ignored the jump",
            receptive_field([(k, 1, d) for k, _, d in layers]),
            "After a stride-2 layer every step counts double: keep track of the jump.",
        ),
        WrongFormula(
            "ignored the dilation",
            receptive_field([(k, s, 1) for k, s, _ in layers]),
            "Dilation widens the kernel: a layer adds (k-1)·d steps.",
        ),
        WrongFormula(
            "added k instead of k-1",
            receptive_field([(k + 1, s, 1) for k, s, _ in layers]),
            "Windows overlap: each layer adds k-1 steps, not k.",
        ),
        WrongFormula(
            "added up the kernels",
            sum(k for k, _, _ in layers),
            "Windows overlap: each layer adds k-1 steps, not k.",
        ),
    ]


TEMPLATES = {
    "drill_conv_params": Template(
        variables=_conv_variables,
        prompt=_conv_prompt,
        answer=lambda filters, rows, columns, height, width, channels: conv_params(
            (rows, columns), channels, filters
        ),
        wrong=_conv_wrong,
        solution=lambda filters, rows, columns, height, width, channels: explain_conv_params(
            (rows, columns), channels, filters
        ),
        spec={"type": "number"},
    ),
    "drill_output_shape": Template(
        variables=_shape_variables,
        prompt=_shape_prompt,
        answer=_shape_answer,
        wrong=_shape_wrong,
        solution=_shape_solution,
        spec={"type": "shape", "length": 3},
    ),
    "drill_receptive_field": Template(
        variables=_field_variables,
        prompt=_field_prompt,
        answer=receptive_field,
        wrong=_field_wrong,
        solution=explain_receptive_field,
        spec={"type": "number"},
    ),
}
