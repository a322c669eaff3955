"""What the checks of notebook 12 look at: networks built in the student's process.

``extracted``        calls a student's ``extract_features`` and returns the features
``unfreezing_facts`` calls a student's ``unfreeze_top_block`` and says what trains then

Both return plain values, so the exercises' definitions need no TensorFlow.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import keras

WEIGHTS_CHANGED = "the weights of the base have changed"
OTHER_ORDER = "the right rows, but not in the order of the images"
STOPS = "a training step stops with an error"
CLASSES = 3


def extracted(
    function: Callable[..., Any], images: np.ndarray, batch_size: int = 0, base: str = "small base"
) -> Any:
    """Return the features that a student's ``extract_features`` gives, or what is wrong.

    Parameters
    ----------
    function : callable
        ``function(base, images)`` or ``function(base, images, batch_size)``.
    images : (n, 4, 4, 2) array for the small base, (n, 32, 32, 3) for the backbone
    batch_size : int
        0: called without one.
    base : {"small base", "backbone"}
    """
    images = np.asarray(images, "float32")
    network = _small_base() if base == "small base" else _backbone()
    expected = np.asarray(network(images, training=False)).reshape(len(images), -1)
    before = network.get_weights()
    with _without_tracing_warnings():
        features = function(network, images, *([batch_size] if batch_size else []))
    if not all(map(np.array_equal, before, network.get_weights())):
        return WEIGHTS_CHANGED
    features = None if features is None else np.asarray(features)
    return OTHER_ORDER if _only_the_order_differs(features, expected) else features


def small_base_weights() -> list[np.ndarray]:
    """Return the whole-number weights of the small base, in Keras' order.

    Kernel (3, 3, 2, 3) and bias of its convolution; gamma, beta, moving mean and moving variance
    of its batch normalisation. The variance is 4: dividing by its root is exact.
    """
    kernel = np.arange(54).reshape(3, 3, 2, 3) * 5 % 7 - 3
    return [kernel, *map(np.array, ([1, -2, 3], [2, 4, -2], [3, 0, 5], [4, 2, 6], [4, 4, 4]))]


def unfreezing_facts(
    function: Callable[..., Any],
    base: str,
    prefix: str,
    learning_rate: float,
    loss: str = "sparse_categorical_crossentropy",
) -> list[str]:
    """Return what is so after a student's ``unfreeze_top_block``, see `facts`.

    The base begins frozen under a new head, compiled with Adam. Except for VGG16, where a step
    takes long, it has already learned for one step, as in the notebook.

    Parameters
    ----------
    function : callable
        ``function(model, base, prefix, learning_rate)``.
    base : {"three blocks", "backbone", "VGG16"}
    loss : str
        "sparse_categorical_crossentropy" or "categorical_crossentropy".
    """
    from course_utils.arithmetic.models import count_params

    network, head = _base_and_head(base)
    network.trainable = False
    model = _chain([network, *head])
    model.compile("adam", loss, metrics=["accuracy"])
    step = _training_step(model, loss)
    with _without_tracing_warnings():
        if base != "VGG16":
            step()
        function(model, network, prefix, learning_rate)
        layers = [*network.layers, *head]
        before = {layer.name: layer.get_weights() for layer in layers}
        count = count_params(model, trainable=True)
        fails = base != "VGG16" and not _succeeds(step)
    changed = [
        layer.name
        for layer in layers
        if not all(map(np.array_equal, before[layer.name], layer.get_weights()))
    ]
    optimizer = model.optimizer
    rate = float(optimizer.learning_rate)
    did = None if base == "VGG16" else STOPS if fails else changed
    return facts(count, type(optimizer).__name__, rate, _name(model.loss), did)


def facts(
    count: int, optimizer: str, learning_rate: float, loss: str, step: list[str] | str | None
) -> list[str]:
    """Return sentences about a compiled model and a training step.

    Parameters
    ----------
    count : int
        Trainable weights.
    step : list of str, str or None
        The names of the layers that the step changed, or what happened in place of it; None: no
        step was made.

    >>> facts(1500, "Adam", 0.001, "mse", ["dense"])
    ['1,500 weights train', 'Adam(0.001)', 'loss mse', 'a step changes dense']
    """
    sentences = [f"{count:,} weights train", f"{optimizer}({learning_rate:.5g})", f"loss {loss}"]
    if step is None:
        return sentences
    if isinstance(step, str):
        return [*sentences, step]
    return [*sentences, f"a step changes {', '.join(step) or 'nothing'}"]


def _only_the_order_differs(features: Any, expected: np.ndarray) -> bool:
    if np.shape(features) != expected.shape or features.dtype.kind not in "iuf":
        return False
    rounded = [rows.round(3) for rows in (features, expected)]
    ordered = [rows[np.lexsort(rows.T[::-1])] for rows in rounded]
    close = {"rtol": 1e-3, "atol": 2e-3}
    return not np.allclose(*rounded, **close) and np.allclose(*ordered, **close)


def _reports(step: Callable[[], set[str]]) -> set[str]:
    try:
        return step()
    # Whatever stops it, a wrong loss or an optimizer of other weights, is the student's.
    except Exception:
        return set()


def _name(loss: Any) -> str:
    """Return the name of a loss given as text, function or object."""
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", loss))


def _training_step(model: keras.Model, loss: str) -> Callable[[], None]:
    rng = np.random.default_rng(0)
    images = rng.random((6, *model.input_shape[1:])).astype("float32")
    labels = np.arange(6) % model.output_shape[-1]
    if loss == "categorical_crossentropy":
        labels = np.eye(model.output_shape[-1], dtype="float32")[labels]

    def step() -> None:
        # With fewer calls TensorFlow would warn of too many new functions in the next training.
        for _ in range(4):
            model.train_on_batch(images, labels)

    return step


@contextlib.contextmanager
def _without_tracing_warnings() -> Iterator[None]:
    """Keep TensorFlow from complaining that every new network is compiled anew."""
    logger = logging.getLogger("tensorflow")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _succeeds(step: Callable[[], None]) -> bool:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*not have any trainable weights")
        try:
            step()
        # Whatever stops it, a wrong loss or an optimizer of other weights, is the student's.
        except Exception:
            return False
    return True


def _name(loss: Any) -> str:
    """Return the name of a loss given as text, function or object."""
    return str(getattr(loss, "name", None) or getattr(loss, "__name__", loss))


def _training_step(model: keras.Model, loss: str) -> Callable[[], set[str]]:
    """Return a function that trains a little and returns the names of the metrics."""
    rng = np.random.default_rng(0)
    images = rng.random((6, *model.input_shape[1:])).astype("float32")
    labels = np.arange(6) % model.output_shape[-1]
    if loss == "categorical_crossentropy":
        labels = np.eye(model.output_shape[-1], dtype="float32")[labels]

    def step() -> set[str]:
        # With fewer calls TensorFlow would warn of too many new functions in the next training.
        for _ in range(4):
            logs = model.train_on_batch(images, labels, return_dict=True)
        return set(logs) - {"loss"}

    return step


def _base_and_head(base: str) -> tuple[keras.Model, list[keras.Layer]]:
    import keras
    from keras import layers

    if base == "VGG16":
        network = keras.applications.VGG16(include_top=False, weights=None, input_shape=(32, 32, 3))
        hidden = layers.Dense(256, activation="relu", name="hidden")
        return network, [layers.Flatten(), hidden, _classifier(10)]
    if base == "backbone":
        return _backbone(), [layers.Flatten(), layers.Dropout(0.3), _classifier(10)]
    return _three_blocks(), [layers.Flatten(), _classifier(CLASSES)]


def _classifier(classes: int) -> keras.Layer:
    import keras

    return keras.layers.Dense(classes, activation="softmax", name="classifier")


def _backbone() -> keras.Model:
    from course_utils.architectures.backbone import load_backbone

    return load_backbone()


def _chain(layers: Iterable[Any]) -> keras.Model:
    import keras

    first, *others = layers
    return keras.Sequential([keras.Input(first.input_shape[1:]), first, *others])


def _small_base() -> keras.Model:
    import keras

    network = keras.Sequential(
        [
            keras.Input((4, 4, 2)),
            keras.layers.Conv2D(3, 3, padding="same", activation="relu", name="block1_conv"),
            keras.layers.BatchNormalization(epsilon=1e-12, name="block1_norm"),
            keras.layers.MaxPooling2D(name="block1_pool"),
        ]
    )
    network.set_weights(small_base_weights())
    return network


def _three_blocks() -> keras.Model:
    from keras import Input, Sequential, layers

    options = {"padding": "same", "activation": "relu"}
    network = Sequential(
        [
            Input((8, 8, 3)),
            layers.Conv2D(4, 3, **options, name="block1_conv"),
            layers.MaxPooling2D(name="block1_pool"),
            layers.Conv2D(6, 3, **options, name="block2_conv1"),
            layers.Conv2D(6, 3, **options, name="block2_conv2"),
            layers.MaxPooling2D(name="block2_pool"),
            layers.Conv2D(8, 3, **options, name="block3_conv1"),
            layers.Conv2D(8, 3, **options, name="block3_conv2"),
            layers.MaxPooling2D(name="block3_pool"),
        ]
    )
    # Mostly positive: no layer may happen to be all zeros, or nothing would change it.
    rng = np.random.default_rng(0)
    network.set_weights([rng.uniform(-0.2, 0.4, w.shape) for w in network.get_weights()])
    return network
