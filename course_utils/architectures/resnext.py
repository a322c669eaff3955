"""ResNeXt: residual blocks whose 3×3 convolution works in groups of channels.

Xie, Girshick, Dollár, Tu and He, "Aggregated Residual Transformations for Deep Neural Networks",
2016. ``keras.applications`` once had such networks and no longer does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

BLOCKS_50, BLOCKS_101 = (3, 4, 6, 3), (3, 4, 23, 3)


def resnext(blocks: Sequence[int], groups: int = 32, width: int = 128) -> keras.Model:
    """Return a ResNeXt for 224×224 photographs and 1,000 classes.

    Parameters
    ----------
    blocks : sequence of int
        Blocks in each stage: ``BLOCKS_50`` gives 25,097,128 weights, ``BLOCKS_101`` 44,315,560.
    groups : int
        Of the 3×3 convolutions; must divide `width`.
    width : int
        Channels of the 3×3 convolutions in the first stage, doubled from stage to stage; a
        block's result has twice as many.

    Raises
    ------
    ValueError
        If `groups` does not divide `width`.
    """
    import keras
    from keras import layers

    if width % groups:
        raise ValueError(f"groups must divide width, got {groups} groups of {width} channels")
    inputs = keras.Input((224, 224, 3))
    x = layers.ReLU()(_normalised(inputs, 64, 7, strides=2))
    x = layers.MaxPooling2D(3, strides=2, padding="same")(x)
    for stage, repeats in enumerate(blocks):
        for block in range(repeats):
            stride = 2 if block == 0 and stage > 0 else 1
            x = _block(x, width * 2**stage, groups, stride, project=block == 0)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(inputs, layers.Dense(1000, activation="softmax")(x), name="resnext")


def _block(x: Any, width: int, groups: int, stride: int, project: bool) -> Any:
    from keras import layers

    shortcut = _normalised(x, 2 * width, 1, strides=stride) if project else x
    x = layers.ReLU()(_normalised(x, width, 1))
    x = layers.ReLU()(_normalised(x, width, 3, strides=stride, groups=groups))
    x = _normalised(x, 2 * width, 1)
    return layers.ReLU()(layers.Add()([x, shortcut]))


def _normalised(x: Any, filters: int, kernel_size: int, **options: Any) -> Any:
    from keras import layers

    x = layers.Conv2D(filters, kernel_size, padding="same", use_bias=False, **options)(x)
    return layers.BatchNormalization()(x)
