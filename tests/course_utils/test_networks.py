"""The arithmetic of whole networks agrees with Keras, layer by layer and for famous models."""

from __future__ import annotations

import inspect
import json
import math

import pytest

from course_utils.answer_types import Unsuitable
from course_utils.model_description import describe_model
from course_utils.networks.facts import facts
from course_utils.networks.layers import AUGMENTERS, KERAS_NAMES, KINDS
from course_utils.networks.network import Network, read_network
from course_utils.networks.options import REQUIRED
from course_utils.networks.wiring import skeleton, wiring

LAYERS = [
    ("Conv2D", {"filters": 6, "kernel_size": (3, 5), "strides": 2, "use_bias": False}),
    ("Conv2D", {"filters": 8, "kernel_size": 3, "groups": 2, "padding": "same"}),
    ("Conv2D", {"filters": 3, "kernel_size": 3, "dilation_rate": (2, 1)}),
    ("DepthwiseConv2D", {"kernel_size": 3, "depth_multiplier": 3, "strides": 2}),
    ("SeparableConv2D", {"filters": 5, "kernel_size": 3, "depth_multiplier": 2}),
    ("Dense", {"units": 7, "use_bias": False}),
    ("BatchNormalization", {"center": False}),
    ("BatchNormalization", {"axis": 3, "scale": False}),
    ("MaxPooling2D", {}),
    ("MaxPooling2D", {"pool_size": 3, "strides": 2, "padding": "same"}),
    ("AveragePooling2D", {"pool_size": (2, 3)}),
    ("GlobalMaxPooling2D", {}),
    ("GlobalAveragePooling2D", {"keepdims": True}),
    ("Flatten", {}),
    ("Reshape", {"target_shape": (-1, 6)}),
    ("Dropout", {"rate": 0.5}),
    ("SpatialDropout2D", {"rate": 0.5}),
    ("GaussianNoise", {"stddev": 0.1}),
    ("Activation", {"activation": "relu"}),
    ("ReLU", {"max_value": 6.0}),
    ("LeakyReLU", {}),
    ("Softmax", {}),
    ("ZeroPadding2D", {"padding": ((1, 2), (0, 3))}),
    ("Cropping2D", {"cropping": 1}),
    ("UpSampling2D", {"size": (2, 3)}),
    ("Resizing", {"height": 5, "width": 4}),
    ("Rescaling", {"scale": 0.5}),
    ("RandomFlip", {"mode": "horizontal"}),
    ("RandomRotation", {"factor": 0.1}),
    ("RandomTranslation", {"height_factor": 0.1, "width_factor": 0.1}),
    ("RandomZoom", {"height_factor": 0.1}),
    ("RandomContrast", {"factor": 0.1}),
    ("RandomBrightness", {"factor": 0.1}),
    ("RandomShear", {"x_factor": 0.1}),
    ("CenterCrop", {"height": 5, "width": 4}),
    ("RandomCrop", {"height": 5, "width": 4}),
    ("AugMix", {}),
    ("AutoContrast", {}),
    ("RandAugment", {}),
    ("RandomColorDegeneration", {"factor": 0.5}),
    ("RandomColorJitter", {}),
    ("RandomElasticTransform", {}),
    ("RandomErasing", {}),
    ("RandomGaussianBlur", {}),
    ("RandomGrayscale", {}),
    ("RandomHue", {"factor": 0.5}),
    ("RandomInvert", {}),
    ("RandomPerspective", {}),
    ("RandomPosterization", {"factor": 4}),
    ("RandomSaturation", {"factor": 0.5}),
    ("RandomSharpness", {"factor": 0.5}),
    ("Solarization", {}),
]
MERGES = ["Add", "Multiply", "Average", "Maximum", "Subtract", "Concatenate"]


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


def network_of(model) -> Network:
    network = read_network(json.loads(json.dumps(describe_model(model))))
    assert network.params == model.count_params()
    assert network.trainable == sum(math.prod(w.shape) for w in model.trainable_weights)
    assert network.output_shapes == (model.output_shape[1:],)
    return network


def test_every_class_is_tried_here():
    assert {name for name, _ in LAYERS} | set(MERGES) == set(KINDS)


@pytest.mark.parametrize(("name", "options"), LAYERS)
def test_a_layer_has_keras_shape_and_weights(keras, name, options):
    layer = getattr(keras.layers, name)(**options)
    channels = 3 if name in AUGMENTERS else 4  # some of them want colours
    network_of(keras.Sequential([keras.Input((9, 12, channels)), layer]))


@pytest.mark.parametrize("name", MERGES)
def test_a_merge_has_keras_shape_and_counts_shared_layers_once(keras, name):
    first = keras.Input((9, 12, 4))
    shared = keras.layers.Conv2D(4, 3, padding="same")
    merged = getattr(keras.layers, name)()([shared(first), shared(shared(first))])
    network_of(keras.Model(first, merged))


def test_options_are_in_keras_order_with_keras_defaults(keras):
    for name, kind in KINDS.items():
        given = inspect.signature(getattr(keras.layers, name).__init__).parameters
        named = {KERAS_NAMES.get((name, option), option): v for option, v in kind.options.items()}
        assert [parameter for parameter in given if parameter in named] == list(named), name
        for option, value in named.items():
            default = given[option].default
            assert (REQUIRED if default is inspect.Parameter.empty else default) == value, name


@pytest.mark.parametrize("name", ["MobileNetV2", "DenseNet121", "ResNet50"])
def test_famous_models_are_read_to_the_last_weight(keras, name):
    model = getattr(keras.applications, name)(weights=None)
    network = network_of(model)
    assert len(wiring(network)) >= len(model.layers)


def test_open_sides_stay_open(keras):
    first = keras.Input((None, 12, 3))
    x = keras.layers.MaxPooling2D()(keras.layers.Conv2D(4, 3)(first))
    assert network_of(keras.Model(first, x)).output_shapes == ((None, 5, 4),)
    network = network_of(keras.Model(first, keras.layers.Flatten()(x)))
    assert network.output_shapes == ((None,),)


def test_frozen_layers_are_not_trainable(keras):
    base = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3), keras.layers.Dense(3)])
    model = keras.Sequential([keras.Input((4,)), base, keras.layers.Dense(2)])
    base.trainable = False
    assert network_of(model).trainable == 8
    # For Keras, what trains is up to each layer and the outermost model.
    base.layers[0].trainable = True
    assert network_of(model).trainable == 8 + 15
    model.trainable = False
    assert network_of(model).trainable == 0


def residual(keras, flipped=False, joined="relu", padding="valid"):
    layers = keras.layers
    first = keras.Input((6, 6, 3))
    branch = layers.Conv2D(3, 1, padding=padding)(first)
    pair = [branch, first] if flipped else [first, branch]
    return network_of(keras.Model(first, layers.Activation(joined)(layers.add(pair))))


def test_wiring_is_the_same_for_models_that_compute_the_same(keras):
    assert wiring(residual(keras)) == wiring(residual(keras, flipped=True))
    assert wiring(residual(keras)) == wiring(residual(keras, padding="same"))
    assert wiring(residual(keras)) != wiring(residual(keras, joined="tanh"))
    assert skeleton(residual(keras)) == skeleton(residual(keras, joined="tanh"))
    assert "edge:Add > relu" in facts(residual(keras))


def test_two_inputs_keep_their_order(keras):
    one, two = keras.Input((4,)), keras.Input((4,))
    orders = ([one, two], [two, one])
    models = [keras.Model([one, two], keras.layers.subtract(pair)) for pair in orders]
    texts = [wiring(network_of(model)) for model in models]
    assert texts[0] != texts[1]


def test_a_layer_cannot_share_weights_it_does_not_have(keras):
    layers = [keras.Input((4,)), keras.layers.Dense(4), keras.layers.Dense(5)]
    description = describe_model(keras.Sequential(layers))
    description["calls"][2]["layer"] = description["calls"][1]["layer"]
    with pytest.raises(Unsuitable):
        read_network(description)
