"""The operations of a convolutional network in plain NumPy, written to be read.

Slow on purpose and right on purpose: loops where the window moves, one line where it is
applied. Images and feature maps are (height, width) or (height, width, channels), without a
batch axis. Every function returns a new array.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from course_utils.arithmetic.arguments import Pair, pair, whole_number
from course_utils.arithmetic.shapes import conv_output_shape, same_padding


def conv2d(
    image: ArrayLike,
    kernel: ArrayLike,
    bias: ArrayLike | None = None,
    stride: Pair = 1,
    padding: str = "valid",
    dilation: Pair = 1,
) -> np.ndarray:
    """Convolve as deep-learning libraries do: cross-correlation, the kernel is not flipped.

    Parameters
    ----------
    image, kernel : array
        (H, W) with (kh, kw) gives (H', W');
        (H, W, C) with (kh, kw, C), one filter, gives (H', W');
        (H, W, C) with (kh, kw, C, F), as Keras stores F filters, gives (H', W', F).
    bias : array, optional
        One number per filter.
    stride, dilation : int or (rows, columns)
    padding : {"valid", "same"}

    Raises
    ------
    ValueError
        If the shapes do not fit, and as in `conv_output_length`.

    Examples
    --------
    >>> conv2d([[3, 3, 3, 8, 8, 8]], [[1, 0, -1]])
    array([[ 0, -5, -5,  0]])
    >>> conv2d(np.ones((4, 4), int), np.ones((3, 3), int), padding="same")
    array([[4, 6, 6, 4],
           [6, 9, 9, 6],
           [6, 9, 9, 6],
           [4, 6, 6, 4]])
    """
    image, kernel = _numbers("image", image), _numbers("kernel", kernel)
    if (image.ndim, kernel.ndim) not in ((2, 2), (3, 3), (3, 4)):
        raise ValueError(
            f"image {image.shape} and kernel {kernel.shape} do not fit: expected (H, W) with "
            "(kh, kw), or (H, W, C) with (kh, kw, C) or (kh, kw, C, F)"
        )
    if image.shape[2:] != kernel.shape[2:3]:
        raise ValueError(
            f"image {image.shape} and kernel {kernel.shape} differ in their channels "
            f"({image.shape[2]} and {kernel.shape[2]})"
        )
    stride, dilation = pair("stride", stride), pair("dilation", dilation)
    height, width = _positions(image, kernel.shape[:2], stride, padding, dilation)
    # A dilated kernel covers this many pixels: kh taps and kh - 1 gaps of dilation - 1.
    rows, columns = ((k - 1) * d + 1 for k, d in zip(kernel.shape[:2], dilation, strict=True))
    if padding == "same":
        image = _pad_with_zeros(image, (rows, columns), stride)
    output = np.zeros((height, width, *kernel.shape[3:]), np.result_type(image, kernel))
    for i in range(height):
        for j in range(width):
            top, left = i * stride[0], j * stride[1]
            window = image[top : top + rows : dilation[0], left : left + columns : dilation[1]]
            # Multiply element by element and sum over rows, columns and channels.
            output[i, j] = np.tensordot(window, kernel, axes=image.ndim)
    if bias is None:
        return output
    bias = _numbers("bias", bias)
    if bias.shape != kernel.shape[3:]:
        raise ValueError(
            f"bias {bias.shape} does not fit kernel {kernel.shape}: one number per filter"
        )
    return output + bias


def im2col(x: ArrayLike, size: Pair, stride: Pair = 1) -> np.ndarray:
    """Return all windows of an (H, W) or (H, W, C) array as rows of a matrix.

    Windows are taken from left to right, then down, without padding; each row is flattened in
    (row, column, channel) order, so ``im2col(x, k) @ kernel.reshape(-1, F)`` is a convolution.

    Returns
    -------
    array, (n_patches, size * size * C)

    Examples
    --------
    >>> im2col([[1, 2, 3], [4, 5, 6]], 2)
    array([[1, 2, 4, 5],
           [2, 3, 5, 6]])
    """
    x = _feature_map("x", x)
    size, stride = pair("size", size), pair("stride", stride)
    height, width = _positions(x, size, stride)
    return np.stack(
        [
            x[top : top + size[0], left : left + size[1]].reshape(-1)
            for top in range(0, height * stride[0], stride[0])
            for left in range(0, width * stride[1], stride[1])
        ]
    )


def max_pool2d(feature_map: ArrayLike, pool: Pair = 2, stride: Pair | None = None) -> np.ndarray:
    """Return the maximum of every window, each channel on its own; `stride` is `pool`.

    Incomplete windows at the border are dropped, as ``MaxPooling2D`` does by default.

    Examples
    --------
    >>> max_pool2d([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]])
    array([[ 20,  30],
           [112,  37]])
    """
    return _pool(feature_map, pool, stride, np.max)


def average_pool2d(
    feature_map: ArrayLike, pool: Pair = 2, stride: Pair | None = None
) -> np.ndarray:
    """Return the mean of every window; otherwise like `max_pool2d`.

    Examples
    --------
    >>> average_pool2d([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]])
    array([[13. ,  8. ],
           [79. , 19.5]])
    """
    return _pool(feature_map, pool, stride, np.mean)


def maxout(x: ArrayLike, k: int) -> np.ndarray:
    """Return the maximum over groups of `k` consecutive channels: (..., C) gives (..., C/k).

    Goodfellow et al., "Maxout networks" (arXiv:1302.4389). ValueError unless `k` divides C.

    Examples
    --------
    >>> maxout([1, -2, 3, 0, 5, 4], k=2)
    array([1, 3, 5])
    """
    x, k = _numbers("x", x), whole_number("k", k)
    if x.ndim == 0 or x.shape[-1] % k:
        raise ValueError(f"k={k} must divide the channels (last axis) of shape {x.shape}")
    return x.reshape(*x.shape[:-1], x.shape[-1] // k, k).max(axis=-1)


def depthwise_conv2d(
    x: ArrayLike, depthwise: ArrayLike, stride: Pair = 1, padding: str = "valid"
) -> np.ndarray:
    """Convolve each channel of (H, W, C) with its own filter of (kh, kw, C); stack, do not add.

    Examples
    --------
    >>> depthwise_conv2d(np.ones((3, 3, 2), int), np.ones((3, 3, 2), int) * [1, 10])
    array([[[ 9, 90]]])
    """
    x, depthwise = _numbers("x", x), _numbers("depthwise", depthwise)
    if x.ndim != 3 or depthwise.ndim != 3 or x.shape[2] != depthwise.shape[2]:
        raise ValueError(
            f"x {x.shape} and depthwise {depthwise.shape} do not fit: expected (H, W, C) and "
            "(kh, kw, C)"
        )
    maps = [
        conv2d(x[:, :, channel], depthwise[:, :, channel], stride=stride, padding=padding)
        for channel in range(x.shape[2])
    ]
    return np.stack(maps, axis=-1)


def pointwise_conv2d(x: ArrayLike, pointwise: ArrayLike) -> np.ndarray:
    """Mix the channels of (H, W, C) with (C, F) weights at every position: a 1×1 convolution.

    Examples
    --------
    >>> pointwise_conv2d([[[1, 2]], [[3, 4]]], [[1], [10]])
    array([[[21]],
    <BLANKLINE>
           [[43]]])
    """
    x, pointwise = _numbers("x", x), _numbers("pointwise", pointwise)
    if x.ndim != 3 or pointwise.ndim != 2 or x.shape[2] != pointwise.shape[0]:
        raise ValueError(
            f"x {x.shape} and pointwise {pointwise.shape} do not fit: expected (H, W, C) and (C, F)"
        )
    return x @ pointwise


def batchnorm_forward(
    x: ArrayLike, gamma: ArrayLike, beta: ArrayLike, eps: float = 1e-3
) -> np.ndarray:
    """Normalise a batch, (N, C) or (N, H, W, C), per channel as in training.

    ``gamma * (x - mean) / sqrt(var + eps) + beta`` with mean and (biased) variance over all
    axes but the last (Ioffe and Szegedy, arXiv:1502.03167).

    Examples
    --------
    >>> batchnorm_forward([[1, 2], [3, 6], [5, 10]], gamma=[1, 1], beta=[0, 0]).round(4)
    array([[-1.2245, -1.2247],
           [ 0.    ,  0.    ],
           [ 1.2245,  1.2247]])
    """
    x, gamma, beta = _numbers("x", x), _numbers("gamma", gamma), _numbers("beta", beta)
    if x.ndim not in (2, 4):
        raise ValueError(f"x must be (N, C) or (N, H, W, C), got shape {x.shape}")
    for name, parameter in (("gamma", gamma), ("beta", beta)):
        if parameter.shape not in ((), x.shape[-1:]):
            raise ValueError(
                f"{name} {parameter.shape} does not fit x {x.shape}: one number per channel"
            )
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axis=axes), x.var(axis=axes)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


def shift_image(image: ArrayLike, dy: int, dx: int) -> np.ndarray:
    """Move the content down by `dy` and right by `dx` pixels; edge pixels are repeated.

    Works on (H, W) and (H, W, C), for either sign; shape and dtype stay.

    Examples
    --------
    >>> shift_image([[1, 2, 3], [4, 5, 6]], dy=0, dx=1)
    array([[1, 1, 2],
           [4, 4, 5]])
    """
    image = np.asarray(image)
    if image.ndim not in (2, 3):
        raise ValueError(f"image must be (H, W) or (H, W, C), got shape {image.shape}")
    dy, dx = whole_number("dy", dy, minimum=None), whole_number("dx", dx, minimum=None)
    height, width = image.shape[:2]
    # Each pixel is read from where it comes from; what would come from outside, from the edge.
    rows = np.clip(np.arange(height) - dy, 0, height - 1)
    columns = np.clip(np.arange(width) - dx, 0, width - 1)
    return image[rows][:, columns]


def _numbers(name: str, value: ArrayLike) -> np.ndarray:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{name} must hold numbers, got an array of {array.dtype}")
    # Sums of uint8 pixels would wrap around at 256.
    return array.astype(np.int64) if array.dtype.kind in "biu" else array


def _feature_map(name: str, value: ArrayLike) -> np.ndarray:
    array = _numbers(name, value)
    if array.ndim not in (2, 3):
        raise ValueError(f"{name} must be (H, W) or (H, W, C), got shape {array.shape}")
    return array


def _positions(
    image: np.ndarray, window: tuple[int, int], stride: Pair, padding="valid", dilation: Pair = 1
) -> tuple[int, int]:
    """Return at how many positions the window fits, (rows, columns)."""
    shape = (*image.shape[:2], 1)
    try:
        return conv_output_shape(shape, 1, window, stride, padding, dilation)[:2]
    except ValueError as error:
        raise ValueError(f"image {image.shape} and window {window}: {error}") from None


def _pad_with_zeros(
    image: np.ndarray, window: tuple[int, int], stride: tuple[int, int]
) -> np.ndarray:
    rows = same_padding(image.shape[0], window[0], stride[0])
    columns = same_padding(image.shape[1], window[1], stride[1])
    return np.pad(image, [rows, columns, (0, 0)][: image.ndim])


def _pool(
    feature_map: ArrayLike, pool: Pair, stride: Pair | None, reduce: Callable[..., np.ndarray]
) -> np.ndarray:
    feature_map = _feature_map("feature_map", feature_map)
    pool = pair("pool", pool)
    stride = pool if stride is None else pair("stride", stride)
    height, width = _positions(feature_map, pool, stride)
    windows = im2col(feature_map, pool, stride)
    windows = windows.reshape(height, width, pool[0] * pool[1], *feature_map.shape[2:])
    return reduce(windows, axis=2)
