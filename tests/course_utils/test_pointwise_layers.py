"""Layers that students return, as plain data."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.pointwise_layers import describe_mixing

PICTURE = [[[1, 0, 0], [0, 1, 0]], [[0, 0, 1], [0.5, 0.5, 0]]]


def mixing(weights, use_bias=False):
    from keras import layers

    layer = layers.Conv2D(1, 1, use_bias=use_bias)
    layer.build((None, None, None, len(weights)))
    kernel = np.reshape(weights, (1, 1, -1, 1))
    layer.set_weights([kernel, np.zeros(1)] if use_bias else [kernel])
    return layer


def test_a_layer_is_its_kernel_shape_and_what_it_does():
    shape, use_bias, result = describe_mixing(lambda: mixing([0.2, 0.3, 0.4]), PICTURE)
    assert shape == (1, 1, 3, 1)
    assert result == [[[0.2], [0.3]], [[0.4], [0.25]]]
    assert use_bias is False
    assert describe_mixing(lambda: mixing([1, 1, 1], use_bias=True), PICTURE)[1] is True


def test_a_layer_without_weights_or_for_other_pictures_is_still_described():
    from keras import layers

    assert describe_mixing(lambda: layers.Conv2D(1, 1), PICTURE) == ((), True, None)
    shape, _, result = describe_mixing(lambda: mixing([0.5]), PICTURE)
    assert (shape, result) == ((1, 1, 1, 1), None)


def test_what_is_no_layer_is_refused():
    assert describe_mixing(lambda: None, PICTURE) is None
    with pytest.raises(TypeError, match="ndarray"):
        describe_mixing(lambda: np.zeros(3), PICTURE)
