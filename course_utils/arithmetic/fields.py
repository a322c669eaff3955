"""The receptive field of a Keras model: by formula along its layers, and by gradients."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import dropwhile
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.arithmetic.arguments import whole_number
from course_utils.arithmetic.graph import is_model, layer_calls, output_shape, producer
from course_utils.arithmetic.shapes import receptive_field

if TYPE_CHECKING:
    import keras

# Layers that look at one position (when predicting; padding and cropping only move it).
_POSITIONWISE = {
    *("InputLayer", "Activation", "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax", "Identity"),
    *("BatchNormalization", "Dropout", "SpatialDropout2D", "GaussianNoise", "Dense"),
    *("Rescaling", "Normalization", "ZeroPadding2D", "Cropping2D"),
    *("RandomFlip", "RandomRotation", "RandomTranslation", "RandomZoom", "RandomShear"),
    *("RandomBrightness", "RandomContrast"),
}


def model_receptive_field(model: keras.Model, layer_name: str | None = None) -> int:
    """Return the side of the input window that one output position of a layer sees, in pixels.

    Parameters
    ----------
    model : keras.Model
        A chain of layers; models inside the model are entered.
    layer_name : str, optional
        A layer of `model`; by default the last one that still has height and width.

    Raises
    ------
    ValueError
        If there is no such layer, if the path to it branches or holds a layer whose window is
        unknown, or if the window is not square.
    TypeError
        If `model` is not a Keras model.

    See Also
    --------
    gradient_receptive_field : measures instead, also where paths branch.
    """
    calls = layer_calls(model)
    if layer_name is None:
        chain = list(dropwhile(lambda call: not _is_map(call), _back_to_input(_last(model))))
    else:
        named = {call.operation.name: call for call in calls}
        if layer_name not in named:
            raise ValueError(f"no layer {layer_name!r} in {model.name!r}: {', '.join(named)}")
        chain = list(_back_to_input(named[layer_name]))
    if not chain or not _is_map(chain[0]):
        raise ValueError(f"{layer_name or model.name!r} gives no map with height and width")
    windows = [_window(call.operation) for call in reversed(chain)]
    height, width = (
        receptive_field(
            (kernel[axis], stride[axis], dilation[axis]) for kernel, stride, dilation in windows
        )
        for axis in (0, 1)
    )
    return _square(height, width)


def gradient_receptive_field(model: keras.Model, size: int) -> int:
    """Measure the receptive field of the model's last feature map, in pixels.

    The centre output is differentiated with respect to every pixel of a `size` × `size` image;
    the field is the window of pixels whose gradient is not zero. So that no gradient vanishes
    by accident, a copy of the model is measured: positive weights, activations left out,
    average for max pooling. None of this changes which pixels an output can see.

    Parameters
    ----------
    model : keras.Model
        One input; may branch (residual, inception and dense networks).
    size : int
        Side of the image, larger than the field.

    Raises
    ------
    ValueError
        If the model cannot take that size, has no feature map, if its field is not square, or
        if zero padding cuts the field off at the border: use a larger `size`.
    TypeError
        If `model` is not a Keras model.
    """
    import keras
    import tensorflow as tf

    size = whole_number("size", size)
    layer_calls(model)
    copy = _linear_copy(keras.Model(model.inputs, _last_map(model)), size)
    pixels = tf.ones((1, size, size, model.inputs[0].shape[-1]), tf.float64)
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        maps = copy(pixels, training=False)
        centre = tf.reduce_sum(maps[0, maps.shape[1] // 2, maps.shape[2] // 2])
    seen = np.abs(tape.gradient(centre, pixels)[0]).sum(axis=-1) > 0
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    at_border = 0 in (rows[0], columns[0]) or size - 1 in (rows[-1], columns[-1])
    if at_border and _pads(copy):
        raise ValueError(f"the field reaches the border of {size}×{size}: use a larger size")
    return _square(int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1)


def _last(model: keras.Model) -> Any:
    return producer(model.outputs[0])


def _is_map(call: Any) -> bool:
    return len(output_shape(call)) == 3


def _back_to_input(call: Any) -> Iterator[Any]:
    """Yield the calls from `call` back to the input, entering inner models."""
    while True:
        if is_model(call.operation):
            yield from _back_to_input(_last(call.operation))
        else:
            yield call
        if not call.parent_nodes:
            return
        if len(call.parent_nodes) > 1:
            raise ValueError(
                f"the path branches at {call.operation.name!r}: use gradient_receptive_field"
            )
        call = call.parent_nodes[0]


def _window(layer: Any) -> tuple[tuple[int, int], tuple[int, int], tuple[int, int]]:
    """Return (kernel, stride, dilation) of a layer, each as (rows, columns)."""
    from keras import layers

    if isinstance(layer, layers.Conv2D | layers.DepthwiseConv2D | layers.SeparableConv2D):
        return layer.kernel_size, layer.strides, layer.dilation_rate
    if isinstance(layer, layers.MaxPooling2D | layers.AveragePooling2D):
        return layer.pool_size, layer.strides, (1, 1)
    if type(layer).__name__ in _POSITIONWISE:
        return (1, 1), (1, 1), (1, 1)
    raise ValueError(f"the window of {layer.name!r} ({type(layer).__name__}) is not known")


def _square(height: int, width: int) -> int:
    if height != width:
        raise ValueError(f"the receptive field is not square: {height} rows, {width} columns")
    return height


def _last_map(model: keras.Model) -> Any:
    """Return the symbolic output of the last call with height and width."""
    call = _last(model)
    while not _is_map(call):
        if is_model(call.operation) or len(call.parent_nodes) != 1:
            raise ValueError(
                f"{model.name!r} has no last feature map to measure: pass the part of the model "
                "that ends in one"
            )
        call = call.parent_nodes[0]
    return call.output_tensors[0]


def _linear_copy(model: keras.Model, size: int) -> keras.Model:
    """Return a float64 copy for `size` × `size` images in which no gradient can vanish."""
    import keras

    image = keras.Input((size, size, model.inputs[0].shape[-1]), dtype="float64")
    try:
        copy = keras.models.clone_model(
            model,
            input_tensors=[image],
            clone_function=_linear_layer,
            # Softmax takes a mask, what stands in for it does not.
            call_function=lambda layer, *inputs, mask=None, **options: layer(*inputs, **options),
            recursive=True,
        )
    except ValueError as error:
        raise ValueError(f"the model cannot take {size}×{size} images: {error}") from error
    rng = np.random.default_rng(0)
    for weight in copy.weights:
        if len(weight.shape) > 1:
            # Positive, so that paths never cancel; scaled, so that deep ones do not overflow.
            fan_in = math.prod(weight.shape[:-1])
            weight.assign(rng.uniform(0.5, 1.5, weight.shape) / fan_in)
        else:
            weight.assign(np.full(weight.shape, weight.name in ("gamma", "moving_variance")))
    return copy


def _linear_layer(layer: Any) -> Any:
    from keras import layers

    if isinstance(layer, layers.ReLU | layers.LeakyReLU | layers.ELU | layers.Softmax):
        return layers.Activation("linear", name=layer.name, dtype="float64")
    config = {**layer.get_config(), "dtype": "float64"}
    if "activation" in config:
        config["activation"] = "linear"
    kind = layers.AveragePooling2D if isinstance(layer, layers.MaxPooling2D) else type(layer)
    return kind.from_config(config)


def _pads(model: keras.Model) -> bool:
    """Tell whether any layer of the model, or of models inside it, adds zeros at the border."""
    from keras import layers

    return any(
        _pads(layer)
        if is_model(layer)
        else isinstance(layer, layers.ZeroPadding2D) or getattr(layer, "padding", "") == "same"
        for layer in model.layers
    )
