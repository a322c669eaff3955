"""The layers of the three classic networks as plain numbers, for figures; no Keras needed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from course_utils.arithmetic import (
    conv_macs,
    conv_output_shape,
    conv_params,
    dense_params,
    pool_output_shape,
)


class Row(NamedTuple):
    """A layer: `kind` is "conv", "pool" or "dense"; macs are multiply-accumulates per image."""

    name: str
    kind: str
    shape: tuple[int, ...]
    params: int
    macs: int


class Step(NamedTuple):
    """How to compute a layer: `size` is its filters or neurons, a pooling layer has none."""

    name: str
    kind: str
    size: int = 0
    kernel: int = 2
    stride: int = 1
    padding: str = "valid"


LENET5 = (
    Step("C1", "conv", 6, 5),
    Step("S2", "pool", stride=2),
    Step("C3", "conv", 16, 5),
    Step("S4", "pool", stride=2),
    Step("C5", "dense", 120),
    Step("F6", "dense", 84),
    Step("output", "dense", 10),
)
ALEXNET = (
    Step("conv1", "conv", 96, 11, 4),
    Step("pool1", "pool", 0, 3, 2),
    Step("conv2", "conv", 256, 5, padding="same"),
    Step("pool2", "pool", 0, 3, 2),
    Step("conv3", "conv", 384, 3, padding="same"),
    Step("conv4", "conv", 384, 3, padding="same"),
    Step("conv5", "conv", 256, 3, padding="same"),
    Step("pool5", "pool", 0, 3, 2),
    Step("fc6", "dense", 4096),
    Step("fc7", "dense", 4096),
    Step("fc8", "dense", 1000),
)
VGG16_CONVOLUTIONS = tuple(
    Step(f"block{block}_{layer}", "conv", filters, 3, padding="same")
    if layer != "pool"
    else Step(f"block{block}_pool", "pool", stride=2)
    for block, (filters, convs) in enumerate(
        ((64, 2), (128, 2), (256, 3), (512, 3), (512, 3)), start=1
    )
    for layer in (*(f"conv{number}" for number in range(1, convs + 1)), "pool")
)
VGG16 = (
    *VGG16_CONVOLUTIONS,
    Step("fc1", "dense", 4096),
    Step("fc2", "dense", 4096),
    Step("predictions", "dense", 1000),
)


def layer_rows(steps: Iterable[Step], input_shape: tuple[int, int, int]) -> list[Row]:
    """Return the layers of a chain with shapes, weights (with biases) and multiplications.

    The first dense layer flattens what it gets.

    Raises
    ------
    ValueError
        If the input is too small for the layers.

    Examples
    --------
    >>> [row.params for row in layer_rows(LENET5, (32, 32, 1))]
    [156, 0, 2416, 0, 48120, 10164, 850]
    """
    rows, shape = [], tuple(input_shape)
    for step in steps:
        row = _row(step, shape)
        shape = row.shape
        rows.append(row)
    return rows


def _row(step: Step, shape: tuple[int, ...]) -> Row:
    kernel, stride, padding = step.kernel, step.stride, step.padding
    if step.kind == "pool":
        return Row(step.name, "pool", pool_output_shape(shape, kernel, stride, padding), 0, 0)
    if step.kind == "conv":
        after = conv_output_shape(shape, step.size, kernel, stride, padding)
        params = conv_params(kernel, shape[2], step.size)
        macs = conv_macs(after[:2], kernel, shape[2], step.size)
        return Row(step.name, "conv", after, params, macs)
    inputs = 1
    for side in shape:
        inputs *= side
    params = dense_params(inputs, step.size)
    return Row(step.name, "dense", (step.size,), params, params - step.size)
