"""The CIFAR-10 photographs, or their stand-in."""

from __future__ import annotations

import io
import pickle
import tarfile
from pathlib import Path
from typing import Any

import numpy as np

from course_utils.datasets.clutter import SIDE, digits_on_clutter
from course_utils.datasets.dataset import Dataset
from course_utils.datasets.sources import RemoteFile, cache_folder, real_file
from course_utils.environment import data_mode

CLASSES = tuple("airplane automobile bird cat deer dog frog horse ship truck".split())
# The very file, and the checksum, of keras.datasets.cifar10, and where Keras unpacks it.
_FILE = RemoteFile(
    "cifar-10-batches-py-target_archive",
    "https://www.cs.toronto.edu/~kriz/cifar-10-python.tar.gz",
    "6d958be074577803d12ecdefd02955f39262c83c16fe9348329d7fe0b5c001ce",
    170_498_071,
)
_UNPACKED = "cifar-10-batches-py-target"
_FOLDER = "cifar-10-batches-py"
_TRAIN, _TEST = tuple(f"data_batch_{number}" for number in range(1, 6)), "test_batch"


def load_cifar10(source: str = "auto") -> Dataset:
    """Return CIFAR-10 (32×32 colour photographs, ten classes) or its stand-in; print which it is.

    The real data set (A. Krizhevsky, "Learning multiple layers of features from tiny images",
    2009) has 50,000 training and 10,000 test images. Its stand-in is `digits_on_clutter`: as
    large, as many classes, but 1,797 images and nothing photographed. Labels have shape (n,);
    Keras' own ``load_data`` gives (n, 1).

    Parameters
    ----------
    source : {"auto", "online", "offline"}
        "auto": the real data if they are on this machine, or if the server answers within five
        seconds (170 MB are fetched then); unless COURSE_DATA says otherwise. "online": the real
        data or an error. "offline": the stand-in.

    Raises
    ------
    RuntimeError
        For "online", if the real data cannot be had.
    ValueError
        If `source` is something else.
    """
    arrays = _real_arrays(source)
    if arrays is None:
        digits = digits_on_clutter()
        note = f"CIFAR-10 is not at hand; you work with a stand-in: {digits.note}"
        data = digits._replace(name="CIFAR-10 stand-in", is_standin=True, note=note)
    else:
        x_train, y_train, x_test, y_test = arrays
        note = (
            f"CIFAR-10, the real data: {len(x_train):,} training and {len(x_test):,} test "
            f"photographs of {SIDE}×{SIDE} pixels."
        )
        data = Dataset("CIFAR-10", x_train, y_train, x_test, y_test, CLASSES, False, note)
    print(data.note)
    return data


def _real_arrays(source: str) -> tuple[np.ndarray, ...] | None:
    """Return training and test images and labels, or None: use the stand-in."""
    files = _unpacked_files() if _mode(source) in ("auto", "online") else None
    if files is None:
        path = real_file(_FILE, source)
        if path is None:
            return None
        files = _files_in(path)
    return (*_decoded([files[name] for name in _TRAIN]), *_decoded([files[_TEST]]))


def _mode(source: str) -> str:
    return data_mode() if source == "auto" else source


def _unpacked_files() -> dict[str, bytes] | None:
    """Return the files that Keras has unpacked, if it has."""
    folder = cache_folder() / _UNPACKED / _FOLDER
    if not all((folder / name).is_file() for name in (*_TRAIN, _TEST)):
        return None
    return {name: (folder / name).read_bytes() for name in (*_TRAIN, _TEST)}


def _files_in(path: Path) -> dict[str, bytes]:
    # In the archive's own order: going back in a compressed file means starting over.
    with tarfile.open(path) as archive:
        return {
            member.name.rpartition("/")[2]: archive.extractfile(member).read()
            for member in archive
            if member.isfile()
        }


def _decoded(files: list[bytes]) -> tuple[np.ndarray, np.ndarray]:
    """Return the images of several files as float32 (n, 32, 32, 3) in [0, 1], and the labels."""
    batches = [_NumbersOnly(io.BytesIO(file), encoding="bytes").load() for file in files]
    # Three planes, red, green and blue, one after the other.
    planes = np.concatenate([batch[b"data"] for batch in batches]).reshape(-1, 3, SIDE, SIDE)
    images = planes.transpose(0, 2, 3, 1).astype("float32", order="C")
    images /= 255
    return images, np.concatenate([batch[b"labels"] for batch in batches]).astype("int64")


class _NumbersOnly(pickle.Unpickler):
    """Reads arrays of numbers and nothing else: other pickles can run programs."""

    _ALLOWED = frozenset(
        {
            ("numpy", "ndarray"),
            ("numpy", "dtype"),
            ("numpy.core.multiarray", "_reconstruct"),
            ("numpy._core.multiarray", "_reconstruct"),
            ("_codecs", "encode"),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in self._ALLOWED:
            raise pickle.UnpicklingError(f"a CIFAR-10 file must not contain {module}.{name}")
        return super().find_class(module, name)
