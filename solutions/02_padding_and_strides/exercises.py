"""Exercises of notebook 02: border effects, padding and strides."""

from __future__ import annotations

import math

import numpy as np

from course_utils.arithmetic import conv_output_length as output_length
from course_utils.arithmetic import conv_output_shape, same_padding
from course_utils.conv_ops import conv2d
from grader.exercises import (
    Array,
    Call,
    Choices,
    Drill,
    Function,
    Mistake,
    NumberList,
    Prediction,
    Shape,
    ShapeList,
    Written,
)

# border_5x5: side of the output, for rows and columns, and the number of windows


def _square(side):
    return [side, side, side**2]


IMAGE_SIDE, WINDOW_SIDE = 5, 3

# pad_amounts: on any image much larger than the kernel

KERNELS = (3, 5, 7)
RINGS = [same_padding(28, kernel)[0] for kernel in KERNELS]

# stride2_shapes

SIDES = (28, 28, 5, 5)
PADDINGS = ("valid", "same", "valid", "same")


def _strided_sides(length):
    return [length(n, padding) for n, padding in zip(SIDES, PADDINGS, strict=True)]


def _no_first_window(n, padding):
    return (n - 3) // 2 if padding == "valid" else output_length(n, 3, 2, padding)


def _rounded_up(n, padding):
    return math.ceil((n - 3) / 2) + 1 if padding == "valid" else output_length(n, 3, 2, padding)


# conv_output_length


def conv_output_length(n, kernel, stride=1, padding="valid", dilation=1):
    """Number of windows along an axis of `n` pixels."""
    return output_length(n, kernel, stride, padding, dilation)


def _mutant(valid=None, same=None, effective=None, fits=True, known=True):
    """Return a wrong conv_output_length: right except for the pieces given."""

    def mutant(n, kernel, stride=1, padding="valid", dilation=1):
        if known and padding not in ("valid", "same"):
            raise ValueError(f"unknown padding {padding!r}")
        width = (effective or _effective)(kernel, dilation)
        if padding == "same":
            return same(n, stride) if same else math.ceil(n / stride)
        if fits and width > n:
            raise ValueError("no window fits")
        return valid(n, width, stride) if valid else (n - width) // stride + 1

    return mutant


def _effective(kernel, dilation):
    return kernel + (kernel - 1) * (dilation - 1)


def _same_must_fit_too(n, kernel, stride=1, padding="valid", dilation=1):
    if _effective(kernel, dilation) > n:
        raise ValueError("no window fits")
    return output_length(n, kernel, stride, padding, dilation)


def _one_wider_must_fit(n, kernel, stride=1, padding="valid", dilation=1):
    if padding == "valid" and _effective(kernel, dilation) >= n:
        raise ValueError("no window fits")
    return output_length(n, kernel, stride, padding, dilation)


ROUNDING = "Floor for valid, ceiling for same."
DILATED = "A dilated kernel is k+(k-1)(d-1) wide."
LENGTH_MISTAKES = (
    Mistake(
        "true division",
        ROUNDING,
        function=_mutant(valid=lambda n, e, s: (n - e) / s + 1, same=lambda n, s: n / s),
    ),
    Mistake(
        "rounded to the nearest",
        ROUNDING,
        function=_mutant(valid=lambda n, e, s: round((n - e) / s) + 1),
    ),
    Mistake(
        "ceiling for valid",
        ROUNDING,
        function=_mutant(valid=lambda n, e, s: math.ceil((n - e) / s) + 1),
    ),
    Mistake("floor for same", ROUNDING, function=_mutant(same=lambda n, s: n // s)),
    Mistake("ignored the dilation", DILATED, function=_mutant(effective=lambda k, d: k)),
    Mistake(
        "multiplied kernel and dilation", DILATED, function=_mutant(effective=lambda k, d: k * d)
    ),
    Mistake(
        "forgot the first window",
        "The window at position 0 counts too: how many starts are there, not how many steps?",
        function=_mutant(valid=lambda n, e, s: (n - e) // s),
    ),
    Mistake(
        "ignored the stride for same",
        "'same' keeps the size only when the stride is 1.",
        function=_mutant(same=lambda n, s: n),
    ),
    Mistake(
        "an error when one window fits exactly",
        "A kernel exactly as wide as the input has one position: that is no error.",
        function=_one_wider_must_fit,
    ),
    Mistake(
        "no error when no window fits",
        "A kernel wider than the input has no position at all: raise a ValueError.",
        function=_mutant(fits=False),
    ),
    Mistake(
        "no error for an unknown padding",
        "Only 'valid' and 'same' exist: raise a ValueError for anything else.",
        function=_mutant(known=False),
    ),
    Mistake(
        "refused a large kernel with same",
        "With 'same' the zeros make room: a kernel wider than the input is no error there.",
        function=_same_must_fit_too,
    ),
)


def _length_probes(rng):
    """Return 200 random cases that Keras accepts, and some that are errors."""

    def case(padding, dilated=False):
        kernel, dilation = int(rng.integers(1, 8)), int(rng.integers(2, 5)) if dilated else 1
        stride = 1 if dilated else int(rng.integers(1, 6))
        smallest = _effective(kernel, dilation) if padding == "valid" else 1
        n = int(rng.integers(smallest, smallest + 60))
        return Call((n, kernel, stride, padding, dilation))

    return {
        "valid, 80 cases": [case("valid") for _ in range(80)],
        "same, 60 cases": [case("same") for _ in range(60)],
        "dilated, 60 cases": [case(padding, True) for padding in ("valid", "same") * 30],
        "one window fits": [Call((4, 4)), Call((9, 3, 1, "valid", 4)), Call((11, 11, 4))],
        "no window fits": [Call((2, 3)), Call((6, 4, 1, "valid", 3)), Call((9, 11, 4))],
        "unknown padding": [Call((8, 3, 1, "zeros")), Call((9, 3, 2, ""))],
    }


# nonsquare_shape

NONSQUARE = {
    "input_shape": (32, 64, 3),
    "filters": 8,
    "kernel_size": (3, 5),
    "strides": (1, 2),
    "padding": "valid",
}


def _nonsquare(**changed):
    return conv_output_shape(**{**NONSQUARE, **changed})


# alexnet_input_size: 11x11 windows, stride 4

ALEXNET = [output_length(224, 11, 4), output_length(227, 11, 4), output_length(224, 11, 4, "same")]
ALEXNET_UP = [math.ceil((n - 11) / 4) + 1 for n in (224, 227)]

# strided_downsampler


def _downsampler(padding="same", strides=(2, 2), filters=(8, 16)):
    first = conv_output_shape((32, 32, 3), filters[0], 3, strides[0], padding)
    return [first, conv_output_shape(first, filters[1], 3, strides[1], padding)]


EXERCISES = [
    Choices(
        "two_reasons",
        points=1,
        options="ABCDE",
        answer=("A", "C"),
        mistakes=(
            Mistake(
                "the number of filters",
                "Filters change the depth, not height and width.",
                values=("B",),
            ),
            Mistake(
                "the activation",
                "An activation acts on each number by itself: as many go out as come in.",
                values=("D",),
            ),
            Mistake(
                "the bias",
                "A bias is added to every number of a map: as many go out as come in.",
                values=("E",),
            ),
        ),
    ),
    Prediction("predict_corner_uses", points=0),
    NumberList(
        "border_5x5",
        points=2,
        answer=_square(output_length(IMAGE_SIDE, WINDOW_SIDE)),
        mistakes=(
            Mistake(
                "padded",
                "That would need a ring of zeros.",
                values=(_square(output_length(IMAGE_SIDE, WINDOW_SIDE, padding="same")),),
            ),
            Mistake(
                "n-k or stride 2",
                "That is stride 2 (or n-k: you forgot the +1).",
                values=(_square(IMAGE_SIDE - WINDOW_SIDE),),
            ),
            Mistake("n-1", "n-k+1, not n-1.", values=(_square(IMAGE_SIDE - 1),)),
        ),
    ),
    Prediction("predict_after_ten", points=0),
    NumberList(
        "pad_amounts",
        points=2,
        answer=RINGS,
        mistakes=(
            Mistake(
                "both sides together",
                "That is the total per axis; asked per side.",
                values=([kernel - 1 for kernel in KERNELS],),
            ),
            Mistake(
                "one ring for all",
                "A wider kernel reaches further over the edge: it needs more than one ring.",
                values=([RINGS[0]] * 3,),
            ),
            Mistake(
                "the kernel size",
                "That is the kernel itself. How far does it stick out when its centre is on an "
                "edge pixel?",
                values=([*KERNELS],),
            ),
        ),
    ),
    Array(
        "same_border_sums",
        points=2,
        answer=conv2d(np.ones((4, 4), int), np.ones((3, 3), int), padding="same"),
        mistakes=(
            Mistake(
                "counted the padding",
                "Zeros outside contribute nothing.",
                values=(np.full((4, 4), 9),),
            ),
            Mistake("did not pad", "'same' keeps 4×4.", shape=(2, 2)),
        ),
    ),
    NumberList(
        "stride2_shapes",
        points=2,
        answer=_strided_sides(lambda n, padding: output_length(n, 3, 2, padding)),
        mistakes=(
            Mistake(
                "same for all",
                "'valid' loses the border first: floor((n-3)/2)+1.",
                values=(_strided_sides(lambda n, padding: output_length(n, 3, 2, "same")),),
            ),
            Mistake(
                "valid for all",
                "'same' is ceil(n/stride).",
                values=(_strided_sides(lambda n, padding: output_length(n, 3, 2)),),
            ),
            Mistake(
                "ignored the stride",
                "You ignored the stride.",
                values=(_strided_sides(lambda n, padding: output_length(n, 3, 1, padding)),),
            ),
            Mistake(
                "halved and rounded down",
                "Half is only nearly right: 'valid' first loses the border, 'same' rounds up.",
                values=(_strided_sides(lambda n, padding: n // 2),),
            ),
            Mistake(
                "forgot the first window",
                "The window at position 0 counts too: one more than the number of steps.",
                values=(_strided_sides(_no_first_window),),
            ),
            Mistake(
                "rounded valid up",
                "Without padding a window that sticks out is dropped: round down.",
                values=(_strided_sides(_rounded_up),),
            ),
        ),
    ),
    Prediction("predict_stride_saving", points=0),
    Written("why_strides_written", points=2),
    Function(
        "conv_output_length",
        points=4,
        reference=conv_output_length,
        examples=(
            Call((5, 3)),
            Call((28, 3, 2, "same")),
            Call((10, 3, 4)),
            Call((29, 3, 2, "same")),
            Call((28, 3), {"dilation": 2}),
            Call((3, 5, 1, "same")),
            Call((3, 3)),
            Call((4, 5)),
            Call((8, 3, 1, "full")),
        ),
        probes=_length_probes,
        mistakes=LENGTH_MISTAKES,
    ),
    Shape(
        "nonsquare_shape",
        points=2,
        answer=_nonsquare(),
        mistakes=(
            Mistake(
                "swapped the kernel",
                "kernel_size is (rows, columns): 3 acts on height.",
                values=(_nonsquare(kernel_size=(5, 3)),),
            ),
            Mistake(
                "gave the input channels as depth",
                "Depth = number of filters, not input channels.",
                values=(_nonsquare(filters=NONSQUARE["input_shape"][2]),),
            ),
            Mistake(
                "swapped the input",
                "You swapped H and W of the input.",
                values=(_nonsquare(input_shape=(64, 32, 3)),),
            ),
            Mistake(
                "swapped the strides",
                "You swapped the strides.",
                values=(_nonsquare(strides=(2, 1)),),
            ),
            Mistake(
                "used same",
                "You used 'same'; the default is 'valid'.",
                values=(_nonsquare(padding="same"),),
            ),
            Mistake(
                "ignored the strides",
                "You ignored the strides: columns are visited in steps of 2.",
                values=(_nonsquare(strides=1),),
            ),
            Mistake(
                "rounded up",
                "Without padding a window that sticks out is dropped: round down.",
                values=((_nonsquare()[0], math.ceil((64 - 5) / 2) + 1, 8),),
            ),
        ),
    ),
    NumberList(
        "alexnet_input_size",
        points=2,
        answer=ALEXNET,
        mistakes=(
            Mistake(
                "rounded up",
                "(224-11)/4+1 = 54.25: floor it.",
                values=([*ALEXNET_UP, ALEXNET[2]],),
            ),
            Mistake(
                "believed the paper for same",
                "'same': ceil(224/4).",
                values=([*ALEXNET[:2], 55],),
            ),
            Mistake(
                "valid for all",
                "The third is with padding='same': only input and stride matter there.",
                values=([*ALEXNET[:2], ALEXNET[0]],),
            ),
            Mistake(
                "forgot the first window",
                "The window at position 0 counts too: add 1 after the division.",
                values=([ALEXNET[0] - 1, ALEXNET[1] - 1, ALEXNET[2]],),
            ),
        ),
    ),
    Drill("drill_output_shape", points=1),
    ShapeList(
        "strided_downsampler",
        points=0,
        answer=_downsampler(),
        mistakes=(
            Mistake(
                "no padding",
                "Without padding the border is lost as well: look at the padding argument.",
                values=(_downsampler("valid"),),
            ),
            Mistake(
                "no strides",
                "The maps do not shrink yet: look at the strides argument.",
                values=(_downsampler(strides=(1, 1)),),
            ),
            Mistake(
                "one stride",
                "Both layers must halve the side.",
                values=(_downsampler(strides=(2, 1)), _downsampler(strides=(1, 2))),
            ),
            Mistake(
                "both layers with 16 filters",
                "The first layer has 8 filters.",
                values=(_downsampler(filters=(16, 16)),),
            ),
        ),
    ),
]
