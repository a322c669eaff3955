"""The figures of notebook 01 show the numbers that a convolution has."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from course_utils.conv_ops import conv2d
from course_utils.explore import convolution, hand_filters, layer_drawing, translation
from course_utils.plots.style import AROUND_ZERO, ORANGE, PICTURE

IMAGE = np.array([[9, 9, 0, 1], [8, 7, 2, 0], [5, 9, 3, 4]])
KERNEL = np.array([[1, 0], [2, -3]])


def texts(thing):
    """Return every text in a figure or axes."""
    return [text.get_text() for text in thing.findobj(lambda a: hasattr(a, "get_text"))]


def numbers(ax):
    return [text.get_text() for text in ax.texts if text.get_text()]


def frames(ax):
    """Return the places (left, top) and widths of the orange frames."""
    return [
        (*box.get_xy(), box.get_width())
        for box in ax.patches
        if isinstance(box, Rectangle) and not box.get_fill()
        and box.get_edgecolor() == to_rgba(ORANGE)
    ]  # fmt: skip


def test_a_step_shows_window_products_and_what_is_known_so_far():
    figure = convolution.plot_convolution_step(IMAGE, KERNEL, 1, 0)
    image, kernel, products, output = figure.axes
    assert numbers(image) == [str(n) for n in IMAGE.ravel()]
    assert numbers(kernel) == ["1", "0", "2", "-3"]
    assert numbers(products) == ["8", "0", "10", "-27"]
    expected = conv2d(IMAGE, KERNEL)
    assert numbers(output) == [str(n) for n in expected.ravel()[:4]]
    assert frames(image) == [(0, 1, 2)]
    assert frames(output) == [(0, 1, 1)]
    assert f"8·1 + 7·0 + 5·2 + 9·(-3)  =  {expected[1, 0]}" in texts(figure)


def test_a_step_with_padding_and_stride_shows_the_added_zeros():
    figure = convolution.plot_convolution_step(IMAGE, np.ones((3, 3), int), 0, 1, 2, "same")
    image, _, _, output = figure.axes
    # TensorFlow puts one ring around three rows, but only one column to the right of four.
    assert len(numbers(image)) == 5 * 5
    assert frames(image) == [(2, 0, 3)]
    expected = conv2d(IMAGE, np.ones((3, 3), int), stride=2, padding="same")
    assert numbers(output) == [str(n) for n in expected.ravel()[:2]]


@pytest.mark.parametrize("place", [(2, 0), (0, 3), (-1, 0)])
def test_a_step_outside_the_output_is_refused(place):
    with pytest.raises(ValueError, match="2×3: it has no position"):
        convolution.plot_convolution_step(IMAGE, KERNEL, *place)


def test_a_film_has_a_step_for_every_position(capsys):
    convolution.animate_convolution(IMAGE, KERNEL)
    assert "steps 1, 2, 6 of 6" in capsys.readouterr().out


def test_patches_lie_where_they_were_taken():
    picture = np.random.default_rng(0).random((6, 7, 3))
    left, right = convolution.plot_patches(picture, 3).axes
    sheet = np.asarray(right.images[0].get_array())
    for row, col in ((0, 0), (2, 1), (3, 4)):
        top, start = row * 4 + 1, col * 4 + 1
        patch = picture[row : row + 3, col : col + 3]
        np.testing.assert_array_equal(sheet[top : top + 3, start : start + 3], patch)
    assert "4×5 = 20 windows of 3×3×3" in right.get_title()
    assert len(frames(left)) == len(frames(right)) == 1


def test_the_matrix_product_is_the_convolution():
    rng = np.random.default_rng(1)
    picture, kernels = rng.random((6, 5, 3)), rng.normal(size=(3, 3, 3, 2))
    figure = convolution.plot_matrix_product(picture, kernels)
    windows, columns, product, *maps = (np.asarray(ax.images[0].get_array()) for ax in figure.axes)
    np.testing.assert_allclose(windows @ columns, product)
    for number, shown in enumerate(maps):
        np.testing.assert_allclose(shown, product[:, number].reshape(4, 3))
        np.testing.assert_allclose(shown, conv2d(picture, kernels[..., number]))


def test_the_process_names_the_shapes():
    rng = np.random.default_rng(2)
    figure = convolution.plot_process(rng.random((6, 7, 3)), rng.normal(size=(3, 3, 3, 4)))
    shown = " ".join(texts(figure)).replace("\n", " ")
    for text in ("feature map 6×7×3", "4×5 windows of 3×3×3", "feature map 4×5×4"):
        assert text in shown


def test_filter_response_is_a_convolution():
    rng = np.random.default_rng(3)
    image, kernel = rng.normal(size=(9, 7)), rng.normal(size=(3, 2))
    np.testing.assert_allclose(hand_filters.filter_response(image, kernel), conv2d(image, kernel))
    with pytest.raises(ValueError, match="does not fit"):
        hand_filters.filter_response(image[:2], kernel)


def test_the_filters_keep_or_remove_even_ground():
    flat = np.full((5, 5), 0.25)
    for name, kernel in hand_filters.FILTERS.items():
        expected = 0 if "edges" in name else 0.25
        np.testing.assert_allclose(hand_filters.filter_response(flat, kernel), expected, atol=1e-12)


def test_edges_are_positive_from_bright_to_dark():
    bright_left = np.tile([1.0, 1, 1, 0, 0, 0], (6, 1))
    assert (
        hand_filters.filter_response(bright_left, hand_filters.FILTERS["vertical edges"]).min() >= 0
    )
    assert (
        hand_filters.filter_response(bright_left, hand_filters.FILTERS["vertical edges"]).max() == 4
    )
    bright_top = bright_left.T
    assert (
        hand_filters.filter_response(bright_top, hand_filters.FILTERS["horizontal edges"]).max()
        == 4
    )


def test_one_filter_marks_the_same_place_twice():
    picture = np.random.default_rng(4).random((9, 12))
    figure = hand_filters.plot_one_filter(picture, hand_filters.FILTERS["sharpen"], 2, 5)
    left, window, _, right = figure.axes
    assert frames(left) == frames(right) == [(4.5, 1.5, 3)]
    expected = [f"{n:g}" for n in np.round(100 * picture[2:5, 5:8]).ravel()]
    assert numbers(window) == expected
    with pytest.raises(ValueError, match="leaves the 9×12 picture"):
        hand_filters.plot_one_filter(picture, hand_filters.FILTERS["sharpen"], 7, 0)


def test_a_filter_bank_draws_signed_answers_around_zero():
    pictures = {"one": np.eye(8), "other": np.ones((8, 8))}
    figure = hand_filters.plot_filter_bank(pictures, hand_filters.FILTERS)
    grid = np.reshape(figure.axes, (3, 6))
    colours = [ax.images[0].get_cmap().name for ax in grid[1, 1:]]
    assert colours == [PICTURE] * 3 + [AROUND_ZERO] * 2
    assert set(hand_filters.FILTERS) <= set(texts(figure))


def test_explorations_without_a_kernel_say_what_they_show(capsys):
    hand_filters.explore_filters({"eye": np.eye(8)})
    layer_drawing.explore_layer()
    translation.explore_shift(np.pad(np.eye(4), 4), hand_filters.FILTERS["sharpen"], most=3)
    shown = capsys.readouterr().out
    assert "picture = eye, filter = vertical edges" in shown
    assert "input channels = 3, filters = 4, kernel_size = 3" in shown
    assert "down = 3, right = 2" in shown


def test_a_moved_picture_has_a_moved_response():
    rng = np.random.default_rng(5)
    picture, kernel = np.pad(rng.random((5, 5)), 6), hand_filters.FILTERS["vertical edges"]
    for down, right in ((3, 2), (-4, 0), (0, 0), (-1, 2)):
        figure = translation.plot_shift(picture, kernel, down, right)
        title = figure.get_suptitle()
        assert f"moved by ({down}, {right})" in title
        assert title.endswith("at most 0.")
        strongest = [ax.get_title() for ax in figure.axes if "strongest" in ax.get_title()]
        response = hand_filters.filter_response(picture, kernel)
        top, left = np.argwhere(response == response.max())[0]
        assert strongest[0].endswith(f"at [{top}, {left}]")
        assert strongest[1].endswith(f"at [{top + down}, {left + right}]")


def test_local_and_global_counts_the_weights():
    picture = np.random.default_rng(7).random((6, 8))
    figure = translation.plot_local_and_global(picture, picture - 0.5, row=1, col=2)
    shown = " ".join(texts(figure)).replace("\n", " ")
    assert "48 weights, one for each" in shown
    assert frames(figure.axes[0]) == [(1.5, 0.5, 3)]


@pytest.mark.parametrize(
    ("shape", "number", "size", "expected"),
    [
        ((28, 28, 1), 32, 3, ("28×28×1", "3×3×1", "32 filters", "26×26×32")),
        ((10, 8, 3), 1, 5, ("10×8×3", "5×5×3", "1 filter", "6×4×1", "1 number at each position")),
    ],
)
def test_a_layer_names_its_shapes(shape, number, size, expected):
    shown = " | ".join(texts(layer_drawing.plot_layer(shape, number, size)))
    for text in expected:
        assert text in shown


def test_a_layer_refuses_impossible_positions():
    with pytest.raises(ValueError, match="8×8: it has no position"):
        layer_drawing.plot_layer((10, 10, 3), 4, 3, row=8)
    with pytest.raises(ValueError, match="kernel"):
        layer_drawing.plot_layer((4, 4, 1), 4, 5)
