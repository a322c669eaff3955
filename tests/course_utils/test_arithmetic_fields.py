"""Receptive fields of Keras models: formula and gradient measurement agree."""

import os
import re

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import pytest
from keras import Input, Sequential, layers

from course_utils.arithmetic import receptive_field
from course_utils.arithmetic.fields import gradient_receptive_field, model_receptive_field


def random_stack(rng):
    """A chain of layers with square windows, and its (kernel, stride, dilation) list."""
    kinds, windows = [], []
    for _ in range(rng.integers(1, 5)):
        kernel, stride, dilation = (int(n) for n in rng.integers(1, [6, 3, 4]))
        padding = str(rng.choice(["valid", "same"]))
        kind = rng.integers(6)
        if kind == 0:
            kinds.append(layers.Conv2D(3, kernel, strides=stride, padding=padding))
            windows.append((kernel, stride, 1))
        elif kind == 1:
            kinds.append(layers.Conv2D(3, 3, dilation_rate=dilation, padding=padding))
            windows.append((3, 1, dilation))
        elif kind == 2:
            kinds.append(layers.DepthwiseConv2D(kernel, strides=stride, padding=padding))
            windows.append((kernel, stride, 1))
        elif kind == 3:
            kinds.append(layers.SeparableConv2D(2, kernel, activation="relu"))
            windows.append((kernel, 1, 1))
        elif kind == 4:
            kinds.append(layers.MaxPooling2D(2, padding=padding))
            windows.append((2, 2, 1))
        else:
            kinds += [layers.BatchNormalization(), layers.ReLU(), layers.AveragePooling2D(3, 2)]
            windows.append((3, 2, 1))
    return Sequential([Input((None, None, 2)), *kinds]), windows


def test_formula_and_gradients_agree_on_random_stacks():
    rng = np.random.default_rng(41)
    for _ in range(25):
        model, windows = random_stack(rng)
        field = receptive_field(windows)
        assert model_receptive_field(model) == field
        # Room for the field wherever striding puts the centre.
        assert gradient_receptive_field(model, 2 * field + 40) == field, windows


def classroom_network():
    return Sequential(
        [
            Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu", name="first"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(8, 3, activation="relu"),
            layers.Flatten(name="flat"),
            layers.Dense(10, activation="softmax"),
        ],
        name="classroom",
    )


def test_the_last_feature_map_counts_and_any_layer_can_be_asked():
    model = classroom_network()
    assert model_receptive_field(model) == gradient_receptive_field(model, 28)
    assert model_receptive_field(model, "first") == 3


def test_the_field_does_not_depend_on_the_weights():
    model = classroom_network()
    for weight in model.weights:
        weight.assign(-abs(weight.numpy()) - 1)
    assert gradient_receptive_field(model, 28) == gradient_receptive_field(classroom_network(), 28)
    assert all((weight.numpy() < 0).all() for weight in model.weights), "the model was changed"


def test_models_inside_models_are_entered():
    base = classroom_network()
    pooled = keras.Model(base.inputs, layers.GlobalMaxPooling2D()(base.layers[4].output))
    model = Sequential([Input((28, 28, 1)), layers.RandomFlip(), pooled, layers.Dense(2)])
    assert model_receptive_field(model) == model_receptive_field(base)
    with pytest.raises(ValueError, match="no last feature map to measure: pass the part"):
        gradient_receptive_field(model, 28)
    convs, _ = random_stack(np.random.default_rng(42))
    stacked = Sequential([Input((None, None, 2)), convs, layers.Conv2D(1, 3)])
    assert gradient_receptive_field(stacked, 99) == model_receptive_field(stacked)


@pytest.mark.parametrize(
    "flat", [layers.Activation("softmax"), layers.Softmax(), layers.ReLU(max_value=0.001)]
)
def test_activations_without_slope_do_not_hide_pixels(flat):
    convs = [layers.Conv2D(1, 3, activation="hard_sigmoid"), flat, layers.Conv2D(1, 3)]
    model = Sequential([Input((None, None, 1)), layers.Rescaling(1000), *convs])
    assert gradient_receptive_field(model, 15) == model_receptive_field(model)


def residual_network(kernel):
    image = Input((None, None, 2))
    x = layers.Conv2D(4, 3, padding="same")(image)
    branch = layers.Conv2D(4, kernel, padding="same")(x)
    return keras.Model(image, layers.Add()([x, branch]))


def test_gradients_measure_branching_models_too():
    for kernel in (1, 3, 5):
        model = residual_network(kernel)
        longest = receptive_field([(3, 1, 1), (kernel, 1, 1)])
        assert gradient_receptive_field(model, 31) == longest
        with pytest.raises(ValueError, match=r"branches at 'add.*use gradient_receptive_field"):
            model_receptive_field(model)


def test_a_field_cut_off_by_the_border_is_not_reported():
    model = Sequential([Input((None, None, 1)), layers.Conv2D(1, 3, padding="same")])
    assert gradient_receptive_field(model, 9) == 3
    with pytest.raises(ValueError, match="reaches the border of 2×2: use a larger size"):
        gradient_receptive_field(model, 2)
    valid = Sequential([Input((None, None, 1)), layers.Conv2D(1, 3)])
    assert gradient_receptive_field(valid, 3) == 3


def test_an_image_too_small_for_the_model_is_refused():
    with pytest.raises(ValueError, match="the model cannot take 9×9 images"):
        gradient_receptive_field(classroom_network(), 9)


def test_windows_that_are_not_square_are_refused_with_both_sides():
    model = Sequential([Input((30, 30, 1)), layers.Conv2D(1, (3, 5))])
    for measure in (model_receptive_field, lambda model: gradient_receptive_field(model, 30)):
        with pytest.raises(ValueError, match="not square: 3 rows, 5 columns"):
            measure(model)


@pytest.mark.parametrize(
    ("layer_name", "message"),
    [
        ("second", "no layer 'second' in 'classroom': input"),
        ("flat", "'flat' gives no map with height and width"),
    ],
)
def test_layers_without_a_field_are_refused(layer_name, message):
    with pytest.raises(ValueError, match=message):
        model_receptive_field(classroom_network(), layer_name)


def test_unknown_windows_are_refused():
    model = Sequential([Input((8, 8, 2)), layers.UpSampling2D(name="up"), layers.Conv2D(1, 3)])
    with pytest.raises(ValueError, match=re.escape("window of 'up' (UpSampling2D) is not known")):
        model_receptive_field(model)


def test_a_model_without_images_has_no_field():
    model = Sequential([Input((8,)), layers.Dense(3)], name="mlp")
    for measure in (model_receptive_field, lambda model: gradient_receptive_field(model, 9)):
        with pytest.raises(ValueError, match="mlp"):
            measure(model)
