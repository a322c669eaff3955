"""The calls of layers a Keras model consists of, inputs before outputs.

A *call* is Keras' ``Node``: one layer applied to certain tensors. A shared layer has several
calls, so multiplications and paths are counted over calls, not over ``model.layers``.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def layer_calls(model: keras.Model) -> list[Any]:
    """Return the calls that lead from the model's inputs to its outputs, in computing order.

    Each has ``operation`` (the layer), ``parent_nodes`` (the calls it needs) and
    ``output_tensors``.

    Raises
    ------
    ValueError
        If the model has no layer graph yet (no ``Input``), or never will (subclassed).
    TypeError
        If `model` is not a Keras model.
    """
    require_built(model)
    if not getattr(model, "outputs", None):
        raise ValueError(
            f"model {model.name!r} has no layer graph: use Sequential or the functional API"
        )
    ordered: list[Any] = []
    finished: set[int] = set()
    # An explicit stack: a recursive walk fails on networks of some hundred layers.
    stack = [(producer(tensor), False) for tensor in reversed(model.outputs)]
    while stack:
        call, parents_done = stack.pop()
        if id(call) in finished:
            continue
        if parents_done:
            finished.add(id(call))
            ordered.append(call)
        else:
            stack.append((call, True))
            stack.extend((parent, False) for parent in reversed(call.parent_nodes))
    return ordered


def producer(tensor: Any) -> Any:
    """Return the call that made a symbolic tensor."""
    history = tensor._keras_history
    return history.operation._inbound_nodes[history.node_index]


def output_shape(call: Any) -> tuple[int | None, ...]:
    """Return the shape of the call's (first) output without the batch axis."""
    return tuple(call.output_tensors[0].shape[1:])


def is_model(layer: Any) -> bool:
    """Tell whether a layer is itself a model with a layer graph."""
    return hasattr(layer, "layers") and bool(getattr(layer, "outputs", None))


def kernels(layer: Any) -> list[Any]:
    """Return the kernels of a layer: one for Conv, Depthwise and Dense, two for Separable."""
    names = ("kernel", "depthwise_kernel", "pointwise_kernel")
    found = [getattr(layer, name, None) for name in names]
    return [kernel for kernel in found if kernel is not None]


def weight_count(weights: list[Any]) -> int:
    """Return how many numbers a list of weights holds.

    >>> import numpy as np
    >>> weight_count([np.zeros((3, 3)), np.zeros(4)])
    13
    """
    return sum(math.prod(weight.shape) for weight in weights)


def require_built(model: keras.Model) -> None:
    """Raise unless `model` is a Keras model whose weights exist."""
    import keras

    if not isinstance(model, keras.Model):
        raise TypeError(f"expected a Keras model, got {type(model).__name__}")
    if not model.built:
        raise ValueError(
            f"model {model.name!r} has no shapes yet: begin it with Input((height, width, "
            "channels)), without the batch axis"
        )
