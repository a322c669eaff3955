"""DenseNet (Huang, Liu, van der Maaten and Weinberger, arXiv:1608.06993): built, and counted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from course_utils.arithmetic import batchnorm_params, conv_params, dense_params, pool_output_shape

if TYPE_CHECKING:
    import keras

LAYERS = {
    "DenseNet-121": (6, 12, 24, 16),
    "DenseNet-169": (6, 12, 32, 32),
    "DenseNet-201": (6, 12, 48, 32),
    "DenseNet-264": (6, 12, 64, 48),
}
"""Layers in each dense block, Table 1 of the paper."""

_BOTTLENECK = 4
_MOMENTUM = 0.9


class Stage(NamedTuple):
    """A part of a DenseNet: what leaves it, (height, width, channels), and its weights."""

    name: str
    n_layers: int
    shape: tuple[int, int, int]
    params: int


def densenet_stages(
    blocks: Sequence[int], growth_rate: int = 32, image_shape: tuple[int, int, int] = (224, 224, 3)
) -> list[Stage]:
    """Return the stages of `densenet` from the stem to the last dense block, by arithmetic.

    The weights after the last block are those of its batch normalisation and classifier.

    Examples
    --------
    >>> for stage in densenet_stages((6, 12, 24, 16))[:3]:
    ...     print(stage.name, stage.shape, stage.params)
    stem (56, 56, 64) 9664
    block 1 (56, 56, 256) 338304
    transition 1 (28, 28, 128) 33792
    """
    height, width, channels = image_shape
    filters = 2 * growth_rate
    params = _conv(7, channels, filters) + _norm(filters)
    # The 7×7 convolution and the pooling after it halve the sides, rounding up.
    shape = (-(-height // 4), -(-width // 4), filters)
    stages = [Stage("stem", 1, shape, params)]
    for number, n_layers in enumerate(blocks, start=1):
        params = 0
        for _ in range(n_layers):
            params += _layer_params(shape[2], growth_rate)
            shape = (*shape[:2], shape[2] + growth_rate)
        stages.append(Stage(f"block {number}", n_layers, shape, params))
        if number < len(blocks):
            half = shape[2] // 2
            params = _norm(shape[2]) + _conv(1, shape[2], half)
            shape = (*pool_output_shape(shape)[:2], half)
            stages.append(Stage(f"transition {number}", 1, shape, params))
    return stages


def classifier_params(channels: int, classes: int = 1000) -> int:
    """Return the weights after the last block: batch normalisation, and one dense layer.

    >>> classifier_params(1024)
    1029096
    """
    return _norm(channels) + dense_params(channels, classes)


def densenet(
    blocks: Sequence[int],
    growth_rate: int = 32,
    image_shape: tuple[int | None, int | None, int] = (224, 224, 3),
    classes: int = 1000,
) -> keras.Model:
    """Return a DenseNet with bottlenecks for ImageNet, layer by layer that of Keras.

    Each layer of a block is BN–ReLU–1×1 convolution to 4k channels–BN–ReLU–3×3 convolution to k
    channels, then concatenation; transitions halve channels, height and width. Convolutions have
    no biases. The model is not compiled.

    Parameters
    ----------
    blocks : sequence of int
        Layers in each dense block, for example ``LAYERS["DenseNet-121"]``.
    growth_rate : int
        k, the channels that each layer adds; the first convolution has 2k filters.
    image_shape : (height, width, channels)
        Height and width may be None: any size.
    classes : int
    """
    import keras
    from keras import layers

    inputs = keras.Input(image_shape)
    x = layers.ZeroPadding2D(3)(inputs)
    x = layers.Conv2D(2 * growth_rate, 7, strides=2, use_bias=False)(x)
    x = layers.ZeroPadding2D(1)(_norm_relu(x))
    x = layers.MaxPooling2D(3, strides=2)(x)
    for number, n_layers in enumerate(blocks):
        x = _transition(x) if number else x
        for _ in range(n_layers):
            y = layers.Conv2D(_BOTTLENECK * growth_rate, 1, use_bias=False)(_norm_relu(x))
            y = _new_channels(y, growth_rate)
            x = layers.Concatenate()([x, y])
    x = layers.GlobalAveragePooling2D()(_norm_relu(x))
    return keras.Model(inputs, layers.Dense(classes, activation="softmax")(x))


def digit_densenet(growth_rate: int = 12, blocks: Sequence[int] = (4, 4)) -> keras.Model:
    """Return a small DenseNet for grey digits of any size: no bottlenecks, ten classes.

    A 3×3 convolution with 16 filters and stride 2, dense blocks of single 3×3 convolutions,
    transitions between them, global average pooling. Batch normalisation has momentum 0.9, as
    short training needs it. The model is not compiled.
    """
    import keras
    from keras import layers

    inputs = keras.Input((None, None, 1))
    x = layers.Conv2D(16, 3, strides=2, padding="same", use_bias=False)(inputs)
    for number, n_layers in enumerate(blocks):
        x = _transition(x, _MOMENTUM) if number else x
        for _ in range(n_layers):
            x = layers.Concatenate()([x, _new_channels(x, growth_rate, _MOMENTUM)])
    x = layers.GlobalAveragePooling2D()(_norm_relu(x, _MOMENTUM))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


def _norm_relu(x: Any, momentum: float = 0.99) -> Any:
    from keras import layers

    return layers.ReLU()(layers.BatchNormalization(momentum=momentum)(x))


def _new_channels(x: Any, growth_rate: int, momentum: float = 0.99) -> Any:
    from keras import layers

    conv = layers.Conv2D(growth_rate, 3, padding="same", use_bias=False)
    return conv(_norm_relu(x, momentum))


def _transition(x: Any, momentum: float = 0.99) -> Any:
    from keras import layers

    conv = layers.Conv2D(x.shape[-1] // 2, 1, use_bias=False)
    return layers.AveragePooling2D(2)(conv(_norm_relu(x, momentum)))


def _layer_params(channels: int, growth_rate: int) -> int:
    narrow = _BOTTLENECK * growth_rate
    squeeze = _norm(channels) + _conv(1, channels, narrow)
    return squeeze + _norm(narrow) + _conv(3, narrow, growth_rate)


def _conv(kernel_size: int, channels: int, filters: int) -> int:
    return conv_params(kernel_size, channels, filters, use_bias=False)


def _norm(channels: int) -> int:
    return batchnorm_params(channels)[0]
