"""Exercises of notebook 03: max-pooling, the receptive field, maxout."""

from __future__ import annotations

import numpy as np

from course_utils.arithmetic import (
    conv_output_shape,
    conv_params,
    dense_params,
    pool_output_shape,
    receptive_field,
)
from course_utils.conv_ops import average_pool2d, max_pool2d, maxout
from grader.exercises import (
    Array,
    Call,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
    ShapeList,
    Written,
)

GRID = np.array([[12, 20, 30, 0], [8, 12, 2, 0], [34, 70, 37, 4], [112, 100, 25, 12]])
SIDES = (26, 5, 7, 149)

CONV, POOL = (3, 1, 1), (2, 2, 1)
THREE_CONVS = [CONV] * 3
CLASSROOM = [CONV, POOL, CONV, POOL, CONV]
DILATED = [(3, 1, 1), (3, 1, 2), (3, 1, 4)]
LENET5 = [(5, 1, 1), POOL, (5, 1, 1), POOL, (5, 1, 1)]
VGG16 = [
    *([CONV] * 2 + [POOL]) * 2,
    *([CONV] * 3 + [POOL]) * 3,
]

NOT_OVERLAPPING = "Stride of pooling defaults to the pool size: windows do not overlap."
OVERLAP = "Windows overlap: each layer adds k-1 = 2, not k."
JUMP = "After a stride-2 layer every step counts double: keep track of the jump."


# --- 3.1 pooling ---------------------------------------------------------------------------


def _minimum(grid):
    return -max_pool2d(-grid)


def _pool_with(window_value, feature_map, pool=2, stride=None, last=None):
    """Slide the window; `window_value` maps a (p, p, C) window to one number per channel."""
    stride = stride or pool
    last = last or (lambda side: (side - pool) // stride + 1)
    rows, columns = (last(side) for side in feature_map.shape[:2])
    output = np.zeros((rows, columns, feature_map.shape[2]), feature_map.dtype)
    for i in range(rows):
        for j in range(columns):
            top, left = i * stride, j * stride
            output[i, j] = window_value(feature_map[top : top + pool, left : left + pool])
    return output


def _starts_from_zero(feature_map, pool=2, stride=None):
    return _pool_with(
        lambda window: np.maximum(window.max(axis=(0, 1)), 0), feature_map, pool, stride
    )


def _mixes_channels(feature_map, pool=2, stride=None):
    return _pool_with(np.max, feature_map, pool, stride)


def _keeps_incomplete_windows(feature_map, pool=2, stride=None):
    step = stride or pool

    def last(side):
        return -(-max(side - pool, 0) // step) + 1

    return _pool_with(lambda window: window.max(axis=(0, 1)), feature_map, pool, stride, last)


def _moves_by_one(feature_map, pool=2, stride=None):
    return max_pool2d(feature_map, pool, stride or 1)


def _ignores_stride(feature_map, pool=2, stride=None):
    return max_pool2d(feature_map, pool)


def _swaps_axes(feature_map, pool=2, stride=None):
    return max_pool2d(feature_map, pool, stride).transpose(1, 0, 2)


def _averages(feature_map, pool=2, stride=None):
    return average_pool2d(feature_map, pool, stride)


def _some_map(height, width, channels):
    # Distinct small numbers of both signs, each channel in another order.
    values = np.arange(height * width * channels)
    return ((values * 37 + 11) % 101 - 70).reshape(height, width, channels)


def _pool_probes(rng):
    def case(height, width, channels, **kwargs):
        return Call((rng.integers(-50, 51, (height, width, channels)),), kwargs)

    return {
        "even and odd sizes": [case(6, 6, 2), case(7, 9, 3), case(8, 5, 1)],
        "overlapping windows": [
            case(7, 7, 2, pool=3, stride=2),
            case(8, 11, 3, pool=3, stride=2),
            case(5, 6, 2, pool=2, stride=1),
        ],
        "negative values": [
            Call((-rng.integers(1, 50, (6, 6, 2)),)),
            Call((-rng.random((6, 9, 3)).round(3),), {"pool": 3}),
        ],
    }


# --- 3.2 the receptive field ---------------------------------------------------------------


def _field(layers, size=1, grow=lambda k, s, d: (k - 1) * d, early=False, dilates_jump=False):
    jump = 1
    for kernel, stride, dilation in layers:
        step = stride * dilation if dilates_jump else stride
        jump = jump * step if early else jump
        size += grow(kernel, stride, dilation) * jump
        jump = jump if early else jump * step
    return size


def _ignores_jump(layers):
    return receptive_field([(kernel, 1, dilation) for kernel, _, dilation in layers])


def _ignores_dilation(layers):
    return receptive_field([(kernel, stride, 1) for kernel, stride, _ in layers])


def _adds_whole_kernels(layers):
    return _field(layers, grow=lambda kernel, stride, dilation: kernel * dilation)


def _starts_from_nothing(layers):
    return receptive_field(layers) - 1


def _own_stride_first(layers):
    return _field(layers, early=True)


def _dilation_moves_windows(layers):
    return _field(layers, dilates_jump=True)


def _field_probes(rng):
    def stack():
        options = [(3, 1, 1), (5, 1, 1), (3, 2, 1), (2, 2, 1), (3, 1, 2), (7, 2, 1), (3, 1, 4)]
        return Call(([options[i] for i in rng.integers(0, len(options), rng.integers(3, 7))],))

    return {
        "poolings and strides": [
            Call((LENET5,)),
            Call((VGG16,)),
            Call(([(7, 2, 1), (3, 2, 1), CONV, CONV],)),
        ],
        "dilations": [Call(([*DILATED, (3, 1, 8)],)), Call(([POOL, (3, 1, 3), CONV],))],
        "mixed stacks": [stack() for _ in range(5)],
    }


# --- 3.3 and 3.4 parameters ----------------------------------------------------------------


def _classroom_shapes(padding="valid", pool_padding="valid"):
    shapes, shape = [], (28, 28, 1)
    for filters in (32, None, 64, None, 64):
        if filters is None:
            shape = pool_output_shape(shape, padding=pool_padding)
        else:
            shape = conv_output_shape(shape, filters, 3, padding=padding)
        shapes.append(shape)
    return shapes


def _channels_one_layer_late():
    shapes = _classroom_shapes()
    before = [1, *(channels for _, _, channels in shapes)]
    return [(r, c, channels) for (r, c, _), channels in zip(shapes, before, strict=False)]


def _without_pooling(n_convs=3):
    shape = (28, 28, 1)
    for filters in (32, 64, 64)[:n_convs]:
        shape = conv_output_shape(shape, filters, 3)
    return shape


def _convolutions(use_bias=True):
    return sum(
        conv_params(3, channels, filters, use_bias)
        for channels, filters in ((1, 32), (32, 64), (64, 64))
    )


def _classroom_params(last_map=None, use_bias=True):
    flat = int(np.prod(last_map or _classroom_shapes()[-1]))
    head = dense_params(flat, 64, use_bias) + dense_params(64, 10, use_bias)
    return _convolutions(use_bias) + head


LAST_MAP = _without_pooling()
FLAT = int(np.prod(LAST_MAP))
CHANNELS = LAST_MAP[-1]
ONE_NEURON = dense_params(FLAT, 1)
HUNDRED, ONE_MORE = dense_params(FLAT, 100), dense_params(100, 1)
ALL_BIASES = "Every one of the 100 neurons has a bias, and the last neuron a weight for each."


# --- 3.5 maxout ----------------------------------------------------------------------------


def _far_apart_groups(x, k):
    x = np.asarray(x)
    maxout(x, k)
    return x.reshape(*x.shape[:-1], k, x.shape[-1] // k).max(axis=-2)


def _pools_space(x, k):
    x = np.asarray(x)
    if x.ndim < 3:
        return maxout(x, k)
    rows, columns, channels = x.shape[-3:]
    windows = x[..., : rows // k * k, : columns // k * k, :].reshape(
        *x.shape[:-3], rows // k, k, columns // k, k, channels
    )
    return windows.max(axis=(-4, -2))


def _drops_the_rest(x, k):
    x = np.asarray(x)
    return maxout(x[..., : x.shape[-1] // k * k], k)


def _maxout_probes(rng):
    def case(shape, k):
        return Call((rng.integers(-50, 51, shape), k))

    return {
        "feature maps": [case((2, 8, 8, 32), 2), case((5, 7, 12), 3), case((3, 6, 4), 4)],
        "groups of one": [case((2, 4, 4, 3), 1)],
        "k does not divide the channels": [case((4, 4, 7), 2), case((6,), 3), case((10,), 4)],
    }


EXERCISES = [
    Array(
        "maxpool_4x4",
        points=1,
        answer=max_pool2d(GRID),
        mistakes=(
            Mistake("average pooling", "That is average pooling.", values=(average_pool2d(GRID),)),
            Mistake(
                "windows overlap",
                NOT_OVERLAPPING,
                values=(max_pool2d(GRID, 2, 1),),
                shape=(3, 3),
            ),
            Mistake("minimum", "That is the minimum.", values=(_minimum(GRID),)),
            Mistake(
                "transposed",
                "Right numbers, wrong places: rows go down, columns go right.",
                values=(max_pool2d(GRID).T,),
            ),
        ),
    ),
    Function(
        "max_pool2d",
        points=3,
        reference=max_pool2d,
        examples=(
            Call((GRID[:, :, None],)),
            Call((_some_map(5, 5, 3),)),
            Call((_some_map(6, 8, 2),), {"pool": 3, "stride": 2}),
        ),
        probes=_pool_probes,
        mistakes=(
            Mistake(
                "starts from zero",
                "Negative maps: start from -inf, not 0.",
                function=_starts_from_zero,
            ),
            Mistake("mixes channels", "Pool each channel on its own.", function=_mixes_channels),
            Mistake(
                "keeps incomplete windows",
                "Incomplete windows are dropped (floor).",
                function=_keeps_incomplete_windows,
            ),
            Mistake("stride 1 by default", NOT_OVERLAPPING, function=_moves_by_one),
            Mistake(
                "ignores stride",
                "When a stride is given, the window moves by it, not by the pool size.",
                function=_ignores_stride,
            ),
            Mistake(
                "swaps height and width",
                "Height and width are swapped: the first axis goes down.",
                function=_swaps_axes,
            ),
            Mistake("average pooling", "That is average pooling.", function=_averages),
        ),
    ),
    NumberList(
        "pooled_sizes",
        points=2,
        answer=[pool_output_shape((side, side, 1))[0] for side in SIDES],
        mistakes=(
            Mistake(
                "rounds up",
                "That is padding='same' (ceil); the default drops the last row.",
                values=([pool_output_shape((s, s, 1), padding="same")[0] for s in SIDES],),
            ),
            Mistake(
                "stride 1",
                "Stride equals pool size by default.",
                values=([pool_output_shape((s, s, 1), strides=1)[0] for s in SIDES],),
            ),
        ),
    ),
    Prediction("predict_shuffled_windows", points=0),
    Number(
        "receptive_field_three_convs",
        points=1,
        answer=receptive_field(THREE_CONVS),
        mistakes=(
            Mistake("adds k", OVERLAP, values=(sum(kernel for kernel, _, _ in THREE_CONVS),)),
            Mistake("one layer", "That is one layer.", values=(receptive_field([CONV]),)),
            Mistake("two layers", "That is two layers.", values=(receptive_field([CONV] * 2),)),
            Mistake("multiplies", "Sizes add, they do not multiply.", values=(3**3,)),
            Mistake(
                "forgot the first pixel",
                "That is what the layers add. Before the first layer an output sees one pixel.",
                values=(receptive_field(THREE_CONVS) - 1,),
            ),
            Mistake(
                "output size",
                "That is the side of the last map. How much of the *input* does one of its "
                "values see?",
                values=(LAST_MAP[0],),
            ),
        ),
    ),
    Function(
        "receptive_field",
        points=3,
        reference=receptive_field,
        examples=(Call((THREE_CONVS,)), Call((CLASSROOM,)), Call((DILATED,))),
        probes=_field_probes,
        mistakes=(
            Mistake("ignores the jump", JUMP, function=_ignores_jump),
            Mistake(
                "ignores the dilation",
                "Dilation widens the kernel: (k-1)·d.",
                function=_ignores_dilation,
            ),
            Mistake(
                "adds k",
                "Windows overlap: a layer adds k-1 steps, not k.",
                function=_adds_whole_kernels,
            ),
            Mistake(
                "starts from nothing",
                "Before the first layer an output sees one pixel: start from there.",
                function=_starts_from_nothing,
            ),
            Mistake(
                "own stride first",
                "A layer's stride spreads the layers after it, not its own window.",
                function=_own_stride_first,
            ),
            Mistake(
                "dilation in the jump",
                "Dilation spreads one kernel; only strides move the windows apart.",
                function=_dilation_moves_windows,
            ),
        ),
    ),
    Prediction("predict_classroom_field", points=0),
    Number(
        "convs_needed_28",
        points=0,
        answer=next(n for n in range(1, 100) if receptive_field([CONV] * n) >= 28),
        mistakes=(
            Mistake(
                "adds k",
                "Windows overlap: a 3×3 layer adds 2 pixels, not 3.",
                values=(28 // 3, -(-28 // 3)),
            ),
            Mistake(
                "rounds down",
                "Not quite: put your number into the formula. Does the field cover all 28 pixels?",
                values=((28 - 1) // 2,),
            ),
            Mistake(
                "adds 1",
                "A 3×3 layer adds one pixel on each side.",
                values=(27, 28),
            ),
        ),
    ),
    Number(
        "dense1_params",
        points=1,
        answer=ONE_NEURON,
        mistakes=(
            Mistake("forgot the bias", "Forgot the bias.", values=(FLAT,)),
            Mistake(
                "no Flatten",
                "Without Flatten a Dense works on the last axis only; with global average pooling "
                "it would also be 65. Here all 22·22·64 values are connected.",
                values=(dense_params(CHANNELS, 1),),
            ),
            Mistake(
                "input size",
                "You used 28×28×64: three valid 3×3 convolutions shrink 28 to 22.",
                values=(dense_params(28 * 28 * CHANNELS, 1),),
            ),
            Mistake(
                "forgot one convolution",
                "24×24: you forgot one convolution.",
                values=(dense_params(int(np.prod(_without_pooling(2))), 1),),
            ),
            Mistake(
                "forgot the channels",
                "One map has that many values; there are 64 of them.",
                values=(dense_params(FLAT // CHANNELS, 1), FLAT // CHANNELS),
            ),
            Mistake(
                "whole network",
                "That is the whole network. How many does the new layer add?",
                values=(_convolutions() + ONE_NEURON,),
            ),
        ),
    ),
    Number(
        "dense100_then_1_params",
        points=2,
        answer=HUNDRED + ONE_MORE,
        mistakes=(
            Mistake(
                "forgot the second layer",
                "Forgot the second layer (100+1).",
                values=(HUNDRED,),
            ),
            Mistake(
                "forgot the last bias",
                "Forgot the last bias.",
                values=(HUNDRED + ONE_MORE - 1,),
            ),
            Mistake(
                "forgot the hundred biases",
                ALL_BIASES,
                values=(HUNDRED + ONE_MORE - 100, HUNDRED - 100),
            ),
            Mistake(
                "second layer reads the map",
                "The last neuron reads the 100 neurons before it, not the map.",
                values=(HUNDRED + ONE_NEURON,),
            ),
        ),
    ),
    ShapeList(
        "classroom_shapes",
        points=2,
        answer=_classroom_shapes(),
        mistakes=(
            Mistake(
                "same padding",
                "You used 'same' padding; the default is 'valid': each 3×3 convolution takes away "
                "two rows and two columns.",
                values=(_classroom_shapes(padding="same"),),
            ),
            Mistake(
                "rounds up",
                "Pooling drops the incomplete window of an odd side.",
                values=(_classroom_shapes(pool_padding="same"),),
            ),
            Mistake(
                "channels of the image kept",
                "A convolution puts out one channel for each of its filters; pooling keeps them.",
                values=(
                    [(rows, columns, 1) for rows, columns, _ in _classroom_shapes()],
                    _channels_one_layer_late(),
                ),
            ),
        ),
    ),
    Number(
        "classroom_params",
        points=1,
        answer=_classroom_params(),
        mistakes=(
            Mistake(
                "forgot the biases",
                "Forgot the biases.",
                values=(_classroom_params(use_bias=False),),
            ),
            Mistake(
                "same padding",
                "You used 'same' padding.",
                values=(_classroom_params(_classroom_shapes(padding="same")[-1]),),
            ),
            Mistake(
                "left out pooling",
                "You left the pooling layers out.",
                values=(_classroom_params(LAST_MAP),),
            ),
            Mistake(
                "forgot Dense(64)",
                "Forgot Dense(64).",
                values=(_convolutions() + dense_params(64, 10),),
            ),
            Mistake(
                "pooling rounds up",
                "Pooling drops the incomplete window of an odd side: check the last map.",
                values=(_classroom_params(_classroom_shapes(pool_padding="same")[-1]),),
            ),
            Mistake(
                "convolutions only",
                "Those are the convolutions. The Dense layers have weights too.",
                values=(_convolutions(),),
            ),
        ),
    ),
    Prediction("predict_weight_ratio", points=0),
    Function(
        "maxout_features",
        points=2,
        reference=maxout,
        examples=(
            Call((np.array([1, -2, 3, 0, 5, 4]), 2)),
            Call((_some_map(4, 4, 6), 2)),
            Call((np.array([1, 2, 3]), 2)),
        ),
        probes=_maxout_probes,
        mistakes=(
            Mistake(
                "groups far apart",
                "Groups are consecutive channels.",
                function=_far_apart_groups,
            ),
            Mistake(
                "pools space",
                "Maxout does not touch height and width.",
                function=_pools_space,
            ),
            Mistake(
                "no error",
                "Leaving channels out silently is worse than stopping: raise a ValueError when k "
                "does not divide their number.",
                function=_drops_the_rest,
            ),
        ),
    ),
    Written("why_maxpool_written", points=2),
]
