"""Forward and backward through a chain of layers in plain NumPy, written to be read.

A chain is a list of steps, each a tuple of a name and its weights::

    ("conv", kernel, bias)       kernel (kh, kw, C, F), sides odd; padding "same", stride 1
    ("dense", kernel, bias)      kernel (n, m)
    ("batchnorm", gamma, beta)   normalises with the batch's own statistics, as in training
    ("relu",)  ("sigmoid",)  ("flatten",)

Its output are scores of classes. Softmax and the mean cross-entropy follow by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

Chain = Sequence[tuple[Any, ...]]
Backward = Callable[[np.ndarray], tuple[np.ndarray, tuple[np.ndarray, ...]]]

WITH_KERNEL = ("conv", "dense")
BATCHNORM_EPSILON = 1e-3


class Trace(NamedTuple):
    """What one pass forward and back computes."""

    outputs: list[np.ndarray]
    """The output of each step."""
    loss: float
    gradients: list[tuple[np.ndarray, ...]]
    """For each step the loss's derivatives by its weights, in the order of the weights."""


def trace_chain(chain: Chain, x: ArrayLike, y: ArrayLike) -> Trace:
    """Return outputs, loss and gradients of a chain for a batch.

    Parameters
    ----------
    chain : list of tuple
        See the module.
    x : array, (n, ...)
    y : array of int, (n,)
        Labels; the loss is the mean over the batch.

    Raises
    ------
    ValueError
        If a step has an unknown name.

    Examples
    --------
    >>> trace = trace_chain([("dense", np.zeros((3, 2)), np.zeros(2))], [[1, 2, 4]], [0])
    >>> trace.gradients[0][0].tolist()
    [[-0.5, 0.5], [-1.0, 1.0], [-2.0, 2.0]]
    """
    value, outputs, backwards = np.asarray(x, float), [], []
    for name, *weights in chain:
        if name not in _FORWARD:
            raise ValueError(f"unknown step {name!r}; there are {', '.join(_FORWARD)}")
        value, backward = _FORWARD[name](value, *(np.asarray(w, float) for w in weights))
        outputs.append(value)
        backwards.append(backward)
    loss, slope = cross_entropy(value, y)
    gradients = []
    for backward in reversed(backwards):
        slope, of_weights = backward(slope)
        gradients.append(of_weights)
    return Trace(outputs, loss, gradients[::-1])


def kernel_gradients(chain: Chain, x: ArrayLike, y: ArrayLike) -> list[np.ndarray]:
    """Return the loss's derivatives by each kernel, from the first layer to the last."""
    gradients = trace_chain(chain, x, y).gradients
    return [
        of_weights[0]
        for (name, *_), of_weights in zip(chain, gradients, strict=True)
        if name in WITH_KERNEL
    ]


def cross_entropy(scores: np.ndarray, y: ArrayLike) -> tuple[float, np.ndarray]:
    """Return the mean cross-entropy of softmax(scores) with labels, and its slope by the scores.

    >>> loss, slope = cross_entropy(np.zeros((1, 10)), [3])
    >>> bool(np.isclose(loss, np.log(10)))
    True
    """
    y = np.asarray(y)
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    truth = np.eye(scores.shape[1])[y]
    return float(-(logs * truth).sum(axis=1).mean()), (np.exp(logs) - truth) / len(y)


def _conv(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, Backward]:
    windows = _windows(x, kernel.shape)

    def backward(slope: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        by_kernel = np.tensordot(windows, slope, axes=((0, 1, 2), (0, 1, 2))).transpose(1, 2, 0, 3)
        # What reached a pixel goes back the same way: the kernel turned, inputs for outputs.
        turned = kernel[::-1, ::-1].swapaxes(2, 3)
        return _apply(_windows(slope, turned.shape), turned), (by_kernel, slope.sum(axis=(0, 1, 2)))

    return _apply(windows, kernel) + bias, backward


def _windows(x: np.ndarray, kernel_shape: tuple[int, ...]) -> np.ndarray:
    """Return the windows of a zero-padded batch, (n, H, W, C, kh, kw)."""
    rows, columns = (side // 2 for side in kernel_shape[:2])
    padded = np.pad(x, ((0, 0), (rows, rows), (columns, columns), (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(padded, kernel_shape[:2], axis=(1, 2))


def _apply(windows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.tensordot(windows, kernel, axes=((3, 4, 5), (2, 0, 1)))


def _dense(x: np.ndarray, kernel: np.ndarray, bias: np.ndarray) -> tuple[np.ndarray, Backward]:
    def backward(slope: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        return slope @ kernel.T, (x.T @ slope, slope.sum(axis=0))

    return x @ kernel + bias, backward


def _batchnorm(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> tuple[np.ndarray, Backward]:
    axes = tuple(range(x.ndim - 1))
    deviation = np.sqrt(x.var(axis=axes) + BATCHNORM_EPSILON)
    normal = (x - x.mean(axis=axes)) / deviation

    def backward(slope: np.ndarray) -> tuple[np.ndarray, tuple[np.ndarray, ...]]:
        along = (slope * normal).mean(axis=axes)
        # Mean and deviation depend on every x, too: what moves them is taken away.
        by_x = gamma / deviation * (slope - slope.mean(axis=axes) - normal * along)
        return by_x, ((slope * normal).sum(axis=axes), slope.sum(axis=axes))

    return gamma * normal + beta, backward


def _relu(x: np.ndarray) -> tuple[np.ndarray, Backward]:
    return np.maximum(x, 0), lambda slope: (slope * (x > 0), ())


def _sigmoid(x: np.ndarray) -> tuple[np.ndarray, Backward]:
    value = 1 / (1 + np.exp(-x))
    return value, lambda slope: (slope * value * (1 - value), ())


def _flatten(x: np.ndarray) -> tuple[np.ndarray, Backward]:
    return x.reshape(len(x), -1), lambda slope: (slope.reshape(x.shape), ())


_FORWARD: dict[str, Callable[..., tuple[np.ndarray, Backward]]] = {
    "conv": _conv,
    "dense": _dense,
    "batchnorm": _batchnorm,
    "relu": _relu,
    "sigmoid": _sigmoid,
    "flatten": _flatten,
}
