"""Filters, feature maps and diagrams of Keras models."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.plots.diagrams import plot_model_diagram
from course_utils.plots.responses import plot_feature_maps, plot_filters
from tests.course_utils.figures import assert_fits_a_notebook, pictures, words


@pytest.fixture(scope="module")
def model():
    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(4, 3, activation="relu", name="first"),
            layers.MaxPooling2D(name="pool"),
            layers.Conv2D(20, 3, name="second"),
            layers.Flatten(name="flat"),
            layers.Dense(10, name="scores"),
        ]
    )


def test_filters_show_the_weights_on_one_scale(model):
    figure = plot_filters(model.get_layer("second"), channel=2)
    kernel = keras.ops.convert_to_numpy(model.get_layer("second").kernel)
    shown = pictures(figure)[:20]
    for index, image in enumerate(shown):
        np.testing.assert_array_equal(image.get_array(), kernel[:, :, 2, index])
    extent = np.abs(kernel[:, :, 2]).max()
    assert {image.get_clim() for image in shown} == {(-extent, extent)}
    assert "second: 20 filters 3×3, input channel 2" in words(figure)
    assert_fits_a_notebook(figure)


@pytest.mark.parametrize(
    ("layer", "channel", "message"),
    [
        ("first", 1, "channel 1 does not exist: there are 1"),
        ("pool", 0, "'pool' has no 2-D kernels"),
    ],
)
def test_impossible_filters_are_refused(model, layer, channel, message):
    with pytest.raises(ValueError, match=message):
        plot_filters(model.get_layer(layer), channel)


def test_feature_maps_are_what_the_layers_compute(model, recwarn):
    image = np.random.default_rng(0).random((28, 28)).astype("float32")
    figure = plot_feature_maps(model, image, ["first", "second"], max_maps=8)
    shown = [picture.get_array() for picture in pictures(figure)]
    first = keras.ops.convert_to_numpy(model.get_layer("first")(image[None, ..., None]))[0]
    np.testing.assert_array_equal(shown[0], image)
    np.testing.assert_allclose(np.stack(shown[1:5], -1), first, rtol=1e-5, atol=1e-6)
    assert len(shown) == 1 + 4 + 8
    assert "second\n11×11×20\nthe first 8" in words(figure)
    assert_fits_a_notebook(figure)
    assert not [w for w in recwarn if "structure" in str(w.message)]


@pytest.mark.parametrize(
    ("name", "message"),
    [("third", "no layer 'third'; there are first, pool"), ("flat", "'flat' has no height")],
)
def test_impossible_feature_maps_are_refused(model, name, message):
    with pytest.raises(ValueError, match=message):
        plot_feature_maps(model, np.zeros((28, 28)), [name])


def test_a_chain_names_every_layer_with_shape_and_params(model):
    figure = plot_model_diagram(model)
    found = words(figure)
    for layer in model.layers:
        assert layer.name in found
        assert f"{layer.count_params():,} params" in found
        assert "×".join(map(str, layer.output.shape[1:])) in found
    assert_fits_a_notebook(figure)


def test_shapes_can_be_left_out(model):
    assert "26×26×4" not in words(plot_model_diagram(model, show_shapes=False))


def test_long_chains_wrap():
    chain = [keras.Input((32, 32, 3)), *(layers.Conv2D(8, 1) for _ in range(24))]
    assert_fits_a_notebook(plot_model_diagram(keras.Sequential(chain)))


def test_long_names_and_open_sizes_are_readable():
    model = keras.Sequential(
        [
            keras.Input((None, None, 3)),
            layers.Conv2D(8, 3, name="a_name_that_is_far_too_long_for_any_diagram"),
            layers.GlobalAveragePooling2D(),
        ]
    )
    figure = plot_model_diagram(model)
    assert "?×?×8" in words(figure)
    assert_fits_a_notebook(figure)


def test_a_graph_draws_every_connection():
    start = keras.Input((8, 8, 4), name="start")
    left = layers.Conv2D(4, 3, padding="same", name="left")(start)
    joined = layers.Add(name="joined")([start, left])
    figure = plot_model_diagram(keras.Model(start, layers.ReLU(name="end")(joined)))
    assert {"start", "left", "joined", "end"} <= set(words(figure))
    arrows = [p for p in figure.axes[0].patches if type(p).__name__ == "FancyArrowPatch"]
    assert len(arrows) == 4
    assert_fits_a_notebook(figure)


def test_a_shared_layer_counts_once():
    one, two = keras.Input((8,), name="one"), keras.Input((8,), name="two")
    shared = layers.Dense(4, name="shared")
    found = words(
        plot_model_diagram(keras.Model([one, two], layers.Add()([shared(one), shared(two)])))
    )
    assert found.count("shared") == 2
    assert len([word for word in found if "36 params" in word]) == 1


def test_a_diagram_can_be_saved(model, tmp_path):
    plot_model_diagram(model, to_file=tmp_path / "model.png")
    assert (tmp_path / "model.png").read_bytes().startswith(b"\x89PNG")


def test_a_model_without_shapes_is_refused():
    with pytest.raises(ValueError, match="begin it with Input"):
        plot_model_diagram(keras.Sequential([layers.Dense(3)]))
