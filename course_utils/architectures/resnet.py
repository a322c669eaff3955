"""Residual networks and their plain twins, for ImageNet (34 layers) and for CIFAR-10.

He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015. Layers are named by
stage, ``conv2_block1_conv1``, as in ``keras.applications``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

BLOCKS_34 = (3, 4, 6, 3)
WIDTHS_34 = (64, 128, 256, 512)
WIDTHS_CIFAR = (16, 32, 64)


def resnet34(plain: bool = False) -> keras.Model:
    """Return the 34-layer network for 224×224 photographs, 21,814,696 weights.

    Convolutions have no biases and are followed by batch normalisation; where height, width and
    channels change the shortcut is a 1×1 convolution with stride 2.

    Parameters
    ----------
    plain : bool
        Leave out the shortcuts: 21,639,080 weights.
    """
    import keras
    from keras import layers

    inputs = keras.Input((224, 224, 3))
    x = layers.ReLU(name="conv1_relu")(_normalised(inputs, 64, 7, 2, "conv1_conv"))
    x = layers.MaxPooling2D(3, strides=2, padding="same", name="pool1_pool")(x)
    for stage, (blocks, width) in enumerate(zip(BLOCKS_34, WIDTHS_34, strict=True), start=2):
        for block in range(1, blocks + 1):
            stride = 2 if block == 1 and stage > 2 else 1
            name = f"conv{stage}_block{block}"
            shortcut = None if plain else _projected(x, width, stride, name)
            x = _block(x, shortcut, width, stride, name)
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    outputs = layers.Dense(1000, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name="plain34" if plain else "resnet34")


def cifar_resnet(depth: int, plain: bool = False) -> keras.Model:
    """Return the network of `depth` layers for 32×32 images: three stages of 16, 32, 64 channels.

    All shortcuts are free of weights: where the channels double, every second row and column is
    taken and the missing channels are filled with zeros. So `plain` ones, without shortcuts,
    have as many weights: 271,098 for 20 layers.

    Raises
    ------
    ValueError
        If `depth` is not 6 n + 2, for n from 1 to 20.
    """
    import keras
    from keras import layers

    if depth not in range(8, 123, 6):
        raise ValueError(f"depth must be 8, 14, 20, ... or 122 (6 n + 2), got {depth}")
    inputs = keras.Input((32, 32, 3))
    x = layers.ReLU(name="conv1_relu")(_normalised(inputs, 16, 3, 1, "conv1_conv"))
    for stage, width in enumerate(WIDTHS_CIFAR, start=2):
        for block in range(1, (depth - 2) // 6 + 1):
            stride = 2 if block == 1 and stage > 2 else 1
            shortcut = None if plain else _padded(x, width, stride)
            x = _block(x, shortcut, width, stride, f"conv{stage}_block{block}")
    x = layers.GlobalAveragePooling2D(name="avg_pool")(x)
    outputs = layers.Dense(10, activation="softmax", name="predictions")(x)
    return keras.Model(inputs, outputs, name=f"{'plain' if plain else 'resnet'}{depth}")


def _block(x: Any, shortcut: Any, width: int, stride: int, name: str) -> Any:
    """Apply two 3×3 convolutions, add the shortcut if there is one, then ReLU."""
    from keras import layers

    x = layers.ReLU(name=f"{name}_relu1")(_normalised(x, width, 3, stride, f"{name}_conv1"))
    x = _normalised(x, width, 3, 1, f"{name}_conv2")
    if shortcut is not None:
        x = layers.Add(name=f"{name}_add")([x, shortcut])
    return layers.ReLU(name=f"{name}_relu2")(x)


def _projected(x: Any, width: int, stride: int, name: str) -> Any:
    if x.shape[-1] == width and stride == 1:
        return x
    return _normalised(x, width, 1, stride, f"{name}_conv0")


def _padded(x: Any, width: int, stride: int) -> Any:
    from keras import layers, ops

    if stride == 1:
        return x
    missing = width - x.shape[-1]
    return ops.pad(layers.MaxPooling2D(1, strides=stride)(x), ((0, 0),) * 3 + ((0, missing),))


def _normalised(x: Any, filters: int, kernel_size: int, stride: int, name: str) -> Any:
    from keras import layers

    x = layers.Conv2D(
        filters, kernel_size, strides=stride, padding="same", use_bias=False, name=name
    )(x)
    return layers.BatchNormalization(name=f"{name}_bn")(x)
