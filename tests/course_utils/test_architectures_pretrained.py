"""VGG16 where its weights can be had, the course's backbone otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.architectures import pretrained

IMAGES = np.random.default_rng(0).random((2, 32, 32, 3)).astype("float32")


@pytest.fixture
def vgg16(monkeypatch):
    """VGG16 with random weights in place of those that would be fetched."""
    import keras

    build = keras.applications.VGG16

    def built(weights, **options):
        assert weights == "imagenet"
        return build(weights=None, **options)

    monkeypatch.setattr(keras.applications, "VGG16", built)


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    monkeypatch.setattr(pretrained, "_SERVER", ("127.0.0.1", 9))  # nobody answers there
    return tmp_path


def cache_the_weights(home):
    (home / "models").mkdir()
    (home / "models" / pretrained._FILE).touch()


def test_offline_it_is_the_backbone(monkeypatch, home, vgg16, capsys):
    monkeypatch.setenv("COURSE_DATA", "offline")
    cache_the_weights(home)
    ready = pretrained.pretrained_base()
    assert ready.base.output_shape[1:] == (4, 4, 64)
    np.testing.assert_array_equal(ready.preprocess(IMAGES), IMAGES)
    assert "backbone takes their place" in capsys.readouterr().out


@pytest.mark.parametrize("mode", ["auto", "online"])
def test_without_an_answer_it_is_the_backbone(monkeypatch, home, mode, capsys):
    monkeypatch.setenv("COURSE_DATA", mode)
    assert pretrained.pretrained_base().base.output_shape[1:] == (4, 4, 64)
    assert "not at hand" in capsys.readouterr().out


def test_cached_weights_are_used(monkeypatch, home, vgg16, capsys):
    monkeypatch.setenv("COURSE_DATA", "auto")
    cache_the_weights(home)
    ready = pretrained.pretrained_base()
    assert ready.base.output_shape[1:] == (1, 1, 512)
    assert not ready.base.trainable_weights
    assert "ImageNet" in capsys.readouterr().out


def test_vgg16_gets_the_pixels_it_was_trained_on(monkeypatch, home, vgg16):
    monkeypatch.setenv("COURSE_DATA", "auto")
    cache_the_weights(home)
    pixel = np.array([10, 20, 30]) / 255  # red, green, blue
    seen = pretrained.pretrained_base().preprocess(np.full((1, 32, 32, 3), pixel))
    np.testing.assert_allclose(seen[0, 0, 0], [-73.939, -96.779, -113.68], atol=1e-3)


def test_a_download_that_breaks_off_is_no_error(monkeypatch, home, capsys):
    import keras

    def fails(**options):
        raise Exception("URL fetch failure")

    monkeypatch.setenv("COURSE_DATA", "auto")
    monkeypatch.setattr(keras.applications, "VGG16", fails)
    cache_the_weights(home)
    assert pretrained.pretrained_base().base.output_shape[1:] == (4, 4, 64)
    assert "URL fetch failure" in capsys.readouterr().out
