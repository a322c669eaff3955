"""Output shapes, padding and receptive fields agree with Keras on random configurations."""

import os
import re
from itertools import combinations
from math import ceil, floor

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.arithmetic import (
    connection_count,
    conv_output_length,
    conv_output_shape,
    dense_block_channels,
    explain_conv_output,
    explain_receptive_field,
    pool_output_shape,
    receptive_field,
    receptive_field_trace,
    same_padding,
)


def outcome(function, *args, **kwargs):
    """What a function gives: its value, or that it refuses."""
    try:
        value = function(*args, **kwargs)
    except ValueError:
        return "refused"
    # Keras 3.10 does not refuse: it announces an output without pixels.
    return "refused" if isinstance(value, tuple) and min(value) < 1 else value


def random_conv(rng):
    """Input shape and Conv2D arguments; some are impossible on purpose."""
    strides = tuple(int(s) for s in rng.integers(1, 5, 2))
    dilated = rng.random() < 0.4
    return (int(rng.integers(1, 40)), int(rng.integers(1, 40)), int(rng.integers(1, 4))), {
        "filters": int(rng.integers(1, 9)),
        "kernel_size": tuple(int(k) for k in rng.integers(1, 8, 2)),
        "strides": (1, 1) if dilated and rng.random() < 0.8 else strides,
        "padding": str(rng.choice(["valid", "same"])),
        "dilation_rate": tuple(int(d) for d in rng.integers(1, 5, 2)) if dilated else 1,
    }


def keras_conv_shape(shape, **arguments):
    return layers.Conv2D(**arguments).compute_output_shape((None, *shape))[1:]


def test_conv_shapes_agree_with_keras_also_in_what_is_refused():
    rng = np.random.default_rng(1)
    seen = []
    for _ in range(600):
        shape, arguments = random_conv(rng)
        ours = outcome(conv_output_shape, shape, **arguments)
        assert ours == outcome(keras_conv_shape, shape, **arguments), (shape, arguments)
        seen.append(ours == "refused")
    assert 50 < sum(seen) < 300


def test_conv_length_is_the_height_keras_really_computes():
    rng = np.random.default_rng(2)
    for _ in range(60):
        shape, arguments = random_conv(rng)
        length = [shape[0], arguments["kernel_size"][0], arguments["strides"][0]]
        dilation = np.broadcast_to(arguments["dilation_rate"], 2)[0]
        if outcome(conv_output_shape, shape, **arguments) == "refused":
            continue
        kernel = np.zeros((*arguments["kernel_size"], shape[2], 1), "float32")
        image = np.zeros((1, *shape), "float32")
        result = keras.ops.conv(
            image,
            kernel,
            strides=arguments["strides"],
            padding=arguments["padding"],
            dilation_rate=arguments["dilation_rate"],
        )
        assert conv_output_length(*length, arguments["padding"], dilation) == result.shape[1]


@pytest.mark.parametrize("layer", [layers.MaxPooling2D, layers.AveragePooling2D])
def test_pool_shapes_agree_with_keras(layer):
    rng = np.random.default_rng(3)
    for _ in range(200):
        shape = tuple(int(n) for n in rng.integers(1, 30, 3))
        pool = tuple(int(n) for n in rng.integers(1, 5, 2))
        strides = None if rng.random() < 0.5 else tuple(int(n) for n in rng.integers(1, 4, 2))
        padding = str(rng.choice(["valid", "same"]))
        keras_layer = layer(pool, strides, padding)
        expected = outcome(lambda: keras_layer.compute_output_shape((None, *shape))[1:])  # noqa: B023
        assert outcome(pool_output_shape, shape, pool, strides, padding) == expected


def test_same_padding_is_what_tensorflow_adds():
    """A single bright pixel and a kernel with taps 1, 2, 3, ... show where the window begins."""
    rng = np.random.default_rng(4)
    for _ in range(150):
        n, kernel, stride = (int(x) for x in rng.integers(1, [30, 9, 6]))
        taps = np.arange(1, kernel + 1, dtype="float32").reshape(kernel, 1, 1, 1)
        pixels = np.zeros((2, n, 1, 1), "float32")
        pixels[0, 0] = pixels[1, -1] = 1
        result = keras.ops.convert_to_numpy(keras.ops.conv(pixels, taps, stride, "same"))
        zeros_before = result[0, 0, 0, 0] - 1
        last_tap = result[1, -1, 0, 0]
        # The last window may end before the last pixel: then nothing is added behind it.
        zeros_after = kernel - last_tap if last_tap else 0
        assert same_padding(n, kernel, stride) == (zeros_before, zeros_after), (n, kernel, stride)


def random_layers(rng):
    return [
        (int(rng.integers(1, 8)), int(rng.integers(1, 4)), int(rng.integers(1, 4)))
        for _ in range(rng.integers(1, 7))
    ]


def test_receptive_field_is_the_window_traced_back_to_the_input():
    rng = np.random.default_rng(5)
    for _ in range(300):
        stack = random_layers(rng)
        first = last = 0
        next_first = 1
        for kernel, stride, dilation in reversed(stack):
            first, next_first = first * stride, next_first * stride
            last = last * stride + (kernel - 1) * dilation
        assert receptive_field(stack) == last - first + 1
        assert receptive_field_trace(stack)[-1] == (last - first + 1, next_first - first)


def test_receptive_field_of_nothing_is_one_pixel():
    assert receptive_field([]) == 1
    assert receptive_field_trace([]) == []
    assert receptive_field(iter([(3, 1, 1)])) == 3


def test_dense_block_channels_follow_concatenation():
    rng = np.random.default_rng(6)
    for _ in range(20):
        k0, growth, n_layers = (int(x) for x in rng.integers(1, 20, 3))
        channels = k0
        expected = []
        for _ in range(n_layers):
            channels += growth
            expected.append(channels)
        assert dense_block_channels(k0, growth, n_layers) == expected


def test_connection_count_counts_pairs():
    for n_layers in range(1, 30):
        layers_only = list(combinations(range(n_layers), 2))
        with_input = list(combinations(range(n_layers + 1), 2))
        assert connection_count(n_layers, include_input=False) == len(layers_only)
        assert connection_count(n_layers) == len(with_input)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((28, 3, 1, "full"), "'valid' or 'same', got 'full'"),
        ((28, 3, 1, "SAME"), "got 'SAME'"),
        ((3, 5), "covers 5 pixels, the input has 3"),
        ((8, 3, 1, "valid", 4), "covers 9 pixels, the input has 8"),
        ((28, 3, 2, "valid", 2), "stride 2 with dilation 2"),
        ((28, 3, 2, "same", 2), "stride 2 with dilation 2"),
        ((0, 3), "n must be at least 1, got 0"),
        ((28, -3), "kernel must be at least 1, got -3"),
        ((28, 3, 0), "stride must be at least 1"),
        ((28, 3, 1, "valid", 0), "dilation must be at least 1"),
    ],
)
def test_impossible_convolutions_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        conv_output_length(*arguments)
    with pytest.raises(ValueError, match=re.escape(message)):
        explain_conv_output(*arguments)


@pytest.mark.parametrize("size", [28.0, "28", None, True, np.float32(3), np.array([28, 28])])
def test_sizes_must_be_whole_numbers(size):
    with pytest.raises(TypeError, match="n must be a whole number"):
        conv_output_length(size, 1)


def test_numpy_integers_give_python_integers():
    length = conv_output_length(np.int64(28), np.int32(3), np.uint8(2))
    assert (type(length), length) == (int, conv_output_length(28, 3, 2))


@pytest.mark.parametrize("shape", [(28, 28), (1, 28, 28, 1), 28])
def test_shapes_are_height_width_channels(shape):
    message = f"without the batch axis, got {re.escape(repr(shape))}"
    with pytest.raises(ValueError, match=message):
        conv_output_shape(shape, 8, 3)
    with pytest.raises(ValueError, match=message):
        pool_output_shape(shape)


@pytest.mark.parametrize("layer", [(3, 1), 3, (3, 1, 1, 1)])
def test_layers_are_triples(layer):
    with pytest.raises(ValueError, match=r"\(kernel, stride, dilation\), got"):
        receptive_field([layer])


def test_kernel_size_is_one_number_or_two():
    with pytest.raises(ValueError, match=re.escape("kernel_size must be one number or (rows")):
        conv_output_shape((28, 28, 1), 8, (3, 3, 3))


def test_worked_output_lengths_evaluate_to_the_length():
    rng = np.random.default_rng(7)
    for _ in range(200):
        n, kernel, stride = (int(x) for x in rng.integers(1, [60, 8, 4]))
        dilation = int(rng.integers(1, 4)) if stride == 1 else 1
        padding = str(rng.choice(["valid", "same"]))
        length = outcome(conv_output_length, n, kernel, stride, padding, dilation)
        if length == "refused":
            continue
        text = explain_conv_output(n, kernel, stride, padding, dilation)
        assert_true_equations(text)
        assert text.endswith(f" = {length}")


def test_worked_receptive_fields_evaluate_to_the_field():
    rng = np.random.default_rng(8)
    for _ in range(100):
        stack = random_layers(rng)
        text = explain_receptive_field(stack)
        for line in text.splitlines()[1:-1]:
            assert_true_equations(line.split(": ", 1)[1])
        assert text.splitlines()[-1] == f"receptive field = {receptive_field(stack)}"
        assert len(text.splitlines()) == len(stack) + 2


def assert_true_equations(text):
    for equation in text.split(", "):
        left, right = equation.split(" = ")
        expression = re.search(r"(floor|ceil|\(|\d).*", left).group()
        names = {"floor": floor, "ceil": ceil}
        assert eval(expression, {"__builtins__": {}}, names) == int(right), equation
