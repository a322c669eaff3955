"""Data: shapes and ranges, honest stand-ins, and no network where none was asked for."""

import functools
import hashlib
import http.server
import os
import shutil
import socket
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from course_utils.datasets import (
    load_digits_images,
    load_mnist,
    load_sample_photos,
    place_on_canvas,
    sources,
)
from tests.conftest import ROOT

REAL_DATA = Path(os.environ.get("COURSE_REAL_DATA", ROOT.parent / "shared" / "data"))


@pytest.fixture
def empty_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "datasets"


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the network was used")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def unreachable(monkeypatch):
    def fail(*_, **__):
        raise socket.gaierror("no such host")

    monkeypatch.setattr(socket, "getaddrinfo", fail)


def assert_sound(data, side):
    for images, labels in ((data.x_train, data.y_train), (data.x_test, data.y_test)):
        assert images.shape == (len(labels), side, side, 1)
        assert images.dtype == np.float32
        assert images.min() == 0
        assert images.max() == 1
        assert set(labels) == set(range(len(data.class_names)))


@pytest.mark.parametrize("size", [8, 16, 28])
def test_digits_have_the_promised_form(size):
    data = load_digits_images(size)
    assert_sound(data, size)
    assert (len(data.x_train), len(data.x_test)) == (1200, 597)
    assert not data.is_standin


def test_digits_are_the_same_every_time_and_shuffled_by_seed():
    first, again, other = (load_digits_images(seed=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first.x_train, again.x_train)
    np.testing.assert_array_equal(first.y_test, again.y_test)
    assert (first.y_train != other.y_train).any()


def test_enlarged_digits_keep_their_labels_and_look():
    small, large = load_digits_images(8, seed=3), load_digits_images(16, seed=3)
    np.testing.assert_array_equal(small.y_train, large.y_train)
    shrunk = large.x_train.reshape(-1, 8, 2, 8, 2).mean(axis=(2, 4))
    correlation = np.corrcoef(small.x_train.ravel(), shrunk.ravel())[0, 1]
    assert correlation > 0.97


@pytest.mark.parametrize(
    ("arguments", "message"),
    [({"size": 4}, "at least 8, got 4"), ({"n_train": 1797}, "1 to 1796, got 1797")],
)
def test_impossible_digits_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        load_digits_images(**arguments)


def test_photos_are_colour_pictures():
    photos = load_sample_photos()
    assert set(photos) == {"china", "flower"}
    for photo in photos.values():
        assert photo.shape == (427, 640, 3)
        assert photo.dtype == np.float32
        assert 0 <= photo.min() < 0.1 < 0.9 < photo.max() <= 1


def test_canvas_centres_and_shifts():
    digit = load_digits_images().x_train[:1]
    canvas = place_on_canvas(digit, 20)
    np.testing.assert_array_equal(canvas[:, 6:14, 6:14], digit)
    assert canvas.sum() == digit.sum()
    moved = place_on_canvas(digit, 20, shifts=(3, -2))
    np.testing.assert_array_equal(moved, np.roll(canvas, (3, -2), axis=(1, 2)))


def test_each_image_may_have_its_own_shift():
    digits = load_digits_images().x_train[:3]
    shifts = [(0, 0), (1, 2), (-6, 6)]
    together = place_on_canvas(digits, 20, shifts)
    for digit, shift, canvas in zip(digits, shifts, together, strict=True):
        np.testing.assert_array_equal(canvas, place_on_canvas(digit[None], 20, shift)[0])


@pytest.mark.parametrize(
    ("images", "shifts", "message"),
    [
        (np.zeros((2, 8, 8, 1)), (7, 0), "up to 7 pixels leaves the 20×20 canvas"),
        (np.zeros((2, 8, 8, 1)), (0, -7), "leaves"),
        (np.zeros((2, 8, 8)), (0, 0), r"got \(2, 8, 8\)"),
        (np.zeros((2, 8, 8, 1)), [(0, 0)] * 3, r"\(2, 2\) whole numbers"),
        (np.zeros((2, 8, 8, 1)), (0.5, 0), "whole numbers, got float64"),
    ],
)
def test_impossible_canvases_are_refused(images, shifts, message):
    with pytest.raises(ValueError, match=message):
        place_on_canvas(images, 20, shifts)


@pytest.mark.parametrize("how", ["argument", "variable"])
def test_offline_gives_the_stand_in_and_says_so(monkeypatch, capsys, empty_cache, no_network, how):
    if how == "variable":
        monkeypatch.setenv("COURSE_DATA", "offline")
    data = load_mnist("offline" if how == "argument" else "auto")
    assert_sound(data, 28)
    assert data.is_standin
    assert "stand-in" in data.name
    assert capsys.readouterr().out == data.note + "\n"
    assert "stand-in" in data.note


def test_auto_without_a_network_falls_back(monkeypatch, empty_cache, unreachable, capsys):
    monkeypatch.setenv("COURSE_DATA", "auto")
    assert load_mnist().is_standin
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_online_without_a_network_says_what_to_do(empty_cache, unreachable):
    with pytest.raises(RuntimeError, match=r'mnist.npz is not in .*source="offline"'):
        load_mnist("online")


def test_unknown_sources_are_refused():
    with pytest.raises(ValueError, match="'online!'; use one of auto, online, offline"):
        load_mnist("online!")


def test_real_mnist_from_the_cache(monkeypatch, tmp_path, capsys, no_network):
    archive = REAL_DATA / "keras-home" / "datasets" / "mnist.npz"
    if not archive.is_file():
        pytest.skip("the real MNIST is not on this machine")
    (tmp_path / "datasets").mkdir()
    shutil.copy(archive, tmp_path / "datasets")
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setenv("COURSE_DATA", "auto")
    data = load_mnist()
    assert_sound(data, 28)
    assert (len(data.x_train), len(data.x_test)) == (60_000, 10_000)
    assert not data.is_standin
    assert "real" in capsys.readouterr().out


def test_a_wrong_file_in_the_cache_is_not_used(monkeypatch, empty_cache, unreachable):
    monkeypatch.setenv("COURSE_DATA", "auto")
    empty_cache.mkdir(parents=True)
    (empty_cache / "mnist.npz").write_bytes(b"half a download")
    assert load_mnist().is_standin


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@pytest.fixture
def server(monkeypatch, tmp_path):
    """A server on this machine that offers one file."""
    monkeypatch.setenv("no_proxy", "*")
    (tmp_path / "offered").mkdir()
    (tmp_path / "offered" / "data.bin").write_bytes(b"the right bytes")
    handler = functools.partial(Quiet, directory=str(tmp_path / "offered"))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}/data.bin"
        running.shutdown()


def remote(url, content=b"the right bytes"):
    return sources.RemoteFile("data.bin", url, hashlib.sha256(content).hexdigest(), len(content))


@pytest.mark.parametrize("source", ["auto", "online"])
def test_a_reachable_file_is_fetched_once(monkeypatch, empty_cache, server, source):
    monkeypatch.setenv("COURSE_DATA", "auto")
    path = sources.real_file(remote(server), source)
    assert path.read_bytes() == b"the right bytes"
    assert [file.name for file in empty_cache.iterdir()] == ["data.bin"]
    unreachable = remote("http://127.0.0.1:9/data.bin")
    assert sources.real_file(unreachable, source) == path


def test_a_wrong_file_from_the_server_is_not_kept(monkeypatch, empty_cache, server):
    monkeypatch.setenv("COURSE_DATA", "auto")
    assert sources.real_file(remote(server, b"other bytes")) is None
    assert list(empty_cache.iterdir()) == []
    with pytest.raises(RuntimeError, match="not the right one"):
        sources.real_file(remote(server, b"other bytes"), "online")


def test_offline_does_not_even_look(empty_cache, no_network):
    assert sources.real_file(remote("http://127.0.0.1:9/data.bin"), "offline") is None


def test_a_silent_server_is_not_waited_for(monkeypatch, empty_cache):
    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setenv("no_proxy", "*")
    monkeypatch.setattr(sources, "PATIENCE", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/data.bin"
        start = time.perf_counter()
        assert sources.real_file(remote(url)) is None
        assert time.perf_counter() - start < 2


def test_patience_is_five_seconds():
    assert sources.PATIENCE <= 5
