"""Train all 36 networks of the toy architecture search and write course_utils/nas_table.csv.

Usage: ``python benchmarks/nas_table.py`` (one to two minutes on two cores). Every network gets the
same seed and the same short training, as candidates of a real search do: an accuracy says how
good a network looks after 8 epochs, not how good it could become.
"""

from __future__ import annotations

import csv
import os
from itertools import product
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

import keras
from keras import Input, layers, models, optimizers

from course_utils.datasets import Dataset, load_digits_images
from course_utils.nas import TOY_OPERATIONS
from course_utils.training import fit_quietly

TABLE = Path(__file__).parents[1] / "course_utils" / "nas_table.csv"
FILTERS, EPOCHS, BATCH_SIZE, LEARNING_RATE, SEED = 16, 8, 64, 1e-2, 0


def operation(name: str) -> keras.Layer:
    """Return the layer for one of ``TOY_OPERATIONS``; all of them keep height and width."""
    same = {"padding": "same", "activation": "relu"}
    makers = {
        "identity": lambda: layers.Identity(),
        "3×3 max pooling": lambda: layers.MaxPooling2D(3, strides=1, padding="same"),
        "1×1 convolution": lambda: layers.Conv2D(FILTERS, 1, **same),
        "3×3 separable convolution": lambda: layers.SeparableConv2D(FILTERS, 3, **same),
        "3×3 convolution": lambda: layers.Conv2D(FILTERS, 3, **same),
        "3×3 dilated convolution": lambda: layers.Conv2D(FILTERS, 3, dilation_rate=2, **same),
    }
    return makers[name]()


def child_network(first: str, second: str) -> keras.Model:
    """Return a compiled network: two operations, global average pooling, softmax."""
    keras.utils.set_random_seed(SEED)
    network = models.Sequential(
        [
            Input((8, 8, 1)),
            operation(first),
            operation(second),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, activation="softmax"),
        ]
    )
    optimizer = optimizers.Adam(learning_rate=LEARNING_RATE)
    network.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return network


def held_out_accuracy(network: keras.Model, digits: Dataset) -> float:
    """Train a network and return its accuracy on the held-out digits."""
    held_out = (digits.x_test, digits.y_test)
    run = fit_quietly(
        network,
        digits.x_train,
        digits.y_train,
        epochs=EPOCHS,
        batch_size=BATCH_SIZE,
        validation_data=held_out,
        seed=SEED,
    )
    return run.history["val_accuracy"][-1]


def main() -> None:
    """Train every network and write the table."""
    digits = load_digits_images(size=8)
    with TABLE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["first", "second", "parameters", "accuracy", "seed"])
        for first, second in product(TOY_OPERATIONS, repeat=2):
            network = child_network(first, second)
            accuracy = held_out_accuracy(network, digits)
            print(f"{first:26} {second:26} {accuracy:.4f}", flush=True)
            writer.writerow([first, second, network.count_params(), f"{accuracy:.4f}", SEED])
            keras.backend.clear_session()


if __name__ == "__main__":
    main()
