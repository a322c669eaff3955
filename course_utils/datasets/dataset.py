"""What a loaded data set consists of."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np


class Dataset(NamedTuple):
    """Images and labels for training and testing.

    ``x_train`` and ``x_test`` are float32 in [0, 1] of shape (n, height, width, channels),
    ``y_train`` and ``y_test`` class indices of shape (n,). ``is_standin`` tells whether this
    replaces the data set that was asked for; ``note`` says in one sentence what it is.
    """

    name: str
    x_train: np.ndarray
    y_train: np.ndarray
    x_test: np.ndarray
    y_test: np.ndarray
    class_names: tuple[str, ...]
    is_standin: bool
    note: str
