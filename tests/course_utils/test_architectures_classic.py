"""LeNet-5, AlexNet and VGG-16 have the layers and the weights of their papers."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from course_utils.architectures import alexnet, classic_layers, lenet
from course_utils.arithmetic.models import count_macs, count_params, layer_table


def rows_of(model):
    """Return (shape, params, macs) of a Keras model's convolutions, poolings and dense layers."""
    kinds = ("Conv2D", "Dense", "AveragePooling2D", "MaxPooling2D")
    return [
        (row["output_shape"], row["params"], row["macs"])
        for row in layer_table(model)
        if row["type"] in kinds
    ]


def plain(rows):
    return [(row.shape, row.params, row.macs) for row in rows]


@pytest.mark.parametrize("module", [lenet, alexnet, classic_layers])
def test_examples_in_the_documentation_are_true(module):
    assert doctest.testmod(module).failed == 0


def test_the_modern_lenet5_is_that_of_the_table():
    model = lenet.lenet5()
    assert (model.count_params(), count_macs(model)) == (61_706, 416_520)
    assert model.input_shape == (None, 28, 28, 1)
    steps = classic_layers.layer_rows(classic_layers.LENET5, (32, 32, 1))
    assert rows_of(model) == plain(steps)


def test_without_padding_lenet5_shrinks():
    model = lenet.lenet5(pad=False)
    assert (model.count_params(), count_macs(model)) == (44_426, 281_640)


def test_lenet5_takes_another_activation_and_pooling():
    model = lenet.lenet5("relu", "max")
    assert model.count_params() == 61_706
    assert "tanh" not in str(model.get_config())
    assert "AveragePooling" not in str(model.get_config())
    with pytest.raises(ValueError, match="median"):
        lenet.lenet5(pooling="median")


def test_lenet5_of_1998_has_60000_trained_weights():
    model = lenet.lenet5_1998()
    assert (count_params(model, True), count_params(model, False)) == (60_000, 840)
    parts = dict.fromkeys(("C1", "S2", "C3", "S4", "C5", "F6", "output"), 0)
    for layer in model.layers:
        for part in parts:
            parts[part] += layer.count_params() if layer.name.startswith(part) else 0
    assert list(parts.values()) == [156, 12, 1516, 32, 48_120, 10_164, 840]


def test_every_map_of_c3_sees_what_it_should_and_no_other():
    assert sorted(map(len, lenet.C3_SEES)) == [3] * 6 + [4] * 9 + [6]
    assert len(set(lenet.C3_SEES)) == 16
    # Each map of S2 is seen by ten maps of C3: the table of the paper is balanced.
    assert [sum(one in seen for seen in lenet.C3_SEES) for one in range(6)] == [10] * 6


def test_the_output_of_1998_is_the_distance_to_the_fixed_codes():
    import keras

    model = lenet.lenet5_1998()
    images = np.random.default_rng(0).random((3, 32, 32, 1)).astype("float32")
    activations = model.get_layer("output").input
    distances, f6 = keras.Model(model.input, [model.output, activations]).predict(images, verbose=0)
    codes = lenet.digit_codes().reshape(10, 84)
    expected = ((f6[:, None] - codes[None]) ** 2).sum(axis=-1)
    assert np.allclose(distances, expected, atol=1e-3)


def test_the_codes_are_ten_different_drawings():
    codes = lenet.digit_codes()
    assert codes.shape == (10, 12, 7)
    assert set(np.unique(codes)) == {-1.0, 1.0}
    assert len({code.tobytes() for code in codes}) == 10


@pytest.mark.parametrize(
    ("groups", "params", "macs"), [(1, 62_378_344, 1_135_256_096), (2, 60_965_224, 724_406_816)]
)
def test_alexnet_is_that_of_the_table(groups, params, macs):
    import keras

    model = alexnet.alexnet(groups)
    assert (model.count_params(), count_macs(model)) == (params, macs)
    rows = rows_of(model)
    keras.backend.clear_session()
    steps = plain(classic_layers.layer_rows(classic_layers.ALEXNET, (227, 227, 3)))
    assert [shape for shape, *_ in rows] == [shape for shape, *_ in steps]
    if groups == 1:
        assert rows == steps


def test_vgg16_is_that_of_keras():
    import keras

    # Without its head, so that no 2 GB are needed; the head is counted by hand.
    base = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    rows = classic_layers.layer_rows(classic_layers.VGG16, (224, 224, 3))
    assert rows_of(base) == plain(rows[:-3])
    assert [row.name for row in rows[:-3]] == [layer.name for layer in base.layers[1:]]
    assert [row.params for row in rows[-3:]] == [102_764_544, 16_781_312, 4_097_000]
    assert sum(row.params for row in rows) == 138_357_544
    assert sum(row.macs for row in rows) == 15_470_264_320
