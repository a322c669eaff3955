"""Output shapes, padding and receptive fields, as exact integer formulas.

Shapes are (height, width, channels) without the batch axis. The formulas of convolution
arithmetic are those of Dumoulin and Visin, "A guide to convolution arithmetic for deep
learning" (arXiv:1603.07285), in TensorFlow's padding convention.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from course_utils.arithmetic.arguments import Pair, image_shape, pair, whole_number

PADDINGS = ("valid", "same")


def conv_output_length(
    n: int, kernel: int, stride: int = 1, padding: str = "valid", dilation: int = 1
) -> int:
    """Return how many windows fit along one axis of `n` pixels.

    With the effective kernel ``e = k + (k - 1) * (d - 1)``:
    ``floor((n - e) / s) + 1`` for "valid", ``ceil(n / s)`` for "same".

    Parameters
    ----------
    n, kernel, stride, dilation : int
        In pixels, all at least 1.
    padding : {"valid", "same"}

    Raises
    ------
    ValueError
        If padding is unknown, no window fits, a number is below 1, or stride and dilation are
        both above 1 (Keras refuses that too).
    TypeError
        If a size is not a whole number.

    Examples
    --------
    >>> conv_output_length(28, 3)
    26
    >>> conv_output_length(28, 3, stride=2, padding="same")
    14
    >>> conv_output_length(28, 3, dilation=2)
    24
    """
    n, kernel = whole_number("n", n), whole_number("kernel", kernel)
    stride, dilation = whole_number("stride", stride), whole_number("dilation", dilation)
    _require_padding(padding)
    if stride > 1 and dilation > 1:
        raise ValueError(
            f"stride {stride} with dilation {dilation}: only one of them may be above 1"
        )
    if padding == "same":
        return -(-n // stride)
    effective = kernel + (kernel - 1) * (dilation - 1)
    if effective > n:
        raise ValueError(f"no window fits: the kernel covers {effective} pixels, the input has {n}")
    return (n - effective) // stride + 1


def conv_output_shape(
    input_shape: Sequence[int],
    filters: int,
    kernel_size: Pair,
    strides: Pair = 1,
    padding: str = "valid",
    dilation_rate: Pair = 1,
) -> tuple[int, int, int]:
    """Return the (height, width, filters) a ``Conv2D`` makes of (height, width, channels).

    `kernel_size`, `strides` and `dilation_rate` are one number or (rows, columns). Errors as in
    `conv_output_length`.

    Examples
    --------
    >>> conv_output_shape((32, 64, 3), filters=8, kernel_size=(3, 5), strides=(1, 2))
    (30, 30, 8)
    """
    height, width, _ = image_shape("input_shape", input_shape)
    kernel, stride = pair("kernel_size", kernel_size), pair("strides", strides)
    dilation = pair("dilation_rate", dilation_rate)
    if max(stride) > 1 and max(dilation) > 1:
        raise ValueError(
            f"strides {strides} with dilation_rate {dilation_rate}: only one of them may be above 1"
        )
    return (
        conv_output_length(height, kernel[0], stride[0], padding, dilation[0]),
        conv_output_length(width, kernel[1], stride[1], padding, dilation[1]),
        whole_number("filters", filters),
    )


def pool_output_shape(
    input_shape: Sequence[int],
    pool_size: Pair = 2,
    strides: Pair | None = None,
    padding: str = "valid",
) -> tuple[int, int, int]:
    """Return the (height, width, channels) a pooling layer leaves; `strides` is `pool_size`.

    Examples
    --------
    >>> pool_output_shape((7, 7, 64))
    (3, 3, 64)
    >>> pool_output_shape((112, 112, 64), pool_size=3, strides=2, padding="same")
    (56, 56, 64)
    """
    height, width, channels = image_shape("input_shape", input_shape)
    pool = pair("pool_size", pool_size)
    stride = pool if strides is None else pair("strides", strides)
    return (
        conv_output_length(height, pool[0], stride[0], padding),
        conv_output_length(width, pool[1], stride[1], padding),
        channels,
    )


def same_padding(n: int, kernel: int, stride: int = 1) -> tuple[int, int]:
    """Return the (before, after) zeros TensorFlow adds along one axis for ``padding="same"``.

    The last of ``ceil(n / s)`` windows must end inside the padded axis:
    ``total = max((ceil(n / s) - 1) * s + k - n, 0)``; an odd zero goes to the bottom or right.
    For a dilated kernel give its effective size.

    Examples
    --------
    >>> same_padding(28, 5)
    (2, 2)
    >>> same_padding(28, 3, stride=2)
    (0, 1)
    """
    windows = conv_output_length(n, kernel, stride, padding="same")
    total = max((windows - 1) * stride + kernel - n, 0)
    return total // 2, total - total // 2


def receptive_field(layers: Iterable[tuple[int, int, int]]) -> int:
    """Return how many input pixels, along one axis, one output of the stack can see.

    Start with size 1 and jump 1. Each layer adds ``(kernel - 1) * dilation`` steps of the
    current jump, then its stride multiplies the jump (Araujo, Norris and Sim, "Computing
    receptive fields of convolutional neural networks", Distill 2019).

    Parameters
    ----------
    layers : iterable of (kernel, stride, dilation)
        From the input upwards; a pooling layer is a layer with its pool size as kernel.

    Raises
    ------
    ValueError, TypeError
        If a layer is not three whole numbers of at least 1.

    Examples
    --------
    >>> receptive_field([(3, 1, 1), (3, 1, 1), (3, 1, 1)])
    7
    >>> receptive_field([(3, 1, 1), (2, 2, 1), (3, 1, 1)])
    8
    """
    trace = receptive_field_trace(layers)
    return trace[-1][0] if trace else 1


def receptive_field_trace(layers: Iterable[tuple[int, int, int]]) -> list[tuple[int, int]]:
    """Return (size, jump) in input pixels after each layer; see `receptive_field`.

    Examples
    --------
    >>> receptive_field_trace([(3, 1, 1), (2, 2, 1), (3, 1, 1)])
    [(3, 1), (4, 2), (8, 2)]
    """
    size = jump = 1
    trace = []
    for kernel, stride, dilation in map(_layer, layers):
        size += (kernel - 1) * dilation * jump
        jump *= stride
        trace.append((size, jump))
    return trace


def dense_block_channels(k0: int, growth_rate: int, n_layers: int) -> list[int]:
    """Return the channels after each layer of a dense block: ``k0 + growth_rate * l``.

    Layer l itself *sees* ``k0 + growth_rate * (l - 1)`` channels (Huang et al.,
    arXiv:1608.06993, section 3).

    Examples
    --------
    >>> dense_block_channels(64, 32, 6)
    [96, 128, 160, 192, 224, 256]
    """
    k0, growth_rate = whole_number("k0", k0), whole_number("growth_rate", growth_rate)
    n_layers = whole_number("n_layers", n_layers)
    return [k0 + growth_rate * layer for layer in range(1, n_layers + 1)]


def connection_count(n_layers: int, include_input: bool = True) -> int:
    """Return the direct connections in a dense block of L layers.

    ``L(L+1)/2`` when the block's input counts as a source (the DenseNet paper), ``L(L-1)/2``
    when only connections between layers count (the lecture).

    Examples
    --------
    >>> connection_count(5), connection_count(5, include_input=False)
    (15, 10)
    """
    n_layers = whole_number("n_layers", n_layers)
    return n_layers * (n_layers + 1 if include_input else n_layers - 1) // 2


def _require_padding(padding: str) -> None:
    if padding not in PADDINGS:
        raise ValueError(f"padding must be 'valid' or 'same', got {padding!r}")


def _layer(layer: tuple[int, int, int]) -> tuple[int, int, int]:
    if not isinstance(layer, list | tuple) or len(layer) != 3:
        raise ValueError(f"a layer must be (kernel, stride, dilation), got {layer!r}")
    kernel, stride, dilation = layer
    return (
        whole_number("kernel", kernel),
        whole_number("stride", stride),
        whole_number("dilation", dilation),
    )
