"""The figures of notebook 12 count what trains and find what is alike."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from course_utils.arithmetic.models import count_params
from course_utils.explore import transfer
from tests.course_utils.figures import assert_fits_a_notebook, words

BACKBONE = transfer.BASES["the course's backbone, 32×32"]


@pytest.fixture(scope="module")
def images():
    return np.random.default_rng(0).random((30, 32, 32, 3)).astype("float32")


def test_the_opening_picture_freezes_what_it_says():
    figure = transfer.plot_ways()
    assert_fits_a_notebook(figure)
    boxes = [patch for patch in figure.axes[0].patches if hasattr(patch, "get_xy")]
    boxes = [box for box in boxes if box.get_hatch() is not None or box.get_width() == 1.2]
    hatches = [box.get_hatch() for box in boxes]
    frozen, new = transfer.LOOKS["frozen"]["hatch"], transfer.LOOKS["new"]["hatch"]
    assert hatches[:4] == [new] * 4
    assert hatches[4:8] == [frozen] * 3 + [new]
    assert hatches[8:10] == [frozen] * 2
    assert hatches[11] == new


@pytest.mark.parametrize("unfrozen", range(4))
def test_the_backbones_counts_are_those_of_keras(unfrozen):
    from keras import layers, models

    from course_utils.architectures.backbone import load_backbone

    base = load_backbone()
    for layer in base.layers[len(base.layers) - 2 * unfrozen :]:
        layer.trainable = True
    model = models.Sequential([base, layers.Flatten(), layers.Dense(10)])
    parts = transfer.trainable_parts(BACKBONE, unfrozen, units=0, classes=10)
    trains = sum(count for _, count, state in parts if state != "frozen")
    assert trains == count_params(model, trainable=True)
    assert sum(count for _, count, _ in parts) == model.count_params()


@pytest.mark.parametrize("side", [32, 224])
def test_vgg19s_counts_are_those_of_keras(side):
    import keras

    shape = (side, side, 3)
    network = keras.applications.VGG19(include_top=False, weights=None, input_shape=shape)
    base = transfer.BASES[f"VGG19, {side}×{side}"]
    assert sum(base.block_params) == network.count_params()
    assert base.features == np.prod(network.output_shape[1:])


@pytest.mark.parametrize("name", transfer.BASES)
@pytest.mark.parametrize("unfrozen", [0, 5])
def test_every_setting_can_be_drawn(name, unfrozen):
    figure = transfer.plot_freezing(transfer.BASES[name], unfrozen, units=512, classes=100)
    assert_fits_a_notebook(figure)
    assert any("100.0%" in word for word in words(figure)) == (unfrozen == 5)


def test_neighbours_point_in_the_same_direction():
    points = np.array([[1, 1], [5, 5.5], [-1, 1], [-3, -3], [0, 0.1]])
    assert transfer.nearest(points, 0, 2)[0] == 1
    assert 0 not in transfer.nearest(points, 0, 4)
    rows = transfer.nearest(points, [0, 3], 2)
    assert rows.tolist() == [transfer.nearest(points, query, 2).tolist() for query in (0, 3)]
    assert len(transfer.nearest(np.ones((4, 3)), 0, 2)) == 2  # all alike


def test_features_are_the_better_neighbours():
    from course_utils.architectures.backbone import load_backbone
    from course_utils.datasets.clutter import digits_on_clutter

    digits = digits_on_clutter(40)
    features = load_backbone().predict(digits.x_train, batch_size=100, verbose=0)

    def same(points):
        nearest = transfer.nearest(points, np.arange(400), 7)
        return (digits.y_train[nearest] == digits.y_train[:, None]).mean()

    assert same(features) > 2 * same(digits.x_train)


def test_the_neighbours_picture_marks_the_same_label(images):
    labels = np.arange(30) % 2
    figure = transfer.plot_neighbours(images, labels, images[:, ::8, ::8], query=3)
    assert_fits_a_notebook(figure)
    marked = [word for word in words(figure) if word.endswith(("✓", "✗"))]
    assert len(marked) == 14
    assert all((word[0] == "1") == word.endswith("✓") for word in marked)
    counts = [word for word in words(figure) if word.endswith(" of 7")]
    ticks = [sum(word.endswith("✓") for word in marked[i : i + 7]) for i in (0, 7)]
    assert sorted(counts) == sorted(f"{count} of 7" for count in ticks)


def test_accuracies_come_from_tables_and_dicts():
    table = {
        "train_accuracy": {"scratch": 1.0, "fine_tuning": 0.9},
        "test_accuracy": {"scratch": 0.25, "fine_tuning": 0.75},
    }
    figure = transfer.plot_accuracies({"as a dict": table, "as a table": pd.DataFrame(table)})
    assert_fits_a_notebook(figure)
    for axes in figure.axes:
        assert [round(bar.get_height(), 2) for bar in axes.patches] == [1.0, 0.9, 0.25, 0.75]


def test_the_explorations_describe_their_default_pictures(images, capsys):
    transfer.explore_freezing()
    transfer.explore_neighbours(images, np.arange(30), images)
    out = capsys.readouterr().out
    assert "top blocks unfrozen = 1" in out
    assert "picture = 0" in out
