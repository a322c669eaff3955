"""Exercises of notebook 01: the convolution operation."""

from __future__ import annotations

import numpy as np

from course_utils.arithmetic import conv_output_shape, conv_params, dense_params
from course_utils.conv_ops import conv2d, im2col
from grader.exercises import (
    Array,
    Call,
    Choice,
    Drill,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
    Written,
)

# conv_by_hand

IMAGE = np.array(
    [
        [3, 0, 1, 2, 7, 4],
        [1, 5, 8, 9, 3, 1],
        [2, 7, 2, 5, 1, 3],
        [0, 1, 3, 1, 7, 8],
        [4, 2, 1, 6, 2, 8],
        [2, 4, 5, 2, 3, 9],
    ]
)
KERNEL = np.array([[1, 0, -1]] * 3)
FLIPPED = (
    "You flipped the kernel. Keras (like all deep-learning libraries) computes cross-correlation: "
    "no flip."
)
NOT_SQUARE = (
    "It works for square kernels. Here height and width of the kernel differ: use each where it "
    "belongs."
)
SAME = "That is 'same' padding; here the window must stay inside the image."


# conv2d_single


def conv2d_single(image, kernel):
    """Valid cross-correlation, or ValueError when the kernel does not fit."""
    if kernel.shape[0] > image.shape[0] or kernel.shape[1] > image.shape[1]:
        raise ValueError(f"kernel {kernel.shape} is larger than image {image.shape}")
    return conv2d(image, kernel)


def _transposed(image, kernel):
    return conv2d_single(image, kernel).T


def _swapped_loops(image, kernel):
    conv2d_single(image, kernel)
    (height, width), (rows, columns) = image.shape, kernel.shape
    output = np.zeros((width - columns + 1, height - rows + 1))
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            output[i, j] = (image[i : i + rows, j : j + columns] * kernel).sum()
    return output


def _as_high_as_wide(axis):
    def mutant(image, kernel):
        conv2d_single(image, kernel)
        side = kernel.shape[axis]
        output = np.zeros((image.shape[0] - side + 1, image.shape[1] - side + 1))
        for i, j in np.ndindex(output.shape):
            output[i, j] = (image[i : i + side, j : j + side] * kernel).sum()
        return output

    return mutant


def _matrix_product(image, kernel):
    output = np.zeros(conv2d_single(image, kernel).shape)
    for i in range(output.shape[0]):
        for j in range(output.shape[1]):
            window = image[i : i + kernel.shape[0], j : j + kernel.shape[1]]
            output[i, j] = (window @ kernel).sum()
    return output


def _one_side_checked(image, kernel):
    if kernel.shape[0] > image.shape[0] and kernel.shape[1] > image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    return _nothing_checked(image, kernel)


def _nothing_checked(image, kernel):
    rows = max(image.shape[0] - kernel.shape[0] + 1, 0)
    columns = max(image.shape[1] - kernel.shape[1] + 1, 0)
    return conv2d(image, kernel) if rows and columns else np.zeros((rows, columns))


def _refuses_equal_sizes(image, kernel):
    if kernel.shape[0] >= image.shape[0] or kernel.shape[1] >= image.shape[1]:
        raise ValueError("the kernel is larger than the image")
    return conv2d(image, kernel)


def _same(image, kernel):
    conv2d_single(image, kernel)
    return conv2d(image, kernel, padding="same")


SINGLE_MISTAKES = (
    Mistake(
        "flipped the kernel",
        FLIPPED,
        function=lambda image, kernel: conv2d_single(image, kernel[::-1, ::-1]),
    ),
    Mistake(
        "transposed the output",
        "H and W are swapped: the rows of the output belong to the rows of the image.",
        function=_transposed,
    ),
    Mistake(
        "swapped the loops",
        "H and W are swapped: the outer loop goes over rows, that is, over the height.",
        function=_swapped_loops,
    ),
    Mistake(
        "forgot the last window",
        "The last window position is H-kh, so there are H-kh+1 positions.",
        function=lambda image, kernel: conv2d_single(image, kernel)[:-1, :-1],
    ),
    Mistake("padded the image", SAME, function=_same),
    Mistake(
        "height for both sides of the kernel",
        NOT_SQUARE,
        function=_as_high_as_wide(0),
    ),
    Mistake("width for both sides of the kernel", NOT_SQUARE, function=_as_high_as_wide(1)),
    Mistake(
        "multiplied matrices",
        "Multiply window and kernel element by element (*), not as matrices (@).",
        function=_matrix_product,
    ),
    Mistake(
        "cut the decimals off",
        "Your output array holds whole numbers only: with a kernel of fractions its values are "
        "cut off.",
        function=lambda image, kernel: conv2d_single(image, kernel).astype(int),
    ),
    Mistake(
        "refused a kernel of the size of the image",
        "A kernel as large as the image still fits, in exactly one position.",
        function=_refuses_equal_sizes,
    ),
    Mistake(
        "error only when both sides are too large",
        "One side too large is enough: raise the ValueError then too.",
        function=_one_side_checked,
    ),
    Mistake(
        "no error",
        "A kernel larger than the image has no position at all: raise a ValueError.",
        function=_nothing_checked,
    ),
)


def _single_probes(rng):
    def case(h, w, kh, kw):
        return Call((rng.integers(-9, 10, (h, w)), rng.integers(-4, 5, (kh, kw))))

    return {
        "square images": [case(7, 7, 3, 3), case(9, 9, 4, 4)],
        "non-square images and kernels": [case(6, 9, 3, 3), case(8, 5, 2, 4), case(5, 5, 1, 3)],
        "fractions": [Call((rng.normal(size=(6, 5)), rng.normal(size=(3, 2))))],
        "a kernel as large as the image": [case(4, 6, 4, 6), case(3, 5, 3, 2)],
        "a kernel larger than the image": [case(3, 3, 4, 2), case(4, 4, 2, 5), case(2, 2, 3, 3)],
    }


# im2col_patches


def im2col_patches(feature_map, size):
    """All patches as rows: left to right, then down; (row, column, channel) within a row."""
    return im2col(feature_map, size)


def _windows(feature_map, size):
    """Yield the patches from left to right, then down, not yet flattened."""
    for row in range(feature_map.shape[0] - size + 1):
        for column in range(feature_map.shape[1] - size + 1):
            yield feature_map[row : row + size, column : column + size]


def _patch_order(*axes):
    def mutant(feature_map, size):
        return np.stack([w.transpose(axes).ravel() for w in _windows(feature_map, size)])

    return mutant


def _channels_apart(feature_map, size):
    return im2col(feature_map, size).reshape(-1, size * size, feature_map.shape[2]).swapaxes(
        1, 2
    ).reshape(-1, size * size)  # fmt: skip


def _down_first(feature_map, size):
    columns_first = im2col(feature_map.swapaxes(0, 1), size)
    square = columns_first.reshape(-1, size, size, feature_map.shape[2])
    return square.swapaxes(1, 2).reshape(len(columns_first), -1)


def _image_sides_swapped(feature_map, size):
    height, width, _ = feature_map.shape
    return np.stack(
        [
            feature_map[i : i + size, j : j + size].ravel()
            for i in range(width - size + 1)
            for j in range(height - size + 1)
        ]
    )


def _last_window_missing(feature_map, size):
    return im2col(feature_map[:-1, :-1], size)


def _map(*shape):
    """Return a feature map without two equal numbers: every mix-up shows."""
    return np.arange(1, np.prod(shape) + 1).reshape(shape)


PATCH_MISTAKES = (
    Mistake(
        "channels first",
        "Order inside a patch must match kernel.reshape(-1, filters): row, column, channel.",
        function=_patch_order(2, 0, 1),
    ),
    Mistake(
        "columns before rows inside a patch",
        "Inside a patch, rows come before columns: the order of patch.reshape(-1).",
        function=_patch_order(1, 0, 2),
    ),
    Mistake(
        "dropped the channels",
        "You dropped the channel axis: a patch of an RGB image is 3-D.",
        function=lambda feature_map, size: im2col(feature_map[:, :, 0], size),
    ),
    Mistake(
        "a row for each channel",
        "One patch, one row: all channels of a window belong together.",
        function=_channels_apart,
    ),
    Mistake(
        "went down first",
        "Row by row: the window first moves to the right, then down.",
        function=_down_first,
    ),
    Mistake(
        "swapped height and width",
        "H and W are swapped: the outer loop goes over rows, that is, over the height.",
        function=_image_sides_swapped,
    ),
    Mistake(
        "forgot the last window",
        "The last window starts at H-size, so there are H-size+1 of them in each column.",
        function=_last_window_missing,
    ),
    Mistake(
        "did not flatten",
        "Each patch must become one flat row: the result has two axes.",
        function=lambda feature_map, size: np.stack([*_windows(feature_map, size)]),
    ),
)


def _patch_probes(rng):
    def case(h, w, c, size):
        return Call((rng.normal(size=(h, w, c)), size))

    return {
        "square maps": [case(6, 6, 3, 3), case(8, 8, 2, 5)],
        "non-square maps": [case(4, 7, 2, 2), case(9, 5, 4, 3)],
        "the smallest and the largest patch": [case(3, 5, 3, 1), case(4, 4, 2, 4)],
    }


# conv_layer_params: (input shape, filters, kernel size)

LAYERS = (((28, 28, 1), 32, 3), ((26, 26, 32), 64, 3), ((150, 150, 3), 64, 5))


def _for_layers(count):
    """Return ``count(kernel area, input channels, filters, input area, output area)`` for each."""
    numbers = []
    for (height, width, channels), filters, size in LAYERS:
        rows, columns, _ = conv_output_shape((height, width, channels), filters, size)
        numbers.append(count(size * size, channels, filters, height * width, rows * columns))
    return numbers


# dense_vs_conv_params

PIXELS = 28 * 28
FEATURE_MAP = conv_output_shape((28, 28, 1), 32, 3)
OUTPUTS = int(np.prod(FEATURE_MAP))

EXERCISES = [
    Choice(
        "why_not_dense",
        points=1,
        answer="B",
        mistakes=(
            Mistake("cannot represent", "They can; the cost is the problem.", values=("A",)),
            Mistake("not linear", "Both are linear before the activation.", values=("C",)),
            Mistake("no 2-D input", "Flatten makes it possible.", values=("D",)),
        ),
    ),
    Prediction("predict_window_count", points=0),
    Array(
        "conv_by_hand",
        points=3,
        answer=conv2d(IMAGE, KERNEL),
        mistakes=(
            Mistake("flipped the kernel", FLIPPED, values=(conv2d(IMAGE, KERNEL[::-1, ::-1]),)),
            Mistake(
                "transposed the output",
                "Rows go down, columns go right: check your axis order.",
                values=(conv2d(IMAGE, KERNEL).T,),
            ),
            Mistake(
                "turned the kernel on its side",
                "You used the kernel lying on its side: its columns are 1, 0 and -1.",
                values=(conv2d(IMAGE, KERNEL.T),),
            ),
            Mistake(
                "forgot the -1",
                "The third column of the kernel is -1, not 1: subtract it.",
                values=(conv2d(IMAGE, np.abs(KERNEL)),),
            ),
            Mistake("used 'same' padding", SAME, shape=(6, 6)),
        ),
    ),
    Function(
        "conv2d_single",
        points=4,
        reference=conv2d_single,
        examples=(
            Call((IMAGE, KERNEL)),
            Call((IMAGE[:5, :5], np.array([[1, 2, 0], [0, 1, 3], [2, 0, 1]]))),
            Call((IMAGE[:4], np.array([[1, 0, 2], [3, 1, 0]]))),
            Call((IMAGE[:2, :3], np.array([[0.5, 0.25]]))),
            Call((IMAGE[:2, :2], np.array([[1, 2], [3, 4]]))),
            Call((IMAGE[:2, :2], KERNEL)),
            Call((IMAGE[:2, :5], KERNEL)),
        ),
        probes=_single_probes,
        mistakes=SINGLE_MISTAKES,
    ),
    Function(
        "im2col_patches",
        points=3,
        reference=im2col_patches,
        examples=(Call((_map(5, 5, 2), 3)), Call((_map(3, 4, 3), 2)), Call((_map(5, 3, 1), 2))),
        probes=_patch_probes,
        mistakes=PATCH_MISTAKES,
    ),
    Prediction("predict_flat_response", points=0),
    NumberList(
        "conv_layer_params",
        points=3,
        answer=[conv_params(size, shape[2], filters) for shape, filters, size in LAYERS],
        mistakes=(
            Mistake(
                "forgot the biases",
                "Forgot the biases: one per filter.",
                values=(_for_layers(lambda k, c, f, area, out: k * c * f),),
            ),
            Mistake(
                "ignored the input channels",
                "A filter spans all input channels: kernel height × width × input channels.",
                values=(_for_layers(lambda k, c, f, area, out: k * f + f),),
            ),
            Mistake(
                "a bias per input channel",
                "There is one bias per filter, not one per input channel.",
                values=(_for_layers(lambda k, c, f, area, out: k * c * f + c),),
            ),
            Mistake(
                "a bias per weight of the window",
                "There is one bias per filter, however large its window is.",
                values=(_for_layers(lambda k, c, f, area, out: k * (c + 1) * f),),
            ),
            Mistake(
                "multiplied by the image area",
                "Weights are shared over positions: image size does not matter.",
                values=(
                    _for_layers(lambda k, c, f, area, out: (k * c * f + f) * area),
                    _for_layers(lambda k, c, f, area, out: (k * c * f + f) * out),
                    _for_layers(lambda k, c, f, area, out: k * c * f * out + f),
                    _for_layers(lambda k, c, f, area, out: k * c * f * area),
                    _for_layers(lambda k, c, f, area, out: k * c * f * out),
                ),
            ),
        ),
    ),
    Number(
        "dense_vs_conv_params",
        points=2,
        answer=dense_params(PIXELS, OUTPUTS),
        mistakes=(
            Mistake(
                "forgot the biases",
                "Forgot the biases (one per output unit).",
                values=(dense_params(PIXELS, OUTPUTS, use_bias=False),),
            ),
            Mistake(
                "counted Dense(64)",
                "That is Dense(64) on 784; here the layer has 26·26·32 outputs.",
                values=(dense_params(PIXELS, 64),),
            ),
            Mistake(
                "counted Dense(32)",
                "That is Dense(32) on 784: one unit per filter. A feature map holds a number for "
                "every position as well.",
                values=(dense_params(PIXELS, 32),),
            ),
            Mistake(
                "counted the convolution",
                "That is the convolution.",
                values=(conv_params(3, 1, 32),),
            ),
            Mistake(
                "took 28×28 outputs",
                "You used 28·28·32 outputs; the window fits 26 times in each direction.",
                values=(dense_params(PIXELS, PIXELS * 32),),
            ),
            Mistake(
                "a bias per filter",
                "A Dense layer shares nothing, not even biases: one for each of its outputs.",
                values=(dense_params(PIXELS, OUTPUTS, use_bias=False) + 32,),
            ),
        ),
    ),
    Drill("drill_conv_params", points=1),
    Prediction("predict_shifted_accuracy", points=0),
    Choice(
        "translation_property",
        points=1,
        answer="B",
        mistakes=(
            Mistake(
                "invariant",
                "Look at demo 1.6(a): the response moved. Which layer would throw the position "
                "away?",
                values=("A",),
            ),
            Mistake(
                "only after training",
                "Look at demo 1.6(a): no layer was trained there, and no shifted image shown.",
                values=("C",),
            ),
            Mistake(
                "neither",
                "Look at demo 1.6(a): how do the two response maps differ?",
                values=("D",),
            ),
        ),
    ),
    Written("hierarchy_written", points=2),
]
