"""Our DenseNets are those of Keras, and the arithmetic of their stages is true."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from course_utils.architectures import densenet
from course_utils.arithmetic.models import count_macs


def facts(model):
    return [
        (type(layer).__name__.replace("Activation", "ReLU"), layer.output.shape[1:],
         layer.count_params())
        for layer in model.layers
    ]  # fmt: skip


def params_by_arithmetic(blocks, growth_rate=32, classes=1000, image_shape=(224, 224, 3)):
    stages = densenet.densenet_stages(blocks, growth_rate, image_shape)
    last = densenet.classifier_params(stages[-1].shape[2], classes)
    return sum(stage.params for stage in stages) + last


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(densenet).failed == 0


@pytest.mark.parametrize("name", ["DenseNet-121", "DenseNet-169", "DenseNet-201"])
def test_layers_are_those_of_keras_applications(name):
    import keras

    theirs = getattr(keras.applications, name.replace("-", ""))(weights=None)
    ours = densenet.densenet(densenet.LAYERS[name])
    assert facts(ours) == facts(theirs)
    assert params_by_arithmetic(densenet.LAYERS[name]) == theirs.count_params()
    trained = [sum(np.prod(w.shape) for w in m.trainable_weights) for m in (ours, theirs)]
    assert trained[0] == trained[1]


def test_densenet_121_multiplies_as_often_as_that_of_keras():
    import keras

    theirs = keras.applications.DenseNet121(weights=None)
    assert count_macs(densenet.densenet(densenet.LAYERS["DenseNet-121"])) == count_macs(theirs)


@pytest.mark.parametrize("name", densenet.LAYERS)
def test_names_count_the_layers_with_weights(name):
    # By its own rule DenseNet-264 is one short.
    depth = 1 + 2 * sum(densenet.LAYERS[name]) + 3 + 1
    assert depth - int(name[-3:]) == (1 if name == "DenseNet-264" else 0)


@pytest.mark.parametrize(
    ("blocks", "growth_rate", "image_shape"),
    [((2, 3), 4, (64, 64, 3)), ((1, 2, 2), 12, (97, 130, 1)), ((3,), 8, (40, 33, 3))],
)
def test_stages_are_counted_as_keras_counts_them(blocks, growth_rate, image_shape):
    model = densenet.densenet(blocks, growth_rate, image_shape, classes=10)
    stages = densenet.densenet_stages(blocks, growth_rate, image_shape)
    assert params_by_arithmetic(blocks, growth_rate, 10, image_shape) == model.count_params()
    kinds = ("MaxPooling2D", "AveragePooling2D")
    pooled = [layer.output.shape[1:] for layer in model.layers if type(layer).__name__ in kinds]
    between = [stage.shape for stage in stages if not stage.name.startswith("block")]
    assert pooled == between
    assert model.layers[-3].output.shape[1:] == stages[-1].shape


def test_any_size_goes_in():
    model = densenet.densenet((1, 1), 4, (None, None, 3), classes=5)
    for sides in ((64, 64), (48, 80)):
        assert model(np.zeros((1, *sides, 3), "float32")).shape == (1, 5)


def test_the_digit_network_takes_any_size_and_grows_by_k():
    model = densenet.digit_densenet(growth_rate=5, blocks=(2, 3))
    joins = [layer for layer in model.layers if type(layer).__name__ == "Concatenate"]
    assert [layer.output.shape[-1] for layer in joins] == [21, 26, 18, 23, 28]
    for sides in ((28, 28), (40, 56)):
        assert model.predict(np.zeros((2, *sides, 1)), verbose=0).shape == (2, 10)
