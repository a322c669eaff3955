"""Short training runs that print nothing."""

from __future__ import annotations

import os
import time
import warnings
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import keras


class TrainingRun(NamedTuple):
    """What happened in training.

    ``history`` has one list per metric, one number per epoch, as Keras' ``History.history``:
    ``run.history["val_accuracy"][-1]``. ``seconds`` is wall-clock time.
    """

    history: dict[str, list[float]]
    seconds: float


def fit_quietly(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    epochs: int,
    batch_size: int | None = None,
    validation_data: Any = None,
    seed: int = 0,
) -> TrainingRun:
    """Train a compiled model without a progress bar and return what happened.

    With the environment variable COURSE_FAST=1 there is one epoch only, to see whether a
    notebook runs; its numbers then mean nothing.

    Parameters
    ----------
    model : keras.Model
    x, y : arrays
        Or, without `y`, anything ``model.fit`` takes: a ``PyDataset``, a ``tf.data.Dataset``.
    epochs : int
    batch_size : int, optional
        For arrays; Keras' default is 32.
    validation_data : optional
        As in ``model.fit``.
    seed : int
        Makes shuffling, dropout and augmentation repeat. Initial weights are drawn when the
        model is built: call ``environment.set_seed`` before that.

    Returns
    -------
    TrainingRun
    """
    import keras

    if os.environ.get("COURSE_FAST") == "1":
        epochs = 1
    keras.utils.set_random_seed(seed)
    start = time.perf_counter()
    with warnings.catch_warnings():
        # Of a tf.data.Dataset, which shuffles itself, Keras says so on stderr.
        warnings.filterwarnings("ignore", message=".*shuffle=True.* was passed")
        history = model.fit(
            x,
            y,
            epochs=epochs,
            batch_size=batch_size,
            validation_data=validation_data,
            verbose=0,
        ).history
    seconds = time.perf_counter() - start
    return TrainingRun(
        {name: [float(v) for v in values] for name, values in history.items()}, seconds
    )
