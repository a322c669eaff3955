"""Counts read from Keras models, against TensorFlow's own statistics and brute force."""

import os
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import Input, Sequential, layers

from course_utils.arithmetic import conv_macs, conv_params, dense_params
from course_utils.arithmetic.models import count_macs, count_params, layer_table, longest_path


def classroom_network(**conv):
    return Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(32, 3, activation="relu", **conv),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", **conv),
            layers.MaxPooling2D(2),
            layers.Conv2D(64, 3, activation="relu", **conv),
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(10, activation="softmax"),
        ],
        name="classroom",
    )


def random_layer(rng):
    kernel = tuple(int(k) for k in rng.integers(1, 4, 2))
    filters, stride = int(rng.integers(1, 9)), int(rng.integers(1, 3))
    padding = str(rng.choice(["valid", "same"]))
    bias = bool(rng.integers(2))
    options = {"padding": padding, "use_bias": bias}
    return [
        lambda: layers.Conv2D(filters, kernel, strides=stride, **options),
        lambda: layers.DepthwiseConv2D(kernel, depth_multiplier=stride, **options),
        lambda: layers.SeparableConv2D(filters, kernel, **options),
        lambda: layers.BatchNormalization(),
        lambda: layers.MaxPooling2D(2, padding="same"),
    ][rng.integers(5)]()


def random_network(rng):
    image = output = Input((int(rng.integers(20, 30)), int(rng.integers(20, 30)), 3))
    for _ in range(rng.integers(2, 5)):
        output = random_layer(rng)(output)
    output = layers.GlobalAveragePooling2D()(output)
    return keras.Model(image, layers.Dense(4)(output))


def tensorflow_macs(model):
    """Half the floating-point operations TensorFlow's profiler finds in the multiplying ops."""
    shapes = [tf.TensorSpec((1, *tensor.shape[1:])) for tensor in model.inputs]
    graph = tf.function(model).get_concrete_function(*shapes).graph
    profiler = tf.compat.v1.profiler
    options = (
        profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
        .with_accounted_types(["^Conv2D$", "^DepthwiseConv2dNative$", "^MatMul$"])
        .with_empty_output()
        .build()
    )
    return profiler.profile(graph, options=options).total_float_ops // 2


def test_macs_agree_with_tensorflow_profiler():
    rng = np.random.default_rng(31)
    for _ in range(20):
        model = random_network(rng)
        assert count_macs(model) == tensorflow_macs(model), model.get_config()


@pytest.mark.parametrize("options", [{"dilation_rate": (2, 3)}, {"groups": 4}, {"strides": 2}])
def test_macs_are_the_products_that_are_added_up(options):
    """TensorFlow runs dilated and grouped convolutions in ways its profiler miscounts.

    With ones in image and kernel each product is 1, so the outputs add up to their number.
    """
    ones = {"kernel_initializer": "ones", "use_bias": False}
    model = Sequential([Input((19, 21, 8)), layers.Conv2D(12, (3, 2), **options, **ones)])
    assert count_macs(model) == int(keras.ops.sum(model(np.ones((1, 19, 21, 8)))))


def test_dense_on_a_feature_map_works_at_every_position():
    model = Sequential([Input((5, 6, 3)), layers.Dense(7)])
    assert count_macs(model) == conv_macs((5, 6), 1, 3, 7)


def test_counts_of_the_classroom_network_follow_the_formulas():
    model = classroom_network()
    params = conv_params(3, 1, 32) + conv_params(3, 32, 64) + conv_params(3, 64, 64)
    macs = conv_macs(26, 3, 1, 32) + conv_macs(11, 3, 32, 64) + conv_macs(3, 3, 64, 64)
    assert count_params(model) == params + dense_params(576, 64) + dense_params(64, 10)
    assert count_macs(model) == macs + 576 * 64 + 64 * 10


def test_params_split_into_trainable_and_not():
    rng = np.random.default_rng(32)
    for _ in range(10):
        model = random_network(rng)
        model.layers[1].trainable = False
        trainable = sum(np.size(weight.numpy()) for weight in model.trainable_weights)
        assert count_params(model) == model.count_params()
        assert count_params(model, trainable=True) == trainable
        assert count_params(model, trainable=False) == model.count_params() - trainable
        assert type(count_params(model)) is int


def test_a_shared_layer_has_one_set_of_weights_and_works_twice():
    shared = layers.Conv2D(4, 3, padding="same")
    left, right = Input((8, 8, 2)), Input((8, 8, 2))
    model = keras.Model([left, right], layers.Concatenate()([shared(left), shared(right)]))
    assert count_params(model) == conv_params(3, 2, 4)
    assert count_macs(model) == 2 * conv_macs(8, 3, 2, 4)


def test_a_layer_used_elsewhere_is_not_counted_there():
    model = classroom_network()
    head = layers.Conv2D(5, 1)(model.layers[1].output)
    half = keras.Model(model.inputs, head)
    assert count_macs(half) == conv_macs(26, 3, 1, 32) + conv_macs(13, 1, 32, 5)


def test_models_inside_models_are_entered():
    base = classroom_network()
    model = Sequential([Input((28, 28, 1)), layers.Rescaling(1 / 255), base, layers.Dense(3)])
    assert count_macs(model) == count_macs(base) + 30
    assert longest_path(model, weighted_only=True) == longest_path(base, weighted_only=True) + 1
    # Rescaling and the new Dense; both models have one input layer.
    assert longest_path(model) == longest_path(base) + 2
    row = layer_table(model)[1]
    assert (row["name"], row["params"]) == (base.name, base.count_params())
    assert row["macs"] == count_macs(base)


def random_graph(rng):
    """Additions of Dense layers, and its wiring: for each node, the nodes it adds up."""
    tensors, wiring = [Input((3,))], [[]]
    for _ in range(rng.integers(2, 9)):
        parents = sorted(set(rng.integers(0, len(tensors), 2)))
        inputs = [tensors[parent] for parent in parents]
        total = layers.Add()(inputs) if len(inputs) > 1 else inputs[0]
        tensors.append(layers.Dense(3)(total))
        wiring.append(parents)
    return keras.Model(tensors[0], tensors[-1]), wiring


def paths(wiring, node):
    """All ways from the input to a node, each as (layers, kernels) on it."""
    if not wiring[node]:
        return [(1, 0)]
    layers_here = len(wiring[node])
    return [
        (length + layers_here, kernels + 1)
        for parent in wiring[node]
        for length, kernels in paths(wiring, parent)
    ]


def test_longest_path_is_the_longest_of_all_paths():
    rng = np.random.default_rng(33)
    for _ in range(25):
        model, wiring = random_graph(rng)
        every_path = paths(wiring, len(wiring) - 1)
        assert longest_path(model) == max(length for length, _ in every_path)
        assert longest_path(model, weighted_only=True) == max(kernels for _, kernels in every_path)


@pytest.mark.parametrize("name", ["ResNet50", "DenseNet121"])
def test_depth_is_the_number_in_the_name_of_the_network(name):
    model = getattr(keras.applications, name)(weights=None)
    assert longest_path(model, weighted_only=True) == int(re.sub(r"\D", "", name))
    rows = layer_table(model)
    assert len(rows) == len(model.layers)
    assert rows.total("params") == model.count_params()
    assert rows.total("macs") == count_macs(model)


def test_a_separable_convolution_has_two_kernels():
    model = Sequential([Input((8, 8, 2)), layers.SeparableConv2D(4, 3), layers.Conv2D(1, 1)])
    assert longest_path(model, weighted_only=True) == 3
    assert longest_path(model) == 3


def test_hundreds_of_layers_are_no_problem():
    model = Sequential([Input((4,)), *(layers.Dense(4) for _ in range(300))])
    assert longest_path(model) == 301
    assert count_macs(model) == 300 * 16


def test_table_rows_describe_the_layers():
    model = classroom_network()
    for row, layer in zip(layer_table(model), model.layers, strict=True):
        assert row == {
            "name": layer.name,
            "type": type(layer).__name__,
            "output_shape": layer.output.shape[1:],
            "params": layer.count_params(),
            "macs": row["macs"],
        }
        assert (row["macs"] > 0) == (layer.count_params() > 0)


def test_an_any_size_model_has_params_but_no_macs():
    model = Sequential(
        [
            Input((None, None, 1), name="image"),
            layers.Conv2D(4, 3, name="first"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(2),
        ]
    )
    with pytest.raises(ValueError, match=r"'first' has output shape \(None, None, 4\).*Input"):
        count_macs(model)
    rows = layer_table(model)
    assert [row["macs"] for row in rows] == [None, 0, 8]
    assert rows.total("macs") is None
    assert rows.total("params") == model.count_params()


@pytest.mark.parametrize("function", [count_params, count_macs, layer_table, longest_path])
def test_what_is_no_built_model_is_refused(function):
    with pytest.raises(TypeError, match="expected a Keras model, got list"):
        function([layers.Dense(3)])
    with pytest.raises(ValueError, match="'early' has no shapes yet: begin it with Input"):
        function(Sequential([layers.Dense(3)], name="early"))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__(name="subclassed")
        self.dense = layers.Dense(3)

    def call(self, x):
        return self.dense(x)


def test_a_subclassed_model_has_weights_but_no_graph():
    model = Subclassed()
    model(np.zeros((1, 4), "float32"))
    assert count_params(model) == dense_params(4, 3)
    for function in (count_macs, layer_table, longest_path):
        with pytest.raises(ValueError, match="'subclassed' has no layer graph"):
            function(model)


def test_unknown_kernels_are_refused_not_ignored():
    model = Sequential([Input((8, 8, 2)), layers.Conv2DTranspose(4, 3, name="upwards")])
    with pytest.raises(ValueError, match=r"'upwards' \(Conv2DTranspose\)"):
        count_macs(model)
