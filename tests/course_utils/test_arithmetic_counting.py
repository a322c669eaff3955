"""Parameter, multiplication, memory and batch counts agree with Keras and NumPy."""

import os
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.arithmetic import (
    batchnorm_params,
    conv_macs,
    conv_params,
    dataset_bytes,
    dense_params,
    explain_conv_params,
    separable_params,
    steps_per_epoch,
)


def built(layer, *shape):
    layer.build((None, *shape))
    return layer


def test_conv_params_agree_with_keras_and_ignore_the_image_size():
    rng = np.random.default_rng(11)
    for _ in range(200):
        groups = int(rng.choice([1, 1, 2, 4]))
        channels, filters = (groups * int(n) for n in rng.integers(1, 12, 2))
        kernel = tuple(int(n) for n in rng.integers(1, 8, 2))
        bias = bool(rng.integers(2))
        layer = layers.Conv2D(filters, kernel, use_bias=bias, groups=groups)
        expected = built(layer, *rng.integers(8, 99, 2), channels).count_params()
        assert conv_params(kernel, channels, filters, bias, groups) == expected


def test_separable_params_agree_with_keras():
    rng = np.random.default_rng(12)
    for _ in range(100):
        channels, filters = (int(n) for n in rng.integers(1, 40, 2))
        kernel = tuple(int(n) for n in rng.integers(1, 8, 2))
        bias = bool(rng.integers(2))
        layer = built(layers.SeparableConv2D(filters, kernel, use_bias=bias), 30, 30, channels)
        assert separable_params(kernel, channels, filters, bias) == layer.count_params()


def test_dense_params_agree_with_keras():
    rng = np.random.default_rng(13)
    for _ in range(100):
        n_in, n_out = (int(n) for n in rng.integers(1, 60, 2))
        bias = bool(rng.integers(2))
        layer = built(layers.Dense(n_out, use_bias=bias), n_in)
        assert dense_params(n_in, n_out, bias) == layer.count_params()


def test_batchnorm_params_agree_with_keras():
    for channels in (1, 3, 64, 257):
        layer = built(layers.BatchNormalization(), 4, 4, channels)
        trainable = sum(int(np.prod(weight.shape)) for weight in layer.trainable_weights)
        assert batchnorm_params(channels) == (layer.count_params(), trainable)


def test_conv_macs_count_the_products_keras_adds_up():
    """With ones in image and kernel each product is 1, so the outputs add up to their number."""
    rng = np.random.default_rng(14)
    for _ in range(60):
        groups = int(rng.choice([1, 1, 2]))
        channels, filters = (groups * int(n) for n in rng.integers(1, 5, 2))
        kernel = tuple(int(n) for n in rng.integers(1, 5, 2))
        image = np.ones((1, *rng.integers(5, 12, 2), channels), "float32")
        weights = np.ones((*kernel, channels // groups, filters), "float32")
        result = keras.ops.conv(image, weights, strides=int(rng.integers(1, 4)), padding="valid")
        products = int(keras.ops.sum(result))
        assert conv_macs(tuple(result.shape[1:3]), kernel, channels, filters, groups) == products


def test_dataset_bytes_are_the_bytes_of_the_array():
    for dtype in ("uint8", "float16", "float32", "float64"):
        array = np.zeros((7, 5, 4, 3), dtype)
        assert dataset_bytes(7, 5, 4, 3, dtype) == array.nbytes
    # Larger than any 32-bit number, and still exact.
    assert dataset_bytes(10**9, 1000, 1000, 3) == 12 * 10**15


def test_steps_cover_every_sample_once():
    rng = np.random.default_rng(15)
    for n_samples, batch_size in rng.integers(1, [500, 70], (100, 2)):
        batches = range(0, n_samples, batch_size)
        assert steps_per_epoch(n_samples, batch_size) == len(batches)


def test_worked_parameter_counts_evaluate_to_the_count():
    rng = np.random.default_rng(16)
    for _ in range(100):
        kernel = tuple(int(n) for n in rng.integers(1, 8, 2))
        channels, filters = (int(n) for n in rng.integers(1, 70, 2))
        bias = bool(rng.integers(2))
        text = explain_conv_params(kernel, channels, filters, bias)
        *steps, total = re.sub(" weights| biases", "", text).split(" = ")
        assert int(total) == conv_params(kernel, channels, filters, bias)
        assert {eval(step, {"__builtins__": {}}) for step in steps} == {int(total)}


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: conv_params(3, 6, 8, groups=4), "groups=4 must divide the input channels (6)"),
        (lambda: conv_params(3, 8, 6, groups=4), "and the filters (6)"),
        (lambda: conv_macs(28, 3, 6, 8, groups=4), "groups=4 must divide"),
        (lambda: conv_params((3, 0), 1, 1), "kernel_size must be at least 1, got 0"),
        (lambda: explain_conv_params(3, 0, 8), "in_channels must be at least 1, got 0"),
        (lambda: dense_params(0, 1), "n_in must be at least 1, got 0"),
        (lambda: separable_params(3, 3, -1), "filters must be at least 1, got -1"),
        (lambda: batchnorm_params(0), "channels must be at least 1, got 0"),
        (lambda: conv_macs((28, 0), 3, 1, 1), "output_hw must be at least 1, got 0"),
        (lambda: dataset_bytes(0, 1, 1, 1), "n_images must be at least 1, got 0"),
        (lambda: dataset_bytes(1, 1, 1, 1, "pixels"), "a NumPy type such as 'float32'"),
        (lambda: steps_per_epoch(10, 0), "batch_size must be at least 1, got 0"),
    ],
)
def test_impossible_counts_say_what_is_wrong(call, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        call()


def test_counts_need_whole_numbers():
    with pytest.raises(TypeError, match=r"filters must be a whole number, got 32\.0"):
        conv_params(3, 3, 32.0)
