"""CIFAR-10 from Keras' cache where it is, digits on clutter where it is not."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import socket
import tarfile
from pathlib import Path

import numpy as np
import pytest

from course_utils.datasets import cifar10
from course_utils.datasets.cifar10 import load_cifar10
from course_utils.datasets.clutter import digits_on_clutter
from tests.conftest import ROOT

REAL_DATA = Path(os.environ.get("COURSE_REAL_DATA", ROOT.parent / "shared" / "data"))
ORIGINALS = REAL_DATA / "cifar10" / "cifar10-train-first2000-lossless.npz"


@pytest.fixture
def cache(monkeypatch, tmp_path):
    """An empty cache; COURSE_DATA is "auto" and the network is down."""

    def fail(*_, **__):
        raise socket.gaierror("no such host")

    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setattr(socket, "getaddrinfo", fail)
    folder = tmp_path / "datasets"
    folder.mkdir()
    return folder


def batch_files(images, labels):
    """Return six files in the format of the original, the last with the test images."""
    planes = images.transpose(0, 3, 1, 2).reshape(len(images), -1)
    names = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]
    chunks = zip(names, np.array_split(planes, 6), np.array_split(labels, 6), strict=True)
    return {
        name: pickle.dumps({b"data": data, b"labels": [int(x) for x in labels]}, protocol=2)
        for name, data, labels in chunks
    }


def unpack(cache, files):
    folder = cache / "cifar-10-batches-py-target" / "cifar-10-batches-py"
    folder.mkdir(parents=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def pack(cache, files, monkeypatch):
    """Put an archive where Keras puts the original, and take it for the original."""
    path = cache / "cifar-10-batches-py-target_archive"
    with tarfile.open(path, "w:gz") as archive:
        # Not in the order of their numbers, as in the original.
        for name in sorted(files, reverse=True):
            member = tarfile.TarInfo(f"cifar-10-batches-py/{name}")
            member.size = len(files[name])
            archive.addfile(member, io.BytesIO(files[name]))
    checksum = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(cifar10, "_FILE", cifar10._FILE._replace(sha256=checksum))


@pytest.fixture(scope="module")
def pixels():
    rng = np.random.default_rng(0)
    return rng.integers(256, size=(60, 32, 32, 3), dtype=np.uint8), np.arange(60) % 10


@pytest.mark.parametrize("how", ["archive", "unpacked"])
@pytest.mark.parametrize("source", ["auto", "online"])
def test_what_keras_has_fetched_is_used(cache, monkeypatch, pixels, capsys, how, source):
    images, labels = pixels
    files = batch_files(images, labels)
    if how == "archive":
        pack(cache, files, monkeypatch)
    else:
        unpack(cache, files)
    data = load_cifar10(source)
    assert not data.is_standin
    assert data.x_train.dtype == data.x_test.dtype == np.float32
    together = np.concatenate([data.x_train, data.x_test])
    np.testing.assert_array_equal(np.rint(together * 255), images)
    np.testing.assert_array_equal(np.concatenate([data.y_train, data.y_test]), labels)
    assert data.y_train.shape == (50,)
    assert capsys.readouterr().out == data.note + "\n"
    assert "real" in data.note
    assert "stand-in" not in data.note


def test_the_file_is_where_keras_puts_it_and_the_one_keras_wants():
    import inspect

    import keras

    source = inspect.getsource(keras.datasets.cifar10.load_data)
    assert cifar10._FILE.url in source
    assert cifar10._FILE.sha256 in source
    assert f'"{cifar10._UNPACKED}"' in source


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_offline_gives_the_stand_in_even_if_the_real_data_are_there(
    cache, monkeypatch, pixels, capsys, how
):
    unpack(cache, batch_files(*pixels))
    if how == "variable":
        monkeypatch.setenv("COURSE_DATA", "offline")
    data = load_cifar10("offline" if how == "argument" else "auto")
    assert data.is_standin
    assert data.x_train.shape[1:] == (32, 32, 3)
    assert len(data.class_names) == 10
    np.testing.assert_array_equal(data.x_test, digits_on_clutter().x_test)
    assert capsys.readouterr().out == data.note + "\n"
    assert "stand-in" in data.note


def test_auto_without_a_network_falls_back(cache):
    assert load_cifar10().is_standin


def test_an_incomplete_folder_is_not_used(cache, pixels):
    (unpack(cache, batch_files(*pixels)) / "test_batch").unlink()
    assert load_cifar10().is_standin


def test_online_without_a_network_says_what_to_do(cache):
    with pytest.raises(RuntimeError, match=r'could not be fetched .*source="offline"'):
        load_cifar10("online")


def test_unknown_sources_are_refused():
    with pytest.raises(ValueError, match="'web'; use one of auto, online, offline"):
        load_cifar10("web")


def test_a_file_that_would_run_a_program_is_refused(cache, pixels, tmp_path):
    class Program:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "made"),)

    files = batch_files(*pixels)
    unpack(cache, {**files, "test_batch": pickle.dumps(Program())})
    with pytest.raises(pickle.UnpicklingError, match=r"must not contain .*mkdir"):
        load_cifar10()
    assert not (tmp_path / "made").exists()


@pytest.mark.skipif(not ORIGINALS.is_file(), reason="no CIFAR-10 photographs: COURSE_REAL_DATA")
def test_real_photographs_arrive_unchanged(cache, monkeypatch):
    with np.load(ORIGINALS) as arrays:
        images, labels = arrays["x_train"], arrays["y_train"][:, 0]
    pack(cache, batch_files(images, labels), monkeypatch)
    data = load_cifar10("online")
    np.testing.assert_array_equal(
        np.rint(np.concatenate([data.x_train, data.x_test]) * 255), images
    )
    # The first photograph is a frog, as in Keras' own documentation.
    assert data.class_names[data.y_train[0]] == "frog"
    assert set(data.y_test) == set(range(10))
