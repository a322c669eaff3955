"""LeNet-5, as it is usually built today and as it was in 1998.

LeCun, Bottou, Bengio and Haffner, "Gradient-Based Learning Applied to Document Recognition",
Proceedings of the IEEE 86 (11), 1998. The layers have the paper's names, C1 to F6.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

# The maps of S2 that each of the sixteen maps of C3 sees: table I of the paper.
C3_SEES = (
    *((0, 1, 2), (1, 2, 3), (2, 3, 4), (3, 4, 5), (0, 4, 5), (0, 1, 5)),
    *((0, 1, 2, 3), (1, 2, 3, 4), (2, 3, 4, 5), (0, 3, 4, 5), (0, 1, 4, 5), (0, 1, 2, 5)),
    *((0, 1, 3, 4), (1, 2, 4, 5), (0, 2, 3, 5)),
    (0, 1, 2, 3, 4, 5),
)

# The digits, drawn on 7×12 pixels: two hexadecimal figures for each row.
_DRAWN = (
    "1c2241414141414141221c00",
    "081828080808080808083e00",
    "3e4101010204081020407f00",
    "3e410101011e010101413e00",
    "02060a122242427f02020200",
    "7f4040405e61010101413e00",
    "1e2140405e61414141413e00",
    "7f0102020404080810101000",
    "3e414141221c224141413e00",
    "3e414141413e010101423c00",
)


def lenet5(activation: str = "tanh", pooling: str = "average", pad: bool = True) -> keras.Model:
    """Return the usual modern LeNet-5 for 28×28 grey images: 61,706 weights, ten softmax units.

    A layer of zeros makes the images 32×32, the size LeNet-5 was made for; without it
    (``pad=False``) the maps are smaller, and 44,426 weights are left.

    Parameters
    ----------
    activation : str
        Of the hidden layers.
    pooling : {"average", "max"}
    pad : bool

    Raises
    ------
    ValueError
        If there is no such pooling.
    """
    import keras
    from keras import layers

    kinds = {"average": layers.AveragePooling2D, "max": layers.MaxPooling2D}
    if pooling not in kinds:
        raise ValueError(f'pooling must be "average" or "max", got {pooling!r}')
    pool = kinds[pooling]
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            *([layers.ZeroPadding2D(2, name="to_32x32")] if pad else []),
            layers.Conv2D(6, 5, activation=activation, name="C1"),
            pool(2, name="S2"),
            layers.Conv2D(16, 5, activation=activation, name="C3"),
            pool(2, name="S4"),
            layers.Flatten(name="flatten"),
            layers.Dense(120, activation=activation, name="C5"),
            layers.Dense(84, activation=activation, name="F6"),
            layers.Dense(10, activation="softmax", name="output"),
        ],
        name="lenet5",
    )


def lenet5_1998() -> keras.Model:
    """Return LeNet-5 as published, for 32×32 grey images: 60,000 weights are trained.

    S2 and S4 average four values, multiply with a trained coefficient and add a trained bias,
    one of each for every map. The maps of C3 see a choice of the maps of S2, `C3_SEES`. The
    outputs are squared distances between F6 and the ten fixed `digit_codes`: the smallest wins.
    """
    import keras
    from keras import layers, ops

    def squash(x: Any) -> Any:
        return 1.7159 * ops.tanh(2 / 3 * x)

    def subsample(x: Any, name: str) -> Any:
        x = layers.AveragePooling2D(2, name=f"{name}_average")(x)
        # One coefficient and one bias for each map: a depthwise 1×1 convolution.
        return squash(layers.DepthwiseConv2D(1, name=name)(x))

    inputs = keras.Input((32, 32, 1))
    x = squash(layers.Conv2D(6, 5, name="C1")(inputs))
    x = subsample(x, "S2")
    maps = [
        layers.Conv2D(1, 5, name=f"C3_{number}")(ops.take(x, list(seen), axis=-1))
        for number, seen in enumerate(C3_SEES)
    ]
    x = squash(layers.Concatenate(name="C3")(maps))
    x = subsample(x, "S4")
    x = squash(layers.Conv2D(120, 5, name="C5")(x))
    x = squash(layers.Dense(84, name="F6")(layers.Flatten(name="flatten")(x)))
    codes = layers.Dense(10, use_bias=False, trainable=False, name="output")
    # |x - code|² = |x|² - 2 x·code + |code|², and each code is 84 times 1 or -1.
    distances = ops.sum(x * x, axis=-1, keepdims=True) - 2 * codes(x) + 84
    codes.set_weights([digit_codes().reshape(10, 84).T])
    return keras.Model(inputs, distances, name="lenet5_1998")


def digit_codes() -> np.ndarray:
    """Return what F6 is to answer to each digit: drawings of 12×7 pixels, 1 for ink, -1 for none.

    The idea is the paper's; these drawings are ours.

    Returns
    -------
    (10, 12, 7) float32 array

    Examples
    --------
    >>> digit_codes()[1, :3].astype(int)
    array([[-1, -1, -1,  1, -1, -1, -1],
           [-1, -1,  1,  1, -1, -1, -1],
           [-1,  1, -1,  1, -1, -1, -1]])
    """
    rows = np.array([list(bytes.fromhex(drawn)) for drawn in _DRAWN], "uint8")
    ink = np.unpackbits(rows[..., None], axis=-1)[..., 1:]
    return ink.astype("float32") * 2 - 1
