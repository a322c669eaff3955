"""The network that ConvNetJS trains on CIFAR-10 in a web browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras

FILTERS = (16, 20, 20)
CLASSES = 10


def convnetjs_cifar10() -> keras.Sequential:
    """Return the network of A. Karpathy's ConvNetJS CIFAR-10 demonstration, not compiled.

    Three times a 5×5 convolution (16, 20, 20 filters, padded by 2, ReLU) and 2×2 max-pooling,
    then ten softmax units: 22,466 weights. Input: (32, 32, 3) in [0, 1]. As in the demonstration,
    pixels are first made to lie between -0.5 and 0.5; without that, Adadelta takes far longer.
    See https://cs.stanford.edu/people/karpathy/convnetjs/demo/cifar10.html
    """
    from keras import Input, Sequential, layers

    model = Sequential([Input((32, 32, 3))], name="convnetjs_cifar10")
    model.add(layers.Rescaling(1.0, offset=-0.5, name="centred"))
    for number, filters in enumerate(FILTERS, start=1):
        # Padding "same" is a padding by 2 for a 5×5 kernel.
        model.add(
            layers.Conv2D(filters, 5, padding="same", activation="relu", name=f"conv{number}")
        )
        model.add(layers.MaxPooling2D(2, name=f"pool{number}"))
    model.add(layers.Flatten(name="flatten"))
    model.add(layers.Dense(CLASSES, activation="softmax", name="classifier"))
    return model
