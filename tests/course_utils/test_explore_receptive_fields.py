"""The figures of notebook 03 on receptive fields agree with the arithmetic and with Keras."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from course_utils.arithmetic import receptive_field
from course_utils.explore import receptive_fields as fields

CONV, POOL = (3, 1, 1), (2, 2, 1)
CLASSROOM = [CONV, POOL, CONV, POOL, CONV]
STACKS = [
    [],
    [CONV],
    [CONV] * 3,
    CLASSROOM,
    [(3, 1, 1), (3, 1, 2), (3, 1, 4)],
    [(5, 2, 1), (3, 2, 1), POOL],
]


def texts(axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(fields).failed == 0


@pytest.mark.parametrize("layers", STACKS)
def test_paths_span_the_receptive_field(layers):
    counts = fields.path_counts(layers)
    assert len(counts) == len(layers) + 1
    assert len(counts[0]) == receptive_field(layers)
    paths = np.prod([kernel for kernel, _, _ in layers], dtype=int)
    assert counts[0].sum() == paths


def test_paths_are_the_gradients_of_a_network_of_ones():
    import tensorflow as tf
    from keras import Input, layers, models

    model = models.Sequential(
        [
            Input((1, 40, 1)),
            layers.Conv2D(1, (1, 3), use_bias=False, kernel_initializer="ones"),
            layers.Conv2D(1, (1, 3), strides=(1, 2), use_bias=False, kernel_initializer="ones"),
            layers.Conv2D(1, (1, 3), use_bias=False, kernel_initializer="ones"),
        ]
    )
    pixels = tf.ones((1, 1, 40, 1))
    with tf.GradientTape() as tape:
        tape.watch(pixels)
        output = model(pixels)[0, 0, 5, 0]
    gradient = tape.gradient(output, pixels).numpy().ravel()
    expected = fields.path_counts([(3, 1, 1), (3, 2, 1), (3, 1, 1)])[0]
    assert np.array_equal(gradient[gradient > 0], expected)


@pytest.mark.parametrize("layers", STACKS)
def test_the_cone_says_what_each_layer_sees(layers):
    said = texts(fields.plot_field_cone(layers).axes[0])
    sizes = [receptive_field(layers[: n + 1]) for n in range(len(layers))]
    assert [text for text in said if "sees" in text] == [f"sees {size} pixels" for size in sizes]
    assert not [
        t for t in texts(fields.plot_field_cone(layers, numbers=False).axes[0]) if "sees" in t
    ]


@pytest.mark.parametrize(("layers", "share"), [([CONV] * 3, "6%"), ([POOL] * 6, "100%")])
def test_the_window_on_the_image_says_its_share(layers, share):
    figure = fields.plot_field(layers, np.zeros((28, 28)))
    size = receptive_field(layers)
    assert figure.axes[1].get_title() == f"window {size}×{size}: {share} of the image"
    assert f"receptive field = {size}" in texts(figure.axes[2])[0]


def test_the_gradient_figure_says_what_was_measured():
    heat = np.zeros((28, 28))
    heat[5:12, 4:13] = 0.5
    assert fields.bounding_box(heat) == (5, 4, 7, 9)
    figure = fields.plot_gradient_field(heat, [CONV] * 3)
    assert figure.axes[0].get_title() == "measured: 7×9 pixels"


def test_growth_draws_one_line_for_each_stack():
    figure = fields.plot_growth({"a": [CONV] * 14, "b": CLASSROOM}, goal=28)
    lines = [line for line in figure.axes[0].lines if line.get_label() in "ab"]
    assert [line.get_ydata()[-1] for line in lines] == [29, 18]


def test_the_exploration_starts_as_told(capsys):
    fields.explore_receptive_field(np.zeros((28, 28)), start=("conv 3×3", "max-pool 2×2"))
    said = capsys.readouterr().out
    assert "layer 2 = max-pool 2×2, layer 3 = no layer" in said
