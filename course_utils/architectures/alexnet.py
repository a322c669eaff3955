"""AlexNet, as one tower or with its channels split over two GPUs.

Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
Networks", NIPS 2012.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import keras


def alexnet(groups: int = 1) -> keras.Model:
    """Return AlexNet for 227×227 colour images and 1,000 classes, with random weights.

    It takes about 250 MB of memory. Local response normalisation, after conv1 and conv2 in the
    paper, has no weights and is left out.

    Parameters
    ----------
    groups : int
        1: a single tower. 2: as in the paper, where conv2, conv4 and conv5 on each of two GPUs
        see the maps on the same GPU only.

    Raises
    ------
    ValueError
        If `groups` does not divide the numbers of filters.
    """
    import keras
    from keras import layers

    return keras.Sequential(
        [
            keras.Input((227, 227, 3)),
            layers.Conv2D(96, 11, strides=4, activation="relu", name="conv1"),
            layers.MaxPooling2D(3, strides=2, name="pool1"),
            layers.Conv2D(256, 5, padding="same", groups=groups, activation="relu", name="conv2"),
            layers.MaxPooling2D(3, strides=2, name="pool2"),
            layers.Conv2D(384, 3, padding="same", activation="relu", name="conv3"),
            layers.Conv2D(384, 3, padding="same", groups=groups, activation="relu", name="conv4"),
            layers.Conv2D(256, 3, padding="same", groups=groups, activation="relu", name="conv5"),
            layers.MaxPooling2D(3, strides=2, name="pool5"),
            layers.Flatten(name="flatten"),
            layers.Dense(4096, activation="relu", name="fc6"),
            layers.Dropout(0.5, name="dropout6"),
            layers.Dense(4096, activation="relu", name="fc7"),
            layers.Dropout(0.5, name="dropout7"),
            layers.Dense(1000, activation="softmax", name="fc8"),
        ],
        name="alexnet" if groups == 1 else f"alexnet_{groups}_gpus",
    )
