"""How strongly the loss pulls at each layer of a Keras model.

``gradient_norms``   of any model
``keras_chain``      a small model with given weights, from a chain of ``course_utils.backprop``
``norms_of_chain``   what a student's function says about such a model
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from course_utils.backprop import BATCHNORM_EPSILON, Chain

if TYPE_CHECKING:
    import keras

DECIMALS = 3
"""Of `norms_of_chain`: single precision must not decide whether an answer is right."""


def gradient_norms(model: keras.Model, x: ArrayLike, y: ArrayLike) -> list[float]:
    """Return the L2 norm of d(loss)/d(kernel) for every layer that has a kernel, in layer order.

    The loss is the mean sparse categorical cross-entropy of a batch in training mode. Weights
    stay as they are; the moving averages of batch normalisation move, as in training.

    Parameters
    ----------
    model : keras.Model
        Its outputs are probabilities.
    x : array, (n, ...)
    y : array of int, (n,)
    """
    import keras
    import tensorflow as tf

    kernels = [layer.kernel for layer in model.layers if hasattr(layer, "kernel")]
    with tf.GradientTape() as tape:
        probabilities = model(np.asarray(x, "float32"), training=True)
        losses = keras.losses.sparse_categorical_crossentropy(np.asarray(y), probabilities)
        loss = keras.ops.mean(losses)
    gradients = tape.gradient(loss, kernels)
    # Squares of what is below 1e-19 would be 0 in single precision.
    return [float(np.linalg.norm(np.asarray(gradient, float))) for gradient in gradients]


def keras_chain(chain: Chain, input_shape: tuple[int, ...]) -> keras.Model:
    """Return a chain as a compiled Keras model with the chain's weights and a softmax at its end.

    Raises
    ------
    ValueError
        If a step has an unknown name.
    """
    import keras

    steps = [_keras_layer(name, weights) for name, *weights in chain]
    model = keras.Sequential([keras.Input(input_shape), *steps, keras.layers.Softmax()])
    for layer, (_, *weights) in zip(model.layers, chain, strict=False):
        fixed = layer.get_weights()[len(weights) :]
        layer.set_weights([*(np.asarray(one, "float32") for one in weights), *fixed])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def norms_of_chain(
    function: Callable[..., Any], chain: Chain, x: ArrayLike, y: ArrayLike
) -> list[float] | None:
    """Return what ``function(model, x, y)`` says about the chain as a Keras model, rounded.

    Raises
    ------
    TypeError
        If the result is no list of numbers.
    """
    x, y = np.asarray(x, "float32"), np.asarray(y)
    norms = function(keras_chain(chain, x.shape[1:]), x, y)
    if norms is None:
        return None
    shape = getattr(norms, "shape", None)
    if not isinstance(norms, list | tuple) and (shape is None or len(shape) != 1):
        raise TypeError(f"expected a list with one number for each kernel, got {_a(norms)}")
    for norm in norms:
        if getattr(norm, "shape", ()) != () or not hasattr(norm, "__float__"):
            raise TypeError(f"expected one number for each kernel, got {_a(norm)}")
    return [round(float(norm), DECIMALS) for norm in norms]


def _keras_layer(name: str, weights: list[Any]) -> keras.layers.Layer:
    from keras import layers

    if name == "conv":
        rows, columns, _, filters = np.shape(weights[0])
        return layers.Conv2D(filters, (rows, columns), padding="same")
    if name == "dense":
        return layers.Dense(np.shape(weights[0])[1])
    if name == "batchnorm":
        return layers.BatchNormalization(epsilon=BATCHNORM_EPSILON)
    if name in ("relu", "sigmoid"):
        return layers.Activation(name)
    if name == "flatten":
        return layers.Flatten()
    raise ValueError(f"unknown step {name!r}")


def _a(value: Any) -> str:
    shape = getattr(value, "shape", None)
    size = f" of shape {tuple(shape)}" if shape else ""
    return f"a value of type {type(value).__name__}{size}"
