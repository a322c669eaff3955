"""GoogLeNet, and a network for digits that is built of the same modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import keras


class Widths(NamedTuple):
    """Numbers of filters in an inception module, in the order of the paper's table."""

    f1: int
    f3_reduce: int
    f3: int
    f5_reduce: int
    f5: int
    pool_proj: int

    @property
    def channels(self) -> int:
        """Channels of the module's output.

        >>> MODULES["3a"].channels
        256
        """
        return self.f1 + self.f3 + self.f5 + self.pool_proj


MODULES = {
    "3a": Widths(64, 96, 128, 16, 32, 32),
    "3b": Widths(128, 128, 192, 32, 96, 64),
    "4a": Widths(192, 96, 208, 16, 48, 64),
    "4b": Widths(160, 112, 224, 24, 64, 64),
    "4c": Widths(128, 128, 256, 24, 64, 64),
    "4d": Widths(112, 144, 288, 32, 64, 64),
    "4e": Widths(256, 160, 320, 32, 128, 128),
    "5a": Widths(256, 160, 320, 32, 128, 128),
    "5b": Widths(384, 192, 384, 48, 128, 128),
}
"""Table 1 of Szegedy and others, "Going Deeper with Convolutions" (arXiv:1409.4842)."""

POOLED_AFTER = ("3b", "4e")
HEADS_AFTER = ("4a", "4d")
CLASSES = 1000


def googlenet(auxiliary: bool = False) -> keras.Model:
    """Return GoogLeNet for images of 224×224×3, with random weights.

    Layers are named after the module they belong to, as in ``inception_3a_5x5_reduce``. The
    paper's local response normalisation is left out; it has no weights.

    Parameters
    ----------
    auxiliary : bool
        With the two auxiliary classifiers after the modules 4a and 4d. The outputs are then
        [main, after 4a, after 4d], each with 1000 softmax units.

    Examples
    --------
    >>> googlenet().output_shape  # doctest: +SKIP
    (None, 1000)
    """
    import keras
    from keras import layers

    inputs = keras.Input((224, 224, 3))
    x = _conv(inputs, 64, 7, "conv1", strides=2)
    x = _shrink(x, "pool1")
    x = _conv(_conv(x, 64, 1, "conv2_reduce"), 192, 3, "conv2")
    x = _shrink(x, "pool2")
    heads = []
    for name, widths in MODULES.items():
        x = _module(x, widths, f"inception_{name}")
        if auxiliary and name in HEADS_AFTER:
            heads.append(_head(x, f"auxiliary_{name}"))
        if name in POOLED_AFTER:
            x = _shrink(x, f"pool{name[0]}")
    x = layers.GlobalAveragePooling2D(name="global_pool")(x)
    x = layers.Dropout(0.4, name="dropout")(x)
    main = layers.Dense(CLASSES, activation="softmax", name="classifier")(x)
    return keras.Model(inputs, [main, *heads] if heads else main, name="googlenet")


def small_inception_net(classes: int = 10) -> keras.Model:
    """Return an uncompiled network of two small modules for images of 28×28×1."""
    import keras
    from keras import layers

    inputs = keras.Input((28, 28, 1))
    x = layers.MaxPooling2D(2, name="pool1")(_conv(inputs, 16, 5, "conv1"))
    x = _module(x, Widths(16, 4, 16, 2, 4, 16), "module_1")
    x = layers.MaxPooling2D(2, name="pool2")(x)
    x = _module(x, Widths(32, 8, 32, 4, 8, 32), "module_2")
    x = layers.GlobalAveragePooling2D(name="global_pool")(x)
    outputs = layers.Dense(classes, activation="softmax", name="classifier")(x)
    return keras.Model(inputs, outputs, name="small_inception_net")


def _conv(x: Any, filters: int, size: int, name: str, strides: int = 1) -> Any:
    from keras import layers

    options = {"strides": strides, "padding": "same", "activation": "relu"}
    return layers.Conv2D(filters, size, **options, name=name)(x)


def _shrink(x: Any, name: str) -> Any:
    from keras import layers

    return layers.MaxPooling2D(3, strides=2, padding="same", name=name)(x)


def _module(x: Any, widths: Widths, name: str) -> Any:
    """Apply an inception module with dimensionality reduction."""
    from keras import layers

    three = _conv(x, widths.f3_reduce, 1, f"{name}_3x3_reduce")
    five = _conv(x, widths.f5_reduce, 1, f"{name}_5x5_reduce")
    pooled = layers.MaxPooling2D(3, strides=1, padding="same", name=f"{name}_pool")(x)
    branches = [
        _conv(x, widths.f1, 1, f"{name}_1x1"),
        _conv(three, widths.f3, 3, f"{name}_3x3"),
        _conv(five, widths.f5, 5, f"{name}_5x5"),
        _conv(pooled, widths.pool_proj, 1, f"{name}_pool_proj"),
    ]
    return layers.Concatenate(name=f"{name}_output")(branches)


def _head(x: Any, name: str) -> Any:
    """Apply an auxiliary classifier."""
    from keras import layers

    x = layers.AveragePooling2D(5, strides=3, name=f"{name}_pool")(x)
    x = layers.Flatten(name=f"{name}_flatten")(_conv(x, 128, 1, f"{name}_conv"))
    x = layers.Dense(1024, activation="relu", name=f"{name}_dense")(x)
    x = layers.Dropout(0.7, name=f"{name}_dropout")(x)
    return layers.Dense(CLASSES, activation="softmax", name=f"{name}_classifier")(x)
