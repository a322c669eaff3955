"""The lecture's very deep convnet: any number of small convolutions in a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

MOST_LAYERS = 500


def deep_convnet(n: int) -> keras.Model:
    """Return the lecture's network with `n` 5×5 convolutions of 4 filters, not compiled.

    28×28×1 images; a convolution with 16 filters before and after the `n` in the middle, 2×2
    max-pooling, three dense layers, ten softmax units.

    Parameters
    ----------
    n : int
        0 to 500. The lecture says 1000.

    Raises
    ------
    ValueError
        If `n` is out of range.
    """
    from keras import Input, layers, models

    if n < 0:
        raise ValueError(f"n must be at least 0, got {n}")
    if n > MOST_LAYERS:
        raise ValueError(
            f"n must be at most {MOST_LAYERS}, got {n}. Keras connects layers by functions that "
            "call each other, and Python by default allows 1,000 calls inside each "
            "other (sys.getrecursionlimit()): some 900 layers can be built, 1000 end in a "
            "RecursionError. Count the weights with pencil and paper instead."
        )
    middle = [layers.Conv2D(4, 5, activation="relu", padding="same") for _ in range(n)]
    # One list: Sequential.add builds the whole model again each time, n layers cost n² steps.
    return models.Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(16, 5, activation="relu"),
            *middle,
            layers.Conv2D(16, 5, activation="relu"),
            layers.MaxPooling2D(2, strides=2),
            layers.Flatten(),
            layers.Dense(16, activation="relu"),
            layers.Dense(16, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
    )
