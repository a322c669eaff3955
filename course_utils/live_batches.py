"""Training images without end, in new disguises: what a `LiveTrainer` learns from."""

from __future__ import annotations

import numpy as np

from course_utils.datasets.dataset import Dataset
from course_utils.datasets.digits import DIGITS

SHIFT = 2


class EndlessBatches:
    """Shuffled training images, each shifted by up to 2 pixels and mirrored half of the time.

    Digits are only shifted, because a mirrored digit is none. At the edge that a shift uncovers,
    the picture's outermost pixels are repeated.
    """

    def __init__(self, data: Dataset, seed: int = 0):
        self._images, self._labels = data.x_train, data.y_train
        self._mirrors = tuple(data.class_names) != DIGITS
        self._rng = np.random.default_rng(seed)
        self._queue: list[int] = []

    def next(self, size: int) -> tuple[np.ndarray, np.ndarray]:
        """Return `size` images and their labels; no image comes twice before all came once."""
        while len(self._queue) < size:
            self._queue += self._rng.permutation(len(self._images)).tolist()
        chosen, self._queue = self._queue[:size], self._queue[size:]
        images = np.stack([self._disguised(self._images[index]) for index in chosen])
        return images, self._labels[chosen].astype("int64")

    def _disguised(self, image: np.ndarray) -> np.ndarray:
        padded = np.pad(image, ((SHIFT, SHIFT), (SHIFT, SHIFT), (0, 0)), mode="edge")
        top, left = self._rng.integers(2 * SHIFT + 1, size=2)
        moved = padded[top : top + image.shape[0], left : left + image.shape[1]]
        return moved[:, ::-1] if self._mirrors and self._rng.random() < 0.5 else moved
