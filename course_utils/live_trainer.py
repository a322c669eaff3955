"""A network that trains before your eyes, as in the ConvNetJS demonstration.

Its page, https://cs.stanford.edu/people/karpathy/convnetjs/demo/cifar10.html, trains a network in
the browser and lets you change the settings meanwhile. So does `LiveTrainer`, with a Keras model.
"""

from __future__ import annotations

import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from course_utils.datasets.dataset import Dataset
from course_utils.live_batches import EndlessBatches

if TYPE_CHECKING:
    import keras
    from matplotlib.figure import Figure

# Loss and training accuracy are averages over the last WINDOW training images, the validation
# accuracy is measured on the first VALIDATION_IMAGES test images.
WINDOW, VALIDATION_IMAGES = 100, 200
SHOWN = 10

# The forward pass is timed by itself now and then, because it costs time; times are medians.
_FORWARD_EVERY, _TIMED = 8, 100


class Readings(NamedTuple):
    """What the panel reads out; times are milliseconds per example.

    The losses are those of the demonstration: cross-entropy, and weight decay.
    """

    forward_ms: float
    backward_ms: float
    classification_loss: float
    l2_loss: float
    train_accuracy: float
    validation_accuracy: float
    examples_seen: int


class LiveTrainer:
    """Trains a classifier a few steps at a time, with settings that may change in between.

    ``learning_rate``, ``momentum``, ``batch_size`` and ``l2`` can be read and set at any time;
    ``losses`` has one number for each step, ``readings`` the latest `Readings`.
    Training images come in the disguises of `EndlessBatches`.

    Parameters
    ----------
    model : keras.Model
        With at least one convolution and a softmax for each class. Need not be compiled.
    data : Dataset
    batch_size : int
        4, as in the demonstration.
    l2 : float
        Weight decay: half of it times the sum of all squared weights, biases left out, is
        added to the loss.
    optimizer : keras.optimizers.Optimizer, optional
        A new one. By default ``Adadelta(learning_rate=1.0)``, the demonstration's.

    Raises
    ------
    ValueError
        If model and data do not fit, or a setting is out of range.
    """

    def __init__(
        self,
        model: keras.Model,
        data: Dataset,
        batch_size: int = 4,
        l2: float = 1e-4,
        optimizer: keras.optimizers.Optimizer | None = None,
    ):
        import keras

        _require_fit(model, data)
        self.model, self.data = model, data
        self.losses: list[float] = []
        self.readings = Readings(*[math.nan] * 6, examples_seen=0)
        self.batch_size, self.l2 = batch_size, l2
        self._optimizer = optimizer or keras.optimizers.Adadelta(learning_rate=1.0)
        _build(self._optimizer, model)
        self._batches = EndlessBatches(data)
        self._recent: deque[tuple[float, bool]] = deque(maxlen=WINDOW)
        self._step_times: deque[float] = deque(maxlen=_TIMED)
        self._forward_times: deque[float] = deque(maxlen=_TIMED // _FORWARD_EVERY)
        self._trace()

    @property
    def learning_rate(self) -> float:
        """The optimizer's learning rate, above 0."""
        # Kept in single precision: 0.01 would read 0.00999999978.
        return float(f"{float(self._optimizer.learning_rate):.6g}")

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        if not 0 < value < math.inf:
            raise ValueError(f"the learning rate must be above 0, got {value}")
        self._optimizer.learning_rate = value

    @property
    def momentum(self) -> float | None:
        """The optimizer's momentum, from 0 to below 1; None if it has none, as Adadelta."""
        momentum = getattr(self._optimizer, "momentum", None)
        return None if momentum is None else float(momentum)

    @momentum.setter
    def momentum(self, value: float) -> None:
        if self.momentum is None:
            raise ValueError(
                f"{type(self._optimizer).__name__} has no momentum; start with "
                "optimizer=keras.optimizers.SGD(0.01, momentum=0.9)"
            )
        if not 0 <= value < 1:
            raise ValueError(f"the momentum must be from 0 to below 1, got {value}")
        self._optimizer.momentum = value
        # Unlike the learning rate it is a constant of the compiled step.
        self._trace()

    @property
    def batch_size(self) -> int:
        """Images in a step, at least 1."""
        return self._batch_size

    @batch_size.setter
    def batch_size(self, value: int) -> None:
        if value != int(value) or not 1 <= value <= len(self.data.x_train):
            raise ValueError(
                f"the batch size must be a whole number from 1 to {len(self.data.x_train)}, "
                f"got {value}"
            )
        self._batch_size = int(value)

    @property
    def l2(self) -> float:
        """The weight decay, 0 or more."""
        return self._l2

    @l2.setter
    def l2(self, value: float) -> None:
        if not 0 <= value < math.inf:
            raise ValueError(f"the weight decay must be 0 or more, got {value}")
        self._l2 = float(value)

    def step(self, n: int = 1) -> Readings:
        """Train on `n` batches and return the new readings.

        Raises
        ------
        ValueError
            If `n` is below 1.
        """
        if n < 1:
            raise ValueError(f"the number of steps must be at least 1, got {n}")
        for _ in range(n):
            self._train_on_one_batch()
        return self._read()

    def step_for(self, seconds: float) -> Readings:
        """Train on as many batches as begin within `seconds`, at least one."""
        end = time.perf_counter() + seconds
        self._train_on_one_batch()
        while time.perf_counter() < end:
            self._train_on_one_batch()
        return self._read()

    def figure(self) -> Figure:
        """Draw readings, loss, the filters of the first convolution and test predictions."""
        from course_utils.plots.live_training import plot_live_training

        images = self.data.x_test[:SHOWN]
        return plot_live_training(
            self.readings,
            self.losses,
            np.asarray(_first_filters(self.model)),
            images,
            self.data.y_test[:SHOWN],
            self._probabilities(images),
            self.data.class_names,
        )

    def show(self) -> None:
        """Show the figure with buttons to start and pause, and fields for the settings."""
        from course_utils.explore.live_panel import show_live_trainer

        show_live_trainer(self)

    def _trace(self) -> None:
        """Compile the step and the forward pass; makes no step."""
        import tensorflow as tf

        images = tf.TensorSpec((None, *self.model.input_shape[1:]), tf.float32)
        labels, decay = tf.TensorSpec((None,), tf.int64), tf.TensorSpec((), tf.float32)
        self._update = tf.function(self._update_weights, input_signature=[images, labels, decay])
        self._predict = tf.function(self._call, input_signature=[images])
        self._update.get_concrete_function()
        self._predict.get_concrete_function()

    def _call(self, images: Any) -> Any:
        return self.model(images, training=False)

    def _update_weights(self, images: Any, labels: Any, decay: Any) -> tuple[Any, ...]:
        """Make one step; return losses and predictions from before it."""
        import keras
        import tensorflow as tf

        weights = self.model.trainable_variables
        with tf.GradientTape() as tape:
            probabilities = self.model(images, training=True)
            losses = keras.losses.sparse_categorical_crossentropy(labels, probabilities)
            squares = [tf.reduce_sum(tf.square(w.value)) for w in weights if len(w.shape) > 1]
            decay_loss = decay / 2 * tf.add_n(squares)
            loss = tf.reduce_mean(losses) + decay_loss
        self._optimizer.apply(tape.gradient(loss, [w.value for w in weights]), weights)
        return losses, decay_loss, tf.argmax(probabilities, axis=1) == labels

    def _train_on_one_batch(self) -> None:
        import tensorflow as tf

        images, labels = map(tf.constant, self._batches.next(self.batch_size))
        if len(self.losses) % _FORWARD_EVERY == 0:
            start = time.perf_counter()
            self._probabilities(images)
            self._forward_times.append((time.perf_counter() - start) / len(images))
        start = time.perf_counter()
        losses, decay_loss, hits = [
            tensor.numpy() for tensor in self._update(images, labels, self.l2)
        ]
        self._step_times.append((time.perf_counter() - start) / len(images))
        self.losses.append(float(losses.mean()))
        self._recent.extend(zip(losses, hits, strict=True))
        seen = self.readings.examples_seen + len(losses)
        self.readings = self.readings._replace(l2_loss=float(decay_loss), examples_seen=seen)

    def _read(self) -> Readings:
        """Bring the readings up to date."""
        step, forward = (
            1000 * float(np.median(times)) for times in (self._step_times, self._forward_times)
        )
        losses, hits = zip(*self._recent, strict=True)
        right = self._probabilities(self.data.x_test[:VALIDATION_IMAGES]).argmax(axis=1)
        self.readings = self.readings._replace(
            forward_ms=forward,
            # A step makes a forward pass of its own.
            backward_ms=max(step - forward, 0.0),
            classification_loss=float(np.mean(losses)),
            train_accuracy=float(np.mean(hits)),
            validation_accuracy=float(np.mean(right == self.data.y_test[:VALIDATION_IMAGES])),
        )
        return self.readings

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        return self._predict(images).numpy()


def _require_fit(model: keras.Model, data: Dataset) -> None:
    """Raise ValueError where a model cannot learn the data."""
    if model.input_shape[1:] != data.x_train.shape[1:]:
        raise ValueError(
            f"the model takes images of {model.input_shape[1:]}, {data.name} has "
            f"{data.x_train.shape[1:]}"
        )
    if model.output_shape[1:] != (len(data.class_names),):
        raise ValueError(
            f"the model gives {model.output_shape[1:]} numbers for an image, {data.name} has "
            f"{len(data.class_names)} classes"
        )
    _first_filters(model)


def _first_filters(model: keras.Model) -> Any:
    for weight in model.weights:
        if len(weight.shape) == 4:
            return weight
    raise ValueError(f"the model {model.name!r} has no convolution whose filters could be shown")


def _build(optimizer: keras.optimizers.Optimizer, model: keras.Model) -> None:
    """Give an optimizer its memory for each weight."""
    momentum = getattr(optimizer, "momentum", None)
    if momentum == 0:
        # It keeps no velocities otherwise, and momentum could not be turned on later.
        optimizer.momentum = 0.9
    optimizer.build(model.trainable_variables)
    if momentum == 0:
        optimizer.momentum = momentum
