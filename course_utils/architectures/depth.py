"""The same small digit network at any depth: plain, sigmoid, normalised, or with shortcuts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras

KINDS = ("plain", "sigmoid", "batchnorm", "residual", "one_conv_skip")
FILTERS = 16
_LARGE = 16


def digit_depth_net(
    depth: int, kind: str = "plain", input_shape: tuple[int, int, int] = (8, 8, 1)
) -> keras.Model:
    """Return a compiled network with `depth` 3×3 convolutions after its first one.

    All have 16 filters and padding "same", then come max-pooling and ten softmax units; Adam
    with Keras' defaults, integer labels. ``plain`` and ``residual`` networks of a depth have as
    many weights as each other. Images of 16 rows or more are pooled after the first convolution.

    Parameters
    ----------
    depth : int
        Even, 0 to 100.
    kind : str
        ``"plain"``: ReLU after each convolution. ``"sigmoid"``: sigmoid instead.
        ``"batchnorm"``: batch normalisation (momentum 0.9) before each ReLU.
        ``"residual"``: pairs of convolutions with an identity shortcut, ReLU after the addition
        (He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition", 2015).
        ``"one_conv_skip"``: a shortcut around each convolution and its ReLU.

    Raises
    ------
    ValueError
        If `depth` is odd or out of range, or there is no such kind.
    """
    import keras
    from keras import layers

    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {kind!r}")
    if not 0 <= depth <= 100 or depth % 2:
        raise ValueError(f"depth must be an even number from 0 to 100, got {depth}")
    inputs = keras.Input(input_shape)
    x = _convolution(inputs, "sigmoid" if kind == "sigmoid" else "relu")
    if input_shape[0] >= _LARGE:
        x = layers.MaxPooling2D(2)(x)
    for _ in range(depth // 2):
        x = _pair(x, kind)
    x = layers.Flatten()(layers.MaxPooling2D(2)(x))
    model = keras.Model(inputs, layers.Dense(10, activation="softmax")(x), name=f"{kind}_{depth}")
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def _convolution(x: Any, activation: str | None) -> Any:
    from keras import layers

    return layers.Conv2D(FILTERS, 3, padding="same", activation=activation)(x)


def _pair(x: Any, kind: str) -> Any:
    """Apply two convolutions the way of `kind`."""
    from keras import layers

    if kind == "residual":
        branch = _convolution(_convolution(x, "relu"), None)
        return layers.ReLU()(layers.Add()([branch, x]))
    for _ in range(2):
        if kind == "one_conv_skip":
            x = layers.Add()([_convolution(x, "relu"), x])
        elif kind == "batchnorm":
            x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(_convolution(x, None)))
        else:
            x = _convolution(x, "sigmoid" if kind == "sigmoid" else "relu")
    return x
