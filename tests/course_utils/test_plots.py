"""Figures say what they should, fit a notebook, and none of their texts collide."""

import itertools

import numpy as np
import pytest

from course_utils.plots.fields import plot_receptive_field
from course_utils.plots.grids import Window, number_grid, plot_number_grids
from course_utils.plots.images import plot_images, plot_window
from course_utils.plots.levels import place_nodes
from course_utils.plots.responses import plot_response
from course_utils.plots.style import AROUND_ZERO, PALETTE, new_figure, use_course_style
from course_utils.plots.training import plot_training_curves
from tests.course_utils.figures import assert_fits_a_notebook, pictures, words

IMAGE = np.arange(36).reshape(6, 6) % 10
KERNEL = np.array([[1, 0, -1]] * 3)
RUN = {"loss": [1.0, 0.5], "val_loss": [1.1, 0.7], "accuracy": [0.5, 0.8]}


@pytest.fixture(autouse=True)
def _style():
    use_course_style()


def test_a_grid_shows_its_numbers_and_leaves_nan_empty():
    figure = new_figure(3, 3)
    array = np.array([[1, 2.5], [np.nan, -4]])
    number_grid(figure.add_subplot(), array, title="four")
    assert sorted(words(figure)) == sorted(["four", "1", "2.5", "-4"])
    assert_fits_a_notebook(figure)


def test_grid_windows_are_where_they_should_be():
    figure = new_figure(4, 4)
    ax = figure.add_subplot()
    number_grid(ax, IMAGE, [Window(1, 2, 3, 2), Window(0, 0)])
    frames = [p for p in ax.patches if not p.get_fill()]
    assert [(p.get_y(), p.get_x(), p.get_height(), p.get_width()) for p in frames] == [
        (1, 2, 3, 2),
        (0, 0, 1, 1),
    ]
    assert frames[0].get_edgecolor() != frames[1].get_edgecolor()


def test_grid_indices_count_rows_and_columns_from_zero():
    figure = new_figure(4, 4)
    number_grid(figure.add_subplot(), np.full((2, 3), 9), indices=True)
    assert sorted(words(figure)) == sorted(["9"] * 6 + ["0", "1"] + ["0", "1", "2"])


def test_zero_is_white_between_red_and_blue():
    figure = new_figure(3, 3)
    ax = figure.add_subplot()
    number_grid(ax, np.array([[-2, 0, 2]]), cmap=AROUND_ZERO)
    blue, white, red = (patch.get_facecolor() for patch in ax.patches)
    assert blue[2] > blue[0]
    assert red[0] > red[2]
    assert min(white[:3]) > 0.95


@pytest.mark.parametrize(
    ("array", "window", "message"),
    [(np.zeros(3), (), r"got shape \(3,\)"), (IMAGE, Window(4, 0, 3, 3), "leaves the grid")],
)
def test_impossible_grids_are_refused(array, window, message):
    with pytest.raises(ValueError, match=message):
        number_grid(new_figure().add_subplot(), array, window)


def test_grids_in_a_row_have_titles_signs_and_equal_cells():
    grids = {"image": IMAGE, "kernel": KERNEL, "output": IMAGE[:4, :4] * 100}
    figure = plot_number_grids(grids, ("*", "="), {"image": Window(0, 0, 3, 3)})
    assert {"image", "kernel", "output", "*", "="} <= set(words(figure))
    assert len(figure.axes) == 1
    assert_fits_a_notebook(figure)


def test_many_grids_still_fit():
    figure = plot_number_grids({f"channel {i}": IMAGE * 1111 for i in range(4)})
    assert_fits_a_notebook(figure)


@pytest.mark.parametrize(
    "arguments",
    [{"signs": ("*",)}, {"highlight": {"other": Window(0, 0)}}, {"cmap": {"x": "gray"}}],
)
def test_grid_arguments_must_match_the_grids(arguments):
    with pytest.raises(ValueError, match="grids are \\['image'\\]"):
        plot_number_grids({"image": IMAGE}, **arguments)


@pytest.mark.parametrize("count", [1, 7, 8, 40])
def test_images_are_all_there_with_their_labels(count):
    images = np.random.default_rng(0).random((count, 28, 28, 1)).astype("float32")
    figure = plot_images(images, [f"no {i}" for i in range(count)])
    assert len(pictures(figure)) == count
    assert words(figure) == [f"no {i}" for i in range(count)]
    assert_fits_a_notebook(figure)


def test_images_share_one_scale():
    dark, bright = np.full((4, 4), 0.2), np.full((4, 4), 0.9)
    shown = pictures(plot_images([dark, bright]))
    assert {image.get_clim() for image in shown} == {(0.0, 1.0)}
    byte = pictures(plot_images([np.full((4, 4), 7, np.uint8)]))
    assert byte[0].get_clim() == (0, 255)


def test_colour_pictures_stay_as_they_are():
    photo = np.random.default_rng(0).random((8, 9, 3))
    shown = pictures(plot_images([photo]))[0].get_array()
    np.testing.assert_allclose(shown, photo)


@pytest.mark.parametrize(
    ("images", "labels", "message"),
    [
        ([], None, "0 images"),
        ([IMAGE], ["a", "b"], "1 images and 2 labels"),
        ([np.zeros((4, 4, 2))], None, r"got \(4, 4, 2\)"),
    ],
)
def test_impossible_picture_grids_are_refused(images, labels, message):
    with pytest.raises(ValueError, match=message):
        plot_images(images, labels)


def test_window_shows_the_numbers_of_a_grey_picture():
    figure = plot_window(IMAGE, 1, 2, 3)
    numbers = [int(word) for word in words(figure) if word.isdigit()]
    np.testing.assert_array_equal(numbers, IMAGE[1:4, 2:5].ravel())
    assert any("[1, 2]" in word for word in words(figure))
    assert_fits_a_notebook(figure)


def test_window_of_a_photo_is_enlarged():
    photo = np.random.default_rng(0).random((40, 60, 3))
    whole, part = pictures(plot_window(photo, 5, 6, 10))
    np.testing.assert_allclose(part.get_array(), whole.get_array()[5:15, 6:16])


@pytest.mark.parametrize(("row", "col", "size"), [(4, 0, 3), (0, -1, 3), (0, 0, 7), (0, 0, 0)])
def test_windows_outside_the_picture_are_refused(row, col, size):
    with pytest.raises(ValueError, match="leaves the 6×6 picture"):
        plot_window(IMAGE, row, col, size)


def test_response_is_symmetric_around_zero():
    response = np.array([[-1.0, 0.5], [0.0, 3.0]])
    figure = plot_response(IMAGE, KERNEL, response)
    assert {"picture 6×6", "kernel 3×3", "response 2×2"} <= set(words(figure))
    map_ = next(image for image in pictures(figure) if image.get_array().shape == (2, 2))
    assert map_.get_clim() == (-3, 3)
    assert_fits_a_notebook(figure)


@pytest.mark.parametrize("shape", [(40, 60, 3), (28, 28), (90, 30)])
def test_responses_fit_whatever_the_picture(shape):
    assert_fits_a_notebook(plot_response(np.zeros(shape), np.ones((5, 5)) / 25, np.ones(shape[:2])))


def test_response_needs_flat_kernels():
    with pytest.raises(ValueError, match=r"got \(3, 3, 1\)"):
        plot_response(IMAGE, KERNEL[..., None], IMAGE)


def test_curves_show_training_solid_and_validation_dashed():
    figure = plot_training_curves(RUN, title="a run")
    loss, accuracy = figure.axes
    assert [line.get_linestyle() for line in loss.lines if len(line.get_xdata())] == ["-", "--"]
    np.testing.assert_array_equal(loss.lines[0].get_xdata(), [1, 2])
    np.testing.assert_array_equal(loss.lines[1].get_ydata(), RUN["val_loss"])
    assert len([line for line in accuracy.lines if len(line.get_xdata())]) == 1
    assert {"a run", "training", "validation", "epoch"} <= set(words(figure))
    assert_fits_a_notebook(figure)


def test_compared_runs_have_different_colours_and_are_named():
    class History:
        history = RUN

    figure = plot_training_curves({"Dense": History(), "convnet": RUN}, metrics=["loss"])
    assert {"Dense", "convnet"} <= set(words(figure))
    assert len({line.get_color() for line in figure.axes[0].lines}) == 2


def test_unknown_metrics_are_named():
    with pytest.raises(ValueError, match="'acc'; there are accuracy, loss, val_loss"):
        plot_training_curves(RUN, metrics=["acc"])


def test_receptive_field_windows_have_the_computed_sizes():
    figure = plot_receptive_field([(3, 1, 1), (2, 2, 1), (3, 1, 1)], 28)
    frames = [p for p in figure.axes[0].patches if not p.get_fill()]
    assert [p.get_width() for p in frames] == [3, 4, 8]
    assert any("2×2, stride 2: sees 4×4" in word for word in words(figure))
    assert_fits_a_notebook(figure)


def test_receptive_field_larger_than_the_input_is_cut():
    figure = plot_receptive_field([(3, 1, 1)] * 14, 28)
    assert any("29×29 pixels (all 28×28)" in word for word in words(figure))
    assert max(p.get_width() for p in figure.axes[0].patches) == 28
    assert_fits_a_notebook(figure)


def test_receptive_field_needs_layers():
    with pytest.raises(ValueError, match="at least one layer"):
        plot_receptive_field([], 28)


def test_colours_are_distinct_and_not_too_light():
    assert len(set(PALETTE)) == len(PALETTE)
    for colour in PALETTE:
        channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        assert np.dot(channels, (0.2126, 0.7152, 0.0722)) < 0.7


def test_nodes_stand_below_what_feeds_them_and_apart():
    inputs = [(), (0,), (0,), (2,), (0,), (1, 3, 4), (5, 0)]
    layout = place_nodes(inputs)
    for node, feeding in enumerate(inputs):
        assert all(layout.levels[other] < layout.levels[node] for other in feeding)
    for a, b in itertools.combinations(range(len(inputs)), 2):
        if layout.levels[a] == layout.levels[b]:
            assert abs(layout.columns[a] - layout.columns[b]) >= 1


def test_lines_do_not_run_through_nodes():
    layout = place_nodes([(), (0,), (1, 0), (2, 1, 0), (3, 2, 1, 0)])
    for points in layout.lines.values():
        for column, level in points:
            boxes = [c for c, at in zip(layout.columns, layout.levels, strict=True) if at == level]
            assert all(abs(column - box) > 0.5 for box in boxes)
