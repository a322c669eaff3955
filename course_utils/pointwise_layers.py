"""What a 1×1 convolution does, as plain data: for exercises that return a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

_DECIMALS = 3


def describe_mixing(make_layer: Callable[[], Any], picture: ArrayLike) -> tuple[Any, ...] | None:
    """Build a convolution, apply it to a picture and describe both.

    Parameters
    ----------
    make_layer : callable
        Takes nothing and returns a built ``Conv2D``.
    picture : (height, width, channels) array

    Returns
    -------
    tuple
        Shape of the kernel, ``use_bias``, result with three decimals as nested lists. The shape
        is empty for a layer that has no weights yet; the result is None where the layer cannot
        take the picture. None if `make_layer` returns None.

    Raises
    ------
    TypeError
        If `make_layer` returns something else.
    """
    import keras

    layer = make_layer()
    if layer is None:
        return None
    if not isinstance(layer, keras.layers.Conv2D):
        raise TypeError(f"expected a Conv2D layer, got {type(layer).__name__}")
    if not layer.built:
        return (), layer.use_bias, None
    return tuple(layer.kernel.shape), layer.use_bias, _result(layer, picture)


def _result(layer: Any, picture: ArrayLike) -> list[Any] | None:
    batch = np.asarray(picture, "float32")[None]
    try:
        result = np.asarray(layer(batch))[0]
    except Exception:  # TensorFlow and Keras have many kinds of errors for shapes
        return None
    # Adding 0 turns -0.0 into 0.0.
    return (np.round(result.astype(float), _DECIMALS) + 0.0).tolist()
