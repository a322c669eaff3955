"""The NumPy teaching references compute what Keras computes."""

import os
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.conv_ops import (
    average_pool2d,
    batchnorm_forward,
    conv2d,
    depthwise_conv2d,
    im2col,
    max_pool2d,
    maxout,
    pointwise_conv2d,
    shift_image,
)


def numpy_of(tensor):
    return keras.ops.convert_to_numpy(tensor)


def close(ours, theirs):
    np.testing.assert_allclose(ours, numpy_of(theirs), rtol=1e-4, atol=1e-4)


def sides(rng, low, high):
    return tuple(int(n) for n in rng.integers(low, high, 2))


def test_conv2d_agrees_with_keras():
    rng = np.random.default_rng(21)
    for _ in range(150):
        channels, filters = sides(rng, 1, 5)
        image = rng.normal(size=(*sides(rng, 9, 14), channels)).astype("float32")
        kernel = rng.normal(size=(*sides(rng, 1, 5), channels, filters)).astype("float32")
        bias = rng.normal(size=filters).astype("float32")
        dilated = rng.random() < 0.3
        stride = (1, 1) if dilated else sides(rng, 1, 4)
        dilation = sides(rng, 1, 3) if dilated else (1, 1)
        padding = str(rng.choice(["valid", "same"]))
        expected = keras.ops.conv(image[None], kernel, stride, padding, dilation_rate=dilation)
        close(conv2d(image, kernel, bias, stride, padding, dilation), expected[0] + bias)


def test_a_grey_image_is_an_image_of_one_channel():
    rng = np.random.default_rng(22)
    image, kernel = rng.normal(size=(7, 9)), rng.normal(size=(3, 2))
    with_axes = conv2d(image[:, :, None], kernel[:, :, None, None], stride=2, padding="same")
    np.testing.assert_allclose(
        conv2d(image, kernel, stride=2, padding="same"), with_axes[:, :, 0], rtol=1e-12
    )


def test_one_filter_of_a_colour_image_gives_one_map():
    rng = np.random.default_rng(23)
    image, kernel = rng.normal(size=(7, 9, 3)), rng.normal(size=(3, 2, 3, 4))
    maps = conv2d(image, kernel)
    for index in range(4):
        single = conv2d(image, kernel[..., index], bias=0.5)
        np.testing.assert_allclose(single, maps[..., index] + 0.5, rtol=1e-12)


def test_the_kernel_is_not_flipped():
    image = np.zeros((3, 3), int)
    image[1, 1] = 1
    kernel = np.arange(9).reshape(3, 3)
    # A bright pixel copies the kernel upside down; a true convolution would copy it upright.
    np.testing.assert_array_equal(conv2d(image, kernel, padding="same"), kernel[::-1, ::-1])


def test_dark_and_bright_bytes_do_not_overflow():
    image = np.full((5, 5), 255, np.uint8)
    assert conv2d(image, np.ones((3, 3), np.uint8)).max() == 9 * 255
    assert conv2d(image, np.full((3, 3), -1)).min() == -9 * 255
    assert average_pool2d(image).max() == 255


def test_im2col_times_kernel_is_a_convolution():
    rng = np.random.default_rng(24)
    for _ in range(40):
        channels, filters = sides(rng, 1, 5)
        size, stride = int(rng.integers(1, 5)), int(rng.integers(1, 4))
        x = rng.normal(size=(*sides(rng, 5, 10), channels)).astype("float32")
        layer = layers.Conv2D(filters, size, strides=stride, use_bias=False)
        layer.build((None, *x.shape))
        kernel = rng.normal(size=layer.kernel.shape).astype("float32")
        layer.set_weights([kernel])
        expected = numpy_of(layer(x[None]))[0]
        patches = im2col(x, size, stride)
        assert patches.shape == (expected[..., 0].size, size * size * channels)
        close(patches @ kernel.reshape(-1, filters), expected.reshape(-1, filters))


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(max_pool2d, keras.ops.max_pool), (average_pool2d, keras.ops.average_pool)],
)
def test_pooling_agrees_with_keras_also_on_negative_maps(ours, theirs):
    rng = np.random.default_rng(25)
    for _ in range(50):
        x = rng.normal(-3, 1, size=(*sides(rng, 4, 12), int(rng.integers(1, 4))))
        x = x.astype("float32")
        pool, stride = sides(rng, 1, 5), None if rng.random() < 0.5 else sides(rng, 1, 4)
        close(ours(x, pool, stride), theirs(x[None], pool, stride or pool)[0])
        close(
            ours(x[..., 0], pool, stride), theirs(x[None, ..., :1], pool, stride or pool)[0, ..., 0]
        )


def test_depthwise_then_pointwise_is_a_separable_convolution():
    rng = np.random.default_rng(26)
    for _ in range(40):
        channels, filters = sides(rng, 1, 6)
        stride, padding = int(rng.integers(1, 3)), str(rng.choice(["valid", "same"]))
        x = rng.normal(size=(*sides(rng, 5, 10), channels)).astype("float32")
        depthwise = rng.normal(size=(*sides(rng, 1, 5), channels)).astype("float32")
        pointwise = rng.normal(size=(channels, filters)).astype("float32")
        stacked = depthwise_conv2d(x, depthwise, stride, padding)
        close(stacked, keras.ops.depthwise_conv(x[None], depthwise[..., None], stride, padding)[0])
        expected = keras.ops.separable_conv(
            x[None], depthwise[..., None], pointwise[None, None], stride, padding
        )
        close(pointwise_conv2d(stacked, pointwise), expected[0])


def test_maxout_agrees_with_reshape_and_max():
    rng = np.random.default_rng(27)
    for k in (1, 2, 4, 8):
        x = rng.normal(size=(2, 5, 4, 8)).astype("float32")
        expected = keras.ops.max(keras.ops.reshape(x, (2, 5, 4, 8 // k, k)), axis=-1)
        np.testing.assert_array_equal(maxout(x, k), numpy_of(expected))


@pytest.mark.parametrize("shape", [(6, 3), (4, 5, 6, 3)])
def test_batchnorm_agrees_with_keras_in_training(shape):
    rng = np.random.default_rng(28)
    x = rng.normal(2, 3, size=shape).astype("float32")
    gamma, beta = rng.normal(size=(2, 3)).astype("float32")
    layer = layers.BatchNormalization(epsilon=0.01)
    layer.build((None, *shape[1:]))
    layer.gamma.assign(gamma)
    layer.beta.assign(beta)
    close(batchnorm_forward(x, gamma, beta, eps=0.01), layer(x, training=True))
    np.testing.assert_allclose(batchnorm_forward(x, 1, 0).mean(), 0, atol=1e-5)


def test_shift_repeats_the_edge():
    rng = np.random.default_rng(29)
    for dy, dx in rng.integers(-9, 10, (60, 2)):
        image = rng.integers(0, 256, (5, 7, 3)).astype("uint8")
        pad = [(max(dy, 0), max(-dy, 0)), (max(dx, 0), max(-dx, 0)), (0, 0)]
        padded = np.pad(image, pad, mode="edge")
        expected = padded[max(-dy, 0) :][:5, max(-dx, 0) :][:, :7]
        shifted = shift_image(image, dy, dx)
        np.testing.assert_array_equal(shifted, expected)
        assert shifted.dtype == image.dtype


def test_inputs_stay_as_they_were():
    rng = np.random.default_rng(30)
    x, kernel = rng.normal(size=(6, 6, 2)), rng.normal(size=(3, 3, 2, 4))
    before = x.copy(), kernel.copy()
    results = [
        conv2d(x, kernel, padding="same"),
        im2col(x, 1),
        max_pool2d(x, 1),
        maxout(x, 1),
        shift_image(x, 0, 0),
    ]
    for result in results:
        result[...] = 0
    np.testing.assert_array_equal(x, before[0])
    np.testing.assert_array_equal(kernel, before[1])


def zeros(*shape):
    return np.zeros(shape)


@pytest.mark.parametrize(
    ("call", "shapes"),
    [
        (lambda: conv2d(zeros(5, 5, 3), zeros(3, 3)), ["(5, 5, 3)", "(3, 3)"]),
        (lambda: conv2d(zeros(5, 5, 3), zeros(3, 3, 1, 4)), ["(5, 5, 3)", "(3, 3, 1, 4)"]),
        (lambda: conv2d(zeros(5, 5), zeros(3, 3, 1, 4)), ["(5, 5)", "(3, 3, 1, 4)"]),
        (lambda: conv2d(zeros(2, 5), zeros(3, 3)), ["(2, 5)", "(3, 3)"]),
        (lambda: conv2d(zeros(1, 5, 5, 3), zeros(3, 3, 3, 4)), ["(1, 5, 5, 3)", "(3, 3, 3, 4)"]),
        (
            lambda: conv2d(zeros(5, 5, 3), zeros(3, 3, 3, 4), bias=zeros(3)),
            ["(3,)", "(3, 3, 3, 4)"],
        ),
        (lambda: im2col(zeros(4, 4), 5), ["(4, 4)", "(5, 5)"]),
        (lambda: max_pool2d(zeros(4, 2, 3), 3), ["(4, 2, 3)", "(3, 3)"]),
        (lambda: average_pool2d(zeros(2, 2, 2, 2)), ["(2, 2, 2, 2)", "(H, W, C)"]),
        (lambda: depthwise_conv2d(zeros(5, 5, 3), zeros(3, 3, 4)), ["(5, 5, 3)", "(3, 3, 4)"]),
        (lambda: pointwise_conv2d(zeros(5, 5, 3), zeros(4, 8)), ["(5, 5, 3)", "(4, 8)"]),
        (lambda: maxout(zeros(2, 7), 2), ["(2, 7)", "k=2"]),
        (lambda: batchnorm_forward(zeros(4, 3), zeros(4), 0), ["(4, 3)", "(4,)", "gamma"]),
        (lambda: batchnorm_forward(zeros(4, 3), 1, zeros(2)), ["(4, 3)", "(2,)", "beta"]),
        (lambda: batchnorm_forward(zeros(4, 3, 2), 1, 0), ["(4, 3, 2)", "(N, H, W, C)"]),
        (lambda: shift_image(zeros(4), 1, 1), ["(4,)", "(H, W)"]),
    ],
)
def test_shape_errors_name_both_shapes(call, shapes):
    in_any_order = "".join(f"(?=.*{re.escape(shape)})" for shape in shapes)
    with pytest.raises(ValueError, match=in_any_order):
        call()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"padding": "full"}, "'valid' or 'same', got 'full'"),
        ({"stride": 0}, "stride must be at least 1, got 0"),
        ({"stride": 2, "dilation": 2}, "only one of them may be above 1"),
        ({"stride": (1, 2), "dilation": (2, 1)}, "only one of them may be above 1"),
    ],
)
def test_impossible_convolutions_say_what_is_wrong(arguments, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        conv2d(zeros(9, 9), zeros(3, 3), **arguments)


def test_text_is_no_image():
    with pytest.raises(TypeError, match="image must hold numbers"):
        conv2d([["a", "b"]], [[1]])
    with pytest.raises(TypeError, match=r"dy must be a whole number, got 0\.5"):
        shift_image(zeros(3, 3), 0.5, 0)
