"""Labelled pictures that an exercise did not train with, to see what a network has learned."""

from __future__ import annotations

import contextlib
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.datasets import load_mnist

if TYPE_CHECKING:
    import keras

Labelled = tuple[np.ndarray, np.ndarray]


def unseen_digits(source: str = "auto") -> Labelled:
    """Return 500 digits of MNIST or its stand-in, (500, 28, 28, 1), and their labels.

    They are neither among the first 200 training images nor among the test images.
    """
    with contextlib.redirect_stdout(io.StringIO()):  # which one it is, the notebook has said
        mnist = load_mnist(source)
    return mnist.x_train[200:700], mnist.y_train[200:700]


UNSEEN: dict[str, Callable[..., Labelled]] = {"digits": unseen_digits}


def accuracy(predicted: Any, labels: np.ndarray) -> float:
    """Return the share of rows whose largest number stands at the label; 0.0 for other shapes.

    Parameters
    ----------
    predicted : (n, classes) array
    labels : (n,) array of int
    """
    if not isinstance(predicted, np.ndarray) or predicted.ndim != 2:
        return 0.0
    if len(predicted) != len(labels) or predicted.dtype.kind != "f" or not predicted.shape[1]:
        return 0.0
    return float(np.mean(np.argmax(predicted, axis=1) == labels))


def accuracy_here(model: keras.Model, name: str) -> float:
    """Return the accuracy of a model of this process on the pictures called `name`."""
    from course_utils.rebuilt_models import predictions

    pictures, labels = UNSEEN[name]()
    return accuracy(predictions(model, pictures), labels)


def seldom_right(found: float, wanted: float, what: str) -> str:
    """Return the sentence for a student whose model is right too seldom."""
    return (
        f"Of {what} that it has not seen, the model recognises {found:.0%}, and {wanted:.0%} are "
        "asked for: is it the trained one?"
    )
