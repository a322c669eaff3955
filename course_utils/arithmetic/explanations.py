"""The formulas of this package as worked text: the arithmetic with the numbers filled in."""

from __future__ import annotations

from collections.abc import Iterable

from course_utils.arithmetic.arguments import Pair, pair
from course_utils.arithmetic.counting import conv_params
from course_utils.arithmetic.shapes import conv_output_length, receptive_field_trace


def explain_conv_output(
    n: int, kernel: int, stride: int = 1, padding: str = "valid", dilation: int = 1
) -> str:
    """Return the arithmetic of `conv_output_length` as text; same errors.

    Examples
    --------
    >>> print(explain_conv_output(28, 3, stride=2))
    floor((28 - 3) / 2) + 1 = 13
    >>> print(explain_conv_output(28, 3, stride=2, padding="same"))
    ceil(28 / 2) = 14
    >>> print(explain_conv_output(28, 3, dilation=2))
    effective kernel 3 + (3 - 1) * (2 - 1) = 5, floor((28 - 5) / 1) + 1 = 24
    """
    length = conv_output_length(n, kernel, stride, padding, dilation)
    if padding == "same":
        return f"ceil({n} / {stride}) = {length}"
    effective = kernel + (kernel - 1) * (dilation - 1)
    text = f"floor(({n} - {effective}) / {stride}) + 1 = {length}"
    if dilation == 1:
        return text
    return f"effective kernel {kernel} + ({kernel} - 1) * ({dilation} - 1) = {effective}, " + text


def explain_conv_params(
    kernel_size: Pair, in_channels: int, filters: int, use_bias: bool = True
) -> str:
    """Return the arithmetic of `conv_params` as text; same errors.

    Examples
    --------
    >>> print(explain_conv_params((3, 5), in_channels=3, filters=8))
    3 * 5 * 3 * 8 weights + 8 biases = 360 + 8 = 368
    >>> print(explain_conv_params(3, in_channels=16, filters=32, use_bias=False))
    3 * 3 * 16 * 32 weights = 4608
    """
    rows, columns = pair("kernel_size", kernel_size)
    weights = conv_params(kernel_size, in_channels, filters, use_bias=False)
    text = f"{rows} * {columns} * {in_channels} * {filters} weights"
    if not use_bias:
        return f"{text} = {weights}"
    total = conv_params(kernel_size, in_channels, filters)
    return f"{text} + {filters} biases = {weights} + {filters} = {total}"


def explain_receptive_field(layers: Iterable[tuple[int, int, int]]) -> str:
    """Return the arithmetic of `receptive_field` as text, one line per layer; same errors.

    Examples
    --------
    >>> print(explain_receptive_field([(3, 1, 1), (2, 2, 1), (3, 1, 2)]))
    start: size 1, jump 1
    layer 1 (kernel 3, stride 1): size 1 + (3 - 1) * 1 = 3, jump 1 * 1 = 1
    layer 2 (kernel 2, stride 2): size 3 + (2 - 1) * 1 = 4, jump 1 * 2 = 2
    layer 3 (kernel 3, stride 1, dilation 2): size 4 + (3 - 1) * 2 * 2 = 12, jump 2 * 1 = 2
    receptive field = 12
    """
    layers = list(layers)
    lines = ["start: size 1, jump 1"]
    size = jump = 1
    steps = zip(layers, receptive_field_trace(layers), strict=True)
    for number, ((kernel, stride, dilation), (new_size, new_jump)) in enumerate(steps, start=1):
        name = f"layer {number} (kernel {kernel}, stride {stride}"
        name += f", dilation {dilation})" if dilation > 1 else ")"
        steps_seen = f"({kernel} - 1) * {dilation}" if dilation > 1 else f"({kernel} - 1)"
        lines.append(
            f"{name}: size {size} + {steps_seen} * {jump} = {new_size}, "
            f"jump {jump} * {stride} = {new_jump}"
        )
        size, jump = new_size, new_jump
    return "\n".join([*lines, f"receptive field = {size}"])
