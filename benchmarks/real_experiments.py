"""The experiments of ``real_data.py``: each trains some networks and yields a row for each.

They take the folder with the data, and read MNIST and MobileNet's weights from KERAS_HOME.
"""

from __future__ import annotations

import io
import tarfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import keras
import numpy as np
from keras import Input, layers, models, optimizers
from PIL import Image

from course_utils.architectures.depth import digit_depth_net
from course_utils.architectures.lenet import lenet5
from course_utils.datasets import load_mnist
from course_utils.training import TrainingRun, fit_quietly

SEED = 0
CIFAR_CLASSES = "airplane automobile bird cat deer dog frog horse ship truck".split()


class Row(NamedTuple):
    """One trained network: accuracies after the last epoch, and validation's best epoch."""

    network: str
    images: str
    weights: int
    epochs: int
    seconds: float
    train: float
    validation: float
    best: float
    course_2019: str = ""


Data = tuple[np.ndarray, np.ndarray]


def train(
    name: str,
    model: keras.Model,
    data: Data,
    validation: Data,
    epochs: int,
    images: str,
    batch_size: int = 64,
    before: float = 0.0,
    below: int = 0,
    course_2019: str = "",
) -> tuple[Row, TrainingRun]:
    """Train a compiled model on inputs that took `before` seconds and `below` weights to make."""
    run = fit_quietly(
        model, *data, epochs=epochs, batch_size=batch_size, validation_data=validation, seed=SEED
    )
    history = run.history
    row = Row(
        name,
        images,
        model.count_params() + below,
        epochs,
        round(run.seconds + before, 1),
        round(history["accuracy"][-1], 3),
        round(history["val_accuracy"][-1], 3),
        round(max(history["val_accuracy"]), 3),
        course_2019,
    )
    print(row, flush=True)
    return row, run


def fresh() -> None:
    """Forget earlier models, and draw the same random weights whatever ran before."""
    keras.backend.clear_session()
    keras.utils.set_random_seed(SEED)


def compiled(model: keras.Model, optimizer: keras.optimizers.Optimizer) -> keras.Model:
    """Compile for whole-number labels."""
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def lenet(folder: Path) -> Iterator[Row]:
    """Notebook 06: LeNet-5 on all of MNIST."""
    mnist = load_mnist()
    test = (mnist.x_test, mnist.y_test)
    fresh()
    model = compiled(lenet5(), optimizers.Adam())
    yield train(
        "LeNet-5",
        model,
        (mnist.x_train, mnist.y_train),
        test,
        12,
        "MNIST, 60,000",
        128,
        course_2019="0.985",
    )[0]


def depth(folder: Path) -> Iterator[Row]:
    """Notebooks 07 and 08: plain, with shortcuts, with batch normalisation."""
    mnist = load_mnist()
    data = (mnist.x_train[:10_000], mnist.y_train[:10_000])
    test = (mnist.x_test[:2000], mnist.y_test[:2000])
    told = {"plain": "0.115", "residual": "0.971", "batchnorm": "0.967"}
    for layers_, kind in [(2, "plain"), (30, "plain"), (30, "residual"), (16, "batchnorm")]:
        fresh()
        model = digit_depth_net(layers_, kind, (28, 28, 1))
        known = told[kind] if layers_ > 2 else ""
        name = f"{layers_} convolutions, {kind}"
        yield train(name, model, data, test, 10, "MNIST, 10,000", course_2019=known)[0]


def augmentation(folder: Path) -> Iterator[Row]:
    """Notebook 05: the homework, 200 digits with and without augmentation."""
    mnist = load_mnist()
    data = (mnist.x_train[:200], mnist.y_train[:200])
    test = (mnist.x_test[:2000], mnist.y_test[:2000])
    for augmented in (False, True):
        fresh()
        constant = {"fill_mode": "constant"}
        random = [
            layers.RandomTranslation(0.1, 0.1, **constant),
            layers.RandomRotation(0.04, **constant),
            layers.RandomZoom(0.1, 0.1, **constant),
        ]
        stack = [
            Input((28, 28, 1)),
            *(random if augmented else []),
            *_convolutions(16, 32),
            layers.Flatten(),
            *([layers.Dropout(0.25)] if augmented else []),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ]
        model = compiled(models.Sequential(stack), optimizers.Adam(2e-3))
        name = "two convolutions" + (", augmentation and dropout" if augmented else "")
        yield train(name, model, data, test, 120, "MNIST, 200", 32)[0]


def _convolutions(*filters: int) -> list[keras.Layer]:
    """Return 3×3 convolutions, each followed by max-pooling."""
    return [
        layer
        for number in filters
        for layer in (layers.Conv2D(number, 3, activation="relu"), layers.MaxPooling2D())
    ]


def pets(folder: Path, size: int, limit: int | None = None) -> tuple[Data, Data]:
    """Return training and validation pictures of cats and dogs in [0, 1]."""
    parts = []
    for part in ("train", "validation"):
        data = keras.utils.image_dataset_from_directory(
            folder / "dogs-vs-cats" / part, image_size=(size, size), batch_size=None, seed=SEED,
            verbose=False,
        )  # fmt: skip
        pairs = list(data.as_numpy_iterator())
        x = np.stack([pair[0] for pair in pairs]) / np.float32(255)
        parts.append((x, np.array([pair[1] for pair in pairs])))
    train_part, validation = parts
    return (train_part[0][:limit], train_part[1][:limit]), validation


def cats_and_dogs(folder: Path) -> Iterator[Row]:
    """Notebooks 04, 05 and 12: from scratch, with augmentation, and from MobileNet's features."""
    data, validation = pets(folder, 100)
    for augmented in (False, True):
        fresh()
        random = [
            layers.RandomFlip("horizontal"),
            layers.RandomRotation(0.05),
            layers.RandomTranslation(0.08, 0.08),
            layers.RandomZoom(0.1),
        ]
        stack = [
            Input((100, 100, 3)),
            *(random if augmented else []),
            *_convolutions(32, 64, 128, 128),
            layers.Flatten(),
            *([layers.Dropout(0.5)] if augmented else []),
            layers.Dense(128, activation="relu"),
            layers.Dense(2, activation="softmax"),
        ]
        model = compiled(models.Sequential(stack), optimizers.Adam(1e-3))
        name = "small convnet" + (", augmentation and dropout" if augmented else "")
        epochs = 30 if augmented else 12
        yield train(
            name, model, data, validation, epochs, "cats and dogs, 1,200", 32, course_2019="0.71"
        )[0]
    data, validation = pets(folder, 150, limit=200)
    start = time.perf_counter()
    base = mobilenet(150, pooling="avg")
    features = [base.predict(2 * part[0] - 1, verbose=0) for part in (data, validation)]
    seconds = time.perf_counter() - start
    fresh()
    head = models.Sequential([Input((256,)), layers.Dense(2, activation="softmax")])
    model = compiled(head, optimizers.Adam(1e-2))
    pairs = (features[0], data[1]), (features[1], validation[1])
    name = "classifier on frozen MobileNet-0.25"
    images, below = "cats and dogs, 200", base.count_params()
    yield train(name, model, *pairs, 40, images, 32, seconds, below)[0]


def mobilenet(size: int, pooling: str | None = None) -> keras.Model:
    """Return MobileNet-0.25 without its top, trained on ImageNet; images are in [-1, 1]."""
    shape = (size, size, 3)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*weights for input shape.*")
        return keras.applications.MobileNet(
            alpha=0.25, include_top=False, weights="imagenet", input_shape=shape, pooling=pooling
        )


def cifar(folder: Path, n_train: int, n_test: int) -> tuple[Data, Data]:
    """Return CIFAR-10 from JPEG files; Keras itself only accepts the original archive."""
    wanted = {"train": n_train, "test": n_test}
    found: dict[str, tuple[list[np.ndarray], list[int]]] = {"train": ([], []), "test": ([], [])}
    with tarfile.open(folder / "cifar10" / "cifar10-jpeg.tar.xz") as archive:
        for member in archive:
            if not member.isfile():
                continue
            _, part, name, _ = member.name.split("/")
            x, y = found[part]
            if len(x) < wanted[part]:
                file = archive.extractfile(member)
                x.append(np.asarray(Image.open(io.BytesIO(file.read()))))
                y.append(CIFAR_CLASSES.index(name))
    pairs = [(np.stack(x).astype("float32") / 255, np.array(y)) for x, y in found.values()]
    return pairs[0], pairs[1]


def cifar10(folder: Path) -> Iterator[Row]:
    """Notebook 12: from scratch, frozen features, last blocks fine-tuned."""
    data, test = cifar(folder, 8000, 2000)
    images = "CIFAR-10 (JPEG), 8,000"
    fresh()
    stack = [
        Input((32, 32, 3)),
        *_convolutions(32, 64, 64),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
    model = compiled(models.Sequential(stack), optimizers.Adam(1e-3))
    yield train("small convnet", model, data, test, 15, images, course_2019="0.50")[0]

    start = time.perf_counter()
    base = mobilenet(150)
    cut = base.get_layer("conv_pw_11_relu").output
    below = models.Model(base.input, cut)
    maps = [np.concatenate(list(_in_batches(below, part[0]))) for part in (data, test)]
    seconds = time.perf_counter() - start
    for tuned, told in ((False, "0.587 (VGG16)"), (True, "0.728 (VGG16)")):
        if not tuned:
            model = _top(base, cut.shape[1:])
            model.get_layer("blocks").trainable = False
            compiled(model, optimizers.Adam(1e-3))
        else:  # goes on from the trained classifier
            model.get_layer("blocks").trainable = True
            compiled(model, optimizers.Adam(1e-4))
        name = "MobileNet-0.25, " + ("last two blocks fine-tuned" if tuned else "frozen")
        pairs = (maps[0], data[1]), (maps[1], test[1])
        yield train(name, model, *pairs, 15, images, 64, seconds, below.count_params(), told)[0]


def _in_batches(model: keras.Model, images: np.ndarray) -> Iterator[np.ndarray]:
    """Yield a model's answer to images of 32×32 pixels in [0, 1], enlarged to its input."""
    size = model.input.shape[1:3]
    for first in range(0, len(images), 250):
        large = keras.ops.image.resize(images[first : first + 250], size)
        yield model.predict(2 * np.asarray(large) - 1, verbose=0)


def _top(base: keras.Model, shape: tuple[int, ...]) -> keras.Model:
    """Return the layers of `base` behind its twelfth block, and a new classifier."""
    inputs = x = Input(shape)
    names = [layer.name for layer in base.layers]
    for layer in base.layers[names.index("conv_pw_11_relu") + 1 :]:
        is_norm = isinstance(layer, layers.BatchNormalization)
        x = layer(x, training=False) if is_norm else layer(x)
    blocks = models.Model(inputs, x, name="blocks")
    stack = [Input(shape), blocks, layers.GlobalAveragePooling2D(), layers.Dropout(0.2)]
    return models.Sequential([*stack, layers.Dense(10, activation="softmax")])


EXPERIMENTS: dict[str, Callable[[Path], Iterator[Row]]] = {
    "lenet": lenet,
    "depth": depth,
    "augmentation": augmentation,
    "cats_and_dogs": cats_and_dogs,
    "cifar10": cifar10,
}
