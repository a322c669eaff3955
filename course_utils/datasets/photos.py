"""Two photographs that come with scikit-learn."""

from __future__ import annotations

import numpy as np


def load_sample_photos() -> dict[str, np.ndarray]:
    """Return the photographs "china" (a temple) and "flower" (a dahlia).

    Both are float32 in [0, 1] of shape (427, 640, 3): rows, columns, red-green-blue.
    """
    from sklearn.datasets import load_sample_image

    return {
        name: load_sample_image(f"{name}.jpg").astype("float32") / 255
        for name in ("china", "flower")
    }
