"""A small convolutional base that has already learned: the course's stand-in for VGG16's.

Its 56,320 weights learned to tell 24 printed capital letters on clutter apart. They ship with
the course as ``backbone.npz``, the dense layer that named the letters as ``backbone_top.npz``;
``backbone.json`` records how both were made and how good they are. About a minute of this
writes the three files:

    python -m course_utils.architectures.backbone
"""

from __future__ import annotations

import json
import math
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from course_utils.datasets.clutter import LETTERS, SIDE, glyphs_on_clutter
from course_utils.training import fit_quietly

if TYPE_CHECKING:
    import keras

WEIGHTS, TOP, RECORD = "backbone.npz", "backbone_top.npz", "backbone.json"
FILTERS = (32, 64, 64)
# Images drawn with this seed were not used in training.
FRESH_SEED, FRESH_IMAGES = 1_000_000, 2_000

_IMAGES, _EPOCHS, _BATCH, _RATE, _DROPOUT = 9_500, 8, 64, 1.5e-3, 0.3


class Pretrained(NamedTuple):
    """A trained base, the letter classifier on top of it, and the record of how they were made."""

    base: keras.Sequential
    classifier: keras.layers.Dense
    record: dict[str, Any]

    def letter_accuracy(self, n: int = FRESH_IMAGES, seed: int = FRESH_SEED) -> float:
        """Return the share of right answers on `n` letters drawn with `seed`."""
        images, labels = glyphs_on_clutter(n, LETTERS, seed)
        features = self.base.predict(images, batch_size=250, verbose=0).reshape(n, -1)
        kernel, bias = self.classifier.get_weights()
        return float(np.mean((features @ kernel + bias).argmax(axis=1) == labels))


def load_backbone(trainable: bool = False) -> keras.Sequential:
    """Return the pretrained base, without the dense layer that told letters apart.

    Three blocks of one 3×3 convolution (padding "same", ReLU) and 2×2 max-pooling, named
    ``block1_conv``, ``block1_pool`` to ``block3_pool``. Input: (32, 32, 3) in [0, 1];
    output: (4, 4, 64).

    Parameters
    ----------
    trainable : bool
        False: frozen, for feature extraction.
    """
    base = _untrained_base()
    base.set_weights(backbone_weights())
    base.trainable = trainable
    return base


def backbone_weights() -> list[np.ndarray]:
    """Return the shipped weights: kernel and bias of each convolution; needs no TensorFlow."""
    return _arrays(WEIGHTS)


def load_pretrained() -> Pretrained:
    """Return the shipped base together with its letter classifier and its record."""
    base, classifier = load_backbone(), _classifier()
    classifier.build((None, math.prod(base.output_shape[1:])))
    classifier.set_weights(_arrays(TOP))
    return Pretrained(base, classifier, backbone_record())


def backbone_record() -> dict[str, Any]:
    """Return how the shipped weights were made: data, seed, settings, accuracy."""
    return json.loads(_shipped(RECORD).read_text(encoding="utf-8"))


def train_backbone(seed: int = 0) -> Pretrained:
    """Train the base on letters on clutter, in about a minute on two processor cores.

    Parameters
    ----------
    seed : int
        Of images, initial weights and order.
    """
    import keras
    from keras import layers

    images, labels = glyphs_on_clutter(_IMAGES, LETTERS, seed)
    keras.utils.set_random_seed(seed)
    base, classifier = _untrained_base(), _classifier()
    model = keras.Sequential([base, layers.Flatten(), layers.Dropout(_DROPOUT), classifier])
    model.compile(
        keras.optimizers.Adam(_RATE), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    fit_quietly(model, images, labels, epochs=_EPOCHS, batch_size=_BATCH, seed=seed)
    trained = Pretrained(base, classifier, {})
    record = {
        "task": f"letters on clutter: {LETTERS}",
        "training_images": _IMAGES,
        "seed": seed,
        "epochs": _EPOCHS,
        "batch_size": _BATCH,
        "optimizer": f"Adam({_RATE})",
        "dropout": _DROPOUT,
        "weights_of_base": base.count_params(),
        "fresh_images": FRESH_IMAGES,
        "fresh_seed": FRESH_SEED,
        "accuracy_on_fresh_images": round(trained.letter_accuracy(), 4),
    }
    return trained._replace(record=record)


def write(trained: Pretrained, folder: Path) -> None:
    """Write the three files that ship with the course to `folder`, and print the record."""
    for name, part in ((WEIGHTS, trained.base), (TOP, trained.classifier)):
        np.savez(folder / name, *part.get_weights())
    text = json.dumps(trained.record, indent=2, ensure_ascii=False)
    (folder / RECORD).write_text(f"{text}\n", encoding="utf-8")
    print(text)


def _untrained_base() -> keras.Sequential:
    from keras import Input, Sequential, layers

    base = Sequential([Input((SIDE, SIDE, 3))], name="base")
    for block, filters in enumerate(FILTERS, start=1):
        base.add(
            layers.Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv")
        )
        base.add(layers.MaxPooling2D(2, name=f"block{block}_pool"))
    return base


def _classifier() -> keras.layers.Dense:
    from keras import layers

    return layers.Dense(len(LETTERS), activation="softmax", name="letters")


def _shipped(name: str) -> Any:
    return resources.files("course_utils").joinpath(name)


def _arrays(name: str) -> list[np.ndarray]:
    with _shipped(name).open("rb") as file, np.load(file) as arrays:
        return [arrays[key] for key in arrays.files]


if __name__ == "__main__":
    write(train_backbone(), Path(__file__).parents[1])
