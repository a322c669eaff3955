"""The shipped base is what its record says, and the browser's network what its page says."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from fnmatch import fnmatch

import numpy as np
import pytest

from course_utils.architectures import backbone
from course_utils.architectures.backbone import (
    backbone_record,
    backbone_weights,
    load_backbone,
    load_pretrained,
)
from course_utils.architectures.browser import convnetjs_cifar10
from course_utils.arithmetic.models import count_macs, count_params
from course_utils.datasets.clutter import digits_on_clutter
from grader.release import bundle
from tests.conftest import ROOT

FILES = [backbone.WEIGHTS, backbone.TOP, backbone.RECORD]


def test_the_base_has_the_promised_form():
    base = load_backbone()
    assert base.name == "base"
    assert base.input_shape == (None, 32, 32, 3)
    assert base.output_shape == (None, 4, 4, 64)
    kinds = [f"block{block}_{kind}" for block in (1, 2, 3) for kind in ("conv", "pool")]
    assert [layer.name for layer in base.layers] == kinds
    assert base.count_params() == backbone_record()["weights_of_base"] == 56_320


def test_the_base_is_frozen_unless_asked_for():
    assert count_params(load_backbone(), trainable=True) == 0
    assert count_params(load_backbone(trainable=True), trainable=True) == 56_320


def test_every_call_gives_a_base_of_its_own():
    first, second = load_backbone(), load_backbone()
    first.layers[0].set_weights([np.zeros_like(w) for w in first.layers[0].get_weights()])
    assert second.layers[0].get_weights()[0].any()
    for loaded, shipped in zip(second.get_weights(), backbone_weights(), strict=True):
        np.testing.assert_array_equal(loaded, shipped)


def test_the_shipped_weights_reach_the_recorded_accuracy_on_fresh_letters():
    shipped = load_pretrained()
    record = shipped.record
    assert record["accuracy_on_fresh_images"] >= 0.95
    n = 1_000
    # Other letters than those the record counted: four standard deviations of luck.
    luck = 4 * np.sqrt(record["accuracy_on_fresh_images"] * (1 - 0.95) / n)
    accuracy = shipped.letter_accuracy(n, seed=record["fresh_seed"] + 1)
    assert accuracy == pytest.approx(record["accuracy_on_fresh_images"], abs=luck)


def test_its_features_are_good_for_digits_it_never_saw():
    """A linear classifier finds more in them than in those of an untrained base."""
    from sklearn.linear_model import RidgeClassifier

    data = digits_on_clutter(40)
    scores = {}
    for kind in ("pretrained", "random"):
        base = load_backbone()
        if kind == "random":
            rng = np.random.default_rng(0)
            base.set_weights([rng.permuted(w.ravel()).reshape(w.shape) for w in base.get_weights()])
        features = [
            base.predict(images, verbose=0).reshape(len(images), -1)
            for images in (data.x_train, data.x_test)
        ]
        probe = RidgeClassifier(10).fit(features[0], data.y_train)
        scores[kind] = probe.score(features[1], data.y_test)
    assert scores["pretrained"] > scores["random"] + 0.15


def test_the_training_ends_with_all_that_is_shipped(monkeypatch, tmp_path, capsys):
    """With few images and one epoch: the files are written and read again."""
    monkeypatch.setattr(backbone, "_IMAGES", 200)
    monkeypatch.setattr(backbone, "_EPOCHS", 1)
    monkeypatch.setattr(backbone, "FRESH_IMAGES", 100)
    trained = backbone.train_backbone(seed=3)
    backbone.write(trained, tmp_path)
    assert sorted(file.name for file in tmp_path.iterdir()) == sorted(FILES)
    monkeypatch.setattr(backbone, "_shipped", tmp_path.joinpath)
    again = load_pretrained()
    assert again.record == trained.record
    assert again.record["seed"] == 3
    assert again.letter_accuracy(50) == trained.letter_accuracy(50)
    assert '"accuracy_on_fresh_images"' in capsys.readouterr().out


def test_the_weights_are_read_without_tensorflow():
    code = (
        "import sys; from course_utils.architectures.backbone import backbone_weights; "
        "print(sum(w.size for w in backbone_weights()), 'tensorflow' in sys.modules)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["56320", "False"]


@pytest.mark.parametrize("of", ["course", "students"])
def test_the_files_are_installed_with_the_package(of):
    text = (
        (ROOT / "pyproject.toml").read_text(encoding="utf-8")
        if of == "course"
        else bundle._pyproject(ROOT)
    )
    patterns = tomllib.loads(text)["tool"]["setuptools"]["package-data"]["course_utils"]
    for name in FILES:
        assert any(fnmatch(name, pattern) for pattern in patterns), name


def test_the_browsers_network_is_as_large_as_on_its_page():
    model = convnetjs_cifar10()
    assert model.count_params() == 22_466
    assert count_macs(model) == 32 * 32 * 75 * 16 + 16 * 16 * 400 * 20 + 8 * 8 * 500 * 20 + 3200
    assert model.output_shape == (None, 10)
    kinds = ["Rescaling"] + ["Conv2D", "MaxPooling2D"] * 3 + ["Flatten", "Dense"]
    assert [type(layer).__name__ for layer in model.layers] == kinds
