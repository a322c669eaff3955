"""A pretrained base to work with: VGG16's where its weights can be had, the course's otherwise."""

from __future__ import annotations

import os
import queue
import socket
import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from course_utils.architectures.backbone import load_backbone
from course_utils.environment import data_mode

if TYPE_CHECKING:
    import keras

PATIENCE = 5.0
# Where keras.applications keeps and fetches the weights of VGG16 without its dense layers.
_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
_SERVER = ("storage.googleapis.com", 443)


class ReadyBase(NamedTuple):
    """A frozen base for images of 32×32 pixels, and what it needs done to pixels from 0 to 1."""

    base: keras.Model
    preprocess: Callable[[np.ndarray], np.ndarray]


def pretrained_base() -> ReadyBase:
    """Return VGG16's base with its ImageNet weights, or the course's backbone; print which.

    VGG16's weights (59 MB) are used if they are on this machine, or if the server answers within
    five seconds; never when COURSE_DATA is "offline". Its base gives maps of 1×1×512, the
    backbone 4×4×64.
    """
    if data_mode() != "offline" and (_cached() or _server_answers()):
        base = _vgg16()
        if base is not None:
            print("VGG16's convolutional base, with the weights it learned on ImageNet.")
            return ReadyBase(base, _as_vgg16_saw_them)
    print("VGG16's ImageNet weights are not at hand; the course's backbone takes their place.")
    return ReadyBase(load_backbone(), np.asarray)


def _vgg16() -> keras.Model | None:
    import keras

    try:
        base = keras.applications.VGG16(
            include_top=False, weights="imagenet", input_shape=(32, 32, 3)
        )
    # Keras raises a bare Exception when a download breaks off.
    except Exception as problem:
        print(f"VGG16's weights could not be fetched ({str(problem)[:80]}).")
        return None
    base.trainable = False
    return base


def _as_vgg16_saw_them(images: np.ndarray) -> np.ndarray:
    from keras.applications.vgg16 import preprocess_input

    return preprocess_input(255.0 * np.asarray(images))


def _cached() -> bool:
    home = os.environ.get("KERAS_HOME") or Path.home() / ".keras"
    return (Path(home).expanduser() / "models" / _FILE).is_file()


def _server_answers() -> bool:
    answers: queue.Queue[bool] = queue.Queue(maxsize=1)

    def ask() -> None:
        try:
            socket.create_connection(_SERVER, timeout=PATIENCE).close()
        except OSError:
            answers.put(False)
        else:
            answers.put(True)

    # In a thread, because looking up a name obeys no time limit.
    threading.Thread(target=ask, daemon=True).start()
    try:
        return answers.get(timeout=PATIENCE)
    except queue.Empty:
        return False
