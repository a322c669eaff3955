"""The MNIST handwritten digits, or their stand-in."""

from __future__ import annotations

import numpy as np

from course_utils.datasets.dataset import Dataset
from course_utils.datasets.digits import DIGITS, load_digits_images
from course_utils.datasets.sources import RemoteFile, real_file

SIDE = 28
# The very file, and the checksum, of keras.datasets.mnist.
_FILE = RemoteFile(
    "mnist.npz",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",
    "731c5ac602752760c8e48fbffcf8c3b850d9dc2a2aedcf2cc48468fc17b673d1",
    11_490_434,
)


def load_mnist(source: str = "auto") -> Dataset:
    """Return MNIST (28×28 pixels, ten digits) or its stand-in, and print which one it is.

    The real data set (LeCun, Cortes and Burges, 1998) has 60,000 training and 10,000 test
    images. Its stand-in is scikit-learn's 1,797 smaller digits, enlarged to 28×28.

    Parameters
    ----------
    source : {"auto", "online", "offline"}
        "auto": the real data if they are on this machine, or if the server answers within five
        seconds; unless COURSE_DATA says otherwise. "online": the real data or an error.
        "offline": the stand-in.

    Raises
    ------
    RuntimeError
        For "online", if the real data cannot be had.
    ValueError
        If `source` is something else.
    """
    path = real_file(_FILE, source)
    if path is None:
        digits = load_digits_images(SIDE)
        note = f"MNIST is not at hand; you work with a stand-in: {digits.note}"
        data = digits._replace(name="MNIST stand-in", is_standin=True, note=note)
    else:
        with np.load(path) as arrays:
            x_train, x_test = _images(arrays["x_train"]), _images(arrays["x_test"])
            y_train, y_test = (arrays[name].astype("int64") for name in ("y_train", "y_test"))
        note = (
            f"MNIST, the real data: {len(x_train):,} training and {len(x_test):,} test images "
            f"of {SIDE}×{SIDE} pixels."
        )
        data = Dataset("MNIST", x_train, y_train, x_test, y_test, DIGITS, False, note)
    print(data.note)
    return data


def _images(pixels: np.ndarray) -> np.ndarray:
    return pixels[..., None].astype("float32") / 255
