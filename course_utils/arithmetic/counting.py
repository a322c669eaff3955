"""Parameters, multiply-accumulates, bytes and batches, as exact integer formulas.

One MAC is one multiply-accumulate; adding a bias, batch normalisation, activations and pooling
are not counted. What papers call "FLOPs" of a network is usually this number.
"""

from __future__ import annotations

import numpy as np

from course_utils.arithmetic.arguments import Pair, pair, whole_number


def conv_params(
    kernel_size: Pair, in_channels: int, filters: int, use_bias: bool = True, groups: int = 1
) -> int:
    """Return the weights of a ``Conv2D``: ``kh * kw * (C / groups) * F``, plus F biases.

    The size of the image plays no part: the weights are shared over positions.

    Raises
    ------
    ValueError
        If a number is below 1 or `groups` does not divide channels and filters.
    TypeError
        If a number is not whole.

    Examples
    --------
    >>> conv_params(3, in_channels=32, filters=64)
    18496
    >>> conv_params(3, in_channels=128, filters=128, use_bias=False, groups=32)
    4608
    """
    rows, columns = pair("kernel_size", kernel_size)
    per_group, filters = _channels_per_group(in_channels, filters, groups)
    return rows * columns * per_group * filters + (filters if use_bias else 0)


def dense_params(n_in: int, n_out: int, use_bias: bool = True) -> int:
    """Return the weights of a ``Dense`` layer: ``n_in * n_out``, plus n_out biases.

    Examples
    --------
    >>> dense_params(22 * 22 * 64, 1)
    30977
    """
    n_in, n_out = whole_number("n_in", n_in), whole_number("n_out", n_out)
    return n_in * n_out + (n_out if use_bias else 0)


def separable_params(
    kernel_size: Pair, in_channels: int, filters: int, use_bias: bool = False
) -> int:
    """Return the weights of a ``SeparableConv2D``: ``kh * kw * C + C * F``, plus F biases.

    One filter per input channel (depthwise), then F filters of 1×1 (pointwise).

    Examples
    --------
    >>> separable_params(3, in_channels=16, filters=32)
    656
    """
    rows, columns = pair("kernel_size", kernel_size)
    in_channels, filters = (
        whole_number("in_channels", in_channels),
        whole_number("filters", filters),
    )
    return rows * columns * in_channels + in_channels * filters + (filters if use_bias else 0)


def batchnorm_params(channels: int) -> tuple[int, int]:
    """Return (all, trainable) weights of batch normalisation.

    Per channel: gamma and beta are trained, the moving mean and variance are not.

    Examples
    --------
    >>> batchnorm_params(64)
    (256, 128)
    """
    channels = whole_number("channels", channels)
    return 4 * channels, 2 * channels


def conv_macs(
    output_hw: Pair, kernel_size: Pair, in_channels: int, filters: int, groups: int = 1
) -> int:
    """Return the multiply-accumulates of a ``Conv2D`` on one image.

    Every weight is used once per output position: ``H' * W' * kh * kw * (C / groups) * F``.

    Parameters
    ----------
    output_hw : int or (rows, columns)
        Height and width of the *output*.

    Examples
    --------
    >>> conv_macs(28, kernel_size=5, in_channels=16, filters=64)
    20070400
    """
    height, width = pair("output_hw", output_hw)
    weights = conv_params(kernel_size, in_channels, filters, use_bias=False, groups=groups)
    return height * width * weights


def dataset_bytes(
    n_images: int, height: int, width: int, channels: int, dtype: str = "float32"
) -> int:
    """Return the memory of a data set held as one array, in bytes.

    Raises
    ------
    ValueError
        If NumPy knows no `dtype` of that name, or a number is below 1.

    Examples
    --------
    >>> dataset_bytes(60_000, 28, 28, 1, dtype="uint8")
    47040000
    """
    sides = {"n_images": n_images, "height": height, "width": width, "channels": channels}
    total = 1
    for name, value in sides.items():
        total *= whole_number(name, value)
    try:
        return total * np.dtype(dtype).itemsize
    except TypeError:
        raise ValueError(f"dtype must be a NumPy type such as 'float32', got {dtype!r}") from None


def steps_per_epoch(n_samples: int, batch_size: int) -> int:
    """Return the batches that cover every sample once: ``ceil(n / batch)``.

    Examples
    --------
    >>> steps_per_epoch(2000, 32)
    63
    """
    n_samples = whole_number("n_samples", n_samples)
    return -(-n_samples // whole_number("batch_size", batch_size))


def _channels_per_group(in_channels: int, filters: int, groups: int) -> tuple[int, int]:
    in_channels = whole_number("in_channels", in_channels)
    filters, groups = whole_number("filters", filters), whole_number("groups", groups)
    if in_channels % groups or filters % groups:
        raise ValueError(
            f"groups={groups} must divide the input channels ({in_channels}) "
            f"and the filters ({filters})"
        )
    return in_channels // groups, filters
