"""Parameters, multiply-accumulates and depth, read from a Keras model.

Nothing here is a formula about one layer type: the numbers come from the weights and the
shapes the model really has, so they hold for any padding, stride, dilation or groups.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from course_utils.arithmetic.graph import (
    is_model,
    kernels,
    layer_calls,
    output_shape,
    require_built,
    weight_count,
)
from course_utils.arithmetic.tables import LayerTable

if TYPE_CHECKING:
    import keras


class UndefinedSize(ValueError):
    """A layer's height and width are open, so its multiplications cannot be counted."""


def count_params(model: keras.Model, trainable: bool | None = None) -> int:
    """Return the number of weights of a model.

    Parameters
    ----------
    model : keras.Model
    trainable : bool, optional
        None counts all (``model.count_params()``), True what training changes, False the rest:
        frozen layers and the moving statistics of batch normalisation.

    Raises
    ------
    ValueError
        If the model is not built.
    TypeError
        If it is not a Keras model.
    """
    require_built(model)
    if trainable is None:
        return weight_count(model.weights)
    return weight_count(model.trainable_weights if trainable else model.non_trainable_weights)


def count_macs(model: keras.Model) -> int:
    """Return the multiply-accumulates of one forward pass on one sample.

    Counted are ``Conv2D`` (with groups), ``DepthwiseConv2D``, ``SeparableConv2D`` and
    ``Dense``: each weight of a kernel is used once per output position. Biases, batch
    normalisation, activations and pooling are not counted. Models inside the model are
    entered; a layer called twice counts twice.

    Raises
    ------
    ValueError
        If the model has no layer graph, if a height or width is undefined (``Input((None,
        None, 3))``), or if another kind of layer with a kernel occurs.
    TypeError
        If `model` is not a Keras model.
    """
    return sum(_call_macs(call) for call in layer_calls(model))


def layer_table(model: keras.Model) -> LayerTable:
    """Return one dict per layer: name, type, output_shape, params, macs.

    The table is a list; notebooks show it as an HTML table with totals. Shapes are without the
    batch axis; `macs` is None where height and width are undefined. Errors as in `count_macs`.
    """
    calls = layer_calls(model)
    rows = []
    for layer in model.layers:
        own = [call for call in calls if call.operation is layer]
        rows.append(
            {
                "name": layer.name,
                "type": type(layer).__name__,
                "output_shape": output_shape(own[0]),
                "params": weight_count(layer.weights),
                "macs": _macs_or_none(own),
            }
        )
    return LayerTable(rows, title=model.name)


def longest_path(model: keras.Model, weighted_only: bool = False) -> int:
    """Return the number of layers on the longest path from an input to an output.

    The input layer counts as one. With `weighted_only` only kernels count: 1 for a convolution
    or Dense layer, 2 for a separable convolution, 0 for everything else; this is the depth
    in "VGG-16" and "ResNet-50". Models inside the model are entered.

    Raises
    ------
    ValueError
        If the model has no layer graph.
    TypeError
        If `model` is not a Keras model.
    """
    depth: dict[int, int] = {}
    for call in layer_calls(model):
        before = max((depth[id(parent)] for parent in call.parent_nodes), default=0)
        depth[id(call)] = before + _layer_depth(call.operation, weighted_only)
    return max(depth.values())


def _layer_depth(layer: Any, weighted_only: bool) -> int:
    if is_model(layer):
        inner = longest_path(layer, weighted_only)
        # The inner model's input layer only passes on what already has a layer outside.
        return inner if weighted_only else inner - 1
    return len(kernels(layer)) if weighted_only else 1


def _call_macs(call: Any) -> int:
    from keras import layers

    layer = call.operation
    if is_model(layer):
        return count_macs(layer)
    countable = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D, layers.Dense)
    if not isinstance(layer, countable):
        if any(len(weight.shape) > 1 for weight in getattr(layer, "weights", [])):
            raise ValueError(
                f"cannot count the multiplications of {layer.name!r} ({type(layer).__name__}): "
                "only Conv2D, DepthwiseConv2D, SeparableConv2D and Dense are known"
            )
        return 0
    if getattr(layer, "data_format", "channels_last") != "channels_last":
        raise ValueError(f"{layer.name!r} is channels_first; this course is channels_last")
    positions = output_shape(call)[:-1]
    if None in positions:
        raise UndefinedSize(
            f"{layer.name!r} has output shape {output_shape(call)}: multiplications depend on "
            "height and width, build the model with a fixed Input((height, width, channels))"
        )
    return math.prod(positions) * weight_count(kernels(layer))


def _macs_or_none(calls: list[Any]) -> int | None:
    try:
        return sum(_call_macs(call) for call in calls)
    except UndefinedSize:
        return None
