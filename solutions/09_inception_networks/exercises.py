"""Exercises of notebook 09: 1×1 convolutions, inception modules, GoogLeNet."""

from __future__ import annotations

import numpy as np

from course_utils.architectures.googlenet import CLASSES, HEADS_AFTER, MODULES, Widths
from course_utils.arithmetic import conv_macs, conv_output_length, conv_params, dense_params
from course_utils.conv_ops import pointwise_conv2d
from grader.exercises import (
    Array,
    Block,
    Call,
    Choice,
    Drill,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
    Shape,
    Written,
)

# --- 9.1 and 9.2: mixing channels ----------------------------------------------------------

ONE_CHANNEL = np.array([[2, 4], [6, 8]])
LUMINANCE = (0.299, 0.587, 0.114)
AXES = "Kernel axes: height, width, in, out."

SMALL_PICTURE = np.array([[[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[1, 1, 1], [4, 2, 0], [0, 0, 5]]])


def _mixing(weights, shape=None, use_bias=False):
    """Return what a layer with these weights is, as course_utils.pointwise_layers says it."""
    weights = np.reshape(weights, (3, -1))

    def layer(picture):
        kernel = (1, 1, *weights.shape) if shape is None else shape
        if not kernel or kernel[2] != 3:
            return kernel, use_bias, None
        result = pointwise_conv2d(np.asarray(picture, float), weights)
        return kernel, use_bias, result.round(3).tolist()

    return layer


def _refused_by_keras(picture):
    raise ValueError("set_weights: the kernel has another shape")


def _as_layer(described):
    """Return ``grey_conv`` as a student writes it, from its description."""

    def grey_conv():
        from keras import layers

        bright = 1e6  # results have three decimals
        pure = bright * np.eye(3)[None]  # a red, a green and a blue pixel
        kernel, use_bias, result = described(pure)
        height, width, channels, filters = kernel or (1, 1, 3, 1)
        layer = layers.Conv2D(filters, (height, width), use_bias=use_bias)
        if kernel:
            layer.build((None, None, None, channels))
            values = np.ones(kernel) if result is None else np.reshape(result, kernel) / bright
            layer.set_weights([values, np.zeros(filters)] if use_bias else [values])
        return layer

    return grey_conv


def _shown(picture):
    return Call((picture,), through="course_utils.pointwise_layers.describe_mixing")


def _grey_probes(rng):
    def picture(height, width):
        return rng.integers(0, 256, (height, width, 3))

    return {"photographs": [_shown(picture(5, 4)), _shown(picture(1, 7))]}


BANDS = (200, 3), (3, 1)


def _mixing_params(bias=True, span=None):
    return [conv_params(1, span or channels, filters, bias) for channels, filters in BANDS]


# --- 9.3 to 9.5: the lecture's module, and bottlenecks -------------------------------------

SIDE, CHANNELS = 28, 16
BRANCHES = ((1, 32), (3, 64), (5, 8), (5, 64))
POOL = 2
POOL_BRANCH = CHANNELS  # pooling keeps the channels


def _branches(channels=CHANNELS, padding="same", pool=POOL * POOL, pool_channels=CHANNELS):
    counts = [
        conv_macs(conv_output_length(SIDE, kernel, padding=padding), kernel, channels, filters)
        for kernel, filters in BRANCHES
    ]
    return [*counts, SIDE**2 * pool * pool_channels]


def _with_item(place, value):
    changed = _branches()
    changed[place] = value
    return changed


WIDE, REDUCED, FILTERS = 256, 64, 64


def _bottleneck(squeeze=True, follow=True, side=SIDE, inner=None, follow_channels=REDUCED):
    inner = side if inner is None else inner
    first = conv_macs(side, 1, WIDE, REDUCED) if squeeze else 0
    second = conv_macs(inner, 5, follow_channels, FILTERS) if follow else 0
    return [conv_macs(inner, 5, WIDE, FILTERS), first + second]


# --- 9.6: the module -----------------------------------------------------------------------


def _inception(
    pool_strides=1,
    padding="same",
    project_first=False,
    project=True,
    reduce=True,
    order=(0, 1, 2, 3),
    activation="relu",
    reduce_activation="relu",
    join="Concatenate",
    swapped=False,
    window=3,
):
    """Return the module, or one with a typical mistake, as ``module(keras, x, ...)``."""

    def module(keras, x, f1, f3_reduce, f3, f5_reduce, f5, pool_proj):
        layers = keras.layers

        def conv(tensor, filters, size, activation=activation):
            return layers.Conv2D(filters, size, padding=padding, activation=activation)(tensor)

        def pooled(tensor):
            return layers.MaxPooling2D(window, strides=pool_strides, padding="same")(tensor)

        def narrowed(filters):
            return conv(x, filters, 1, reduce_activation) if reduce else x

        def pool_branch():
            if not project:
                return pooled(x)
            if project_first:
                return pooled(conv(x, pool_proj, 1))
            return conv(pooled(x), pool_proj, 1)

        three, five = (f5_reduce, f3_reduce) if swapped else (f3_reduce, f5_reduce)
        branches = [
            conv(x, f1, 1),
            conv(narrowed(three), f3, 3),
            conv(narrowed(five), f5, 5),
            pool_branch(),
        ]
        return getattr(layers, join)()([branches[place] for place in order])

    return module


NARROW = Widths(4, 2, 4, 3, 4, 4)


def _block(shape, widths, **options):
    return Call((shape, *widths), **options)


def _inception_probes(rng):
    def some():
        return Widths(*(int(n) for n in rng.permutation(np.arange(2, 20))[:6]))

    return {
        "module 3b": [_block((28, 28, 256), MODULES["3b"])],
        "other sizes": [_block((9, 12, 5), some()), _block((1, 1, 8), NARROW)],
        "output shapes": [_block((14, 14, 16), some(), reading="block shape")],
        "numbers of weights": [
            _block((28, 28, 192), MODULES["3a"], reading="block weights"),
            _block((28, 28, 256), MODULES["3b"], reading="block weights"),
            _block((7, 7, 11), some(), reading="block weights"),
        ],
    }


def _module_params(channels, widths, use_bias=True):
    return sum(
        conv_params(kernel, c_in, filters, use_bias)
        for kernel, c_in, filters in (
            (1, channels, widths.f1),
            (1, channels, widths.f3_reduce),
            (3, widths.f3_reduce, widths.f3),
            (1, channels, widths.f5_reduce),
            (5, widths.f5_reduce, widths.f5),
            (1, channels, widths.pool_proj),
        )
    )


def _naive_params(channels, widths, use_bias=True):
    return sum(
        conv_params(kernel, channels, filters, use_bias)
        for kernel, filters in ((1, widths.f1), (3, widths.f3), (5, widths.f5))
    )


IN_3A, IN_3B = 192, MODULES["3a"].channels
PARAMS_3A = _module_params(IN_3A, MODULES["3a"])


# --- 9.7: the whole network ----------------------------------------------------------------


def _googlenet_params():
    """Return the parameters of the path to the main output, and of the auxiliary heads."""
    stem = conv_params(7, 3, 64) + conv_params(1, 64, 64) + conv_params(3, 64, IN_3A)
    main, heads, channels = stem, 0, IN_3A
    for name, widths in MODULES.items():
        main += _module_params(channels, widths)
        channels = widths.channels
        if name in HEADS_AFTER:
            # Pooling 5×5 with stride 3 leaves 4×4 of 14×14.
            heads += conv_params(1, channels, 128)
            heads += dense_params(4 * 4 * 128, 1024) + dense_params(1024, CLASSES)
    return main + dense_params(channels, CLASSES), heads


MAIN, HEADS = _googlenet_params()
LAST_LAYER = dense_params(MODULES["5b"].channels, CLASSES)


EXERCISES = [
    Array(
        "one_by_one_single",
        points=1,
        answer=0.5 * ONE_CHANNEL,
        mistakes=(
            Mistake(
                "one output",
                "The window is one pixel: size unchanged.",
                shape=(1, 1),
            ),
            Mistake(
                "summed the window",
                "The window is one pixel: nothing is added up, each value is only scaled.",
                values=(np.full((2, 2), 0.5 * ONE_CHANNEL.sum()),),
            ),
            Mistake(
                "divided by the weight",
                "Multiply by the weight.",
                values=(ONE_CHANNEL / 0.5,),
            ),
            Mistake(
                "subtracted",
                "A convolution multiplies by its weights.",
                values=(ONE_CHANNEL - 0.5,),
            ),
            Mistake(
                "the input",
                "That is the input.",
                values=(ONE_CHANNEL,),
            ),
        ),
    ),
    Prediction("predict_grey_sky", points=0),
    Function(
        "grey_weights",
        points=2,
        reference=_mixing(LUMINANCE),
        examples=(_shown(SMALL_PICTURE),),
        probes=_grey_probes,
        student_form=_as_layer,
        mistakes=(
            Mistake(
                "kernel axes",
                AXES + " Your window is three pixels high; it should be one pixel with three "
                "channels.",
                function=_mixing(LUMINANCE, shape=(3, 1, 1, 1)),
            ),
            Mistake(
                "kernel axes, refused by Keras",
                AXES + " Reshape your three numbers to that before you set them.",
                function=_refused_by_keras,
            ),
            Mistake(
                "mean",
                "Luminance, not the average.",
                function=_mixing([1 / 3] * 3),
            ),
            Mistake(
                "blue, green, red",
                "The channels come in the order red, green, blue.",
                function=_mixing(LUMINANCE[::-1]),
            ),
            Mistake(
                "three filters",
                "One filter is enough: a grey picture has one channel.",
                function=_mixing(np.repeat(np.reshape(LUMINANCE, (3, 1)), 3, axis=1)),
            ),
            Mistake(
                "with a bias",
                "There is nothing to add: use_bias=False.",
                function=_mixing(LUMINANCE, use_bias=True),
            ),
            Mistake(
                "not built",
                "Your layer has no weights yet. Build it for three input channels, then set them.",
                function=_mixing(LUMINANCE, shape=()),
            ),
        ),
    ),
    NumberList(
        "hyperspectral_params",
        points=2,
        answer=_mixing_params(),
        mistakes=(
            Mistake(
                "forgot the biases",
                "Bias: every filter has one more number.",
                values=(
                    _mixing_params(bias=False),
                    [_mixing_params(bias=False)[0], _mixing_params()[1]],
                    [_mixing_params()[0], _mixing_params(bias=False)[1]],
                ),
            ),
            Mistake(
                "one weight per filter",
                "A 1×1 filter still spans all 200 bands.",
                values=(
                    _mixing_params(span=1),
                    [_mixing_params(span=1)[0], _mixing_params()[1]],
                    [BANDS[0][1], _mixing_params()[1]],
                ),
            ),
            Mistake(
                "one bias for each input channel",
                "One bias for each filter, not for each input channel.",
                values=([c * (f + 1) for c, f in BANDS],),
            ),
            Mistake(
                "three filters for grey",
                "A grey picture has one channel: how many filters does that take?",
                values=([_mixing_params()[0], conv_params(1, 3, 3)],),
            ),
        ),
    ),
    Number(
        "naive_concat_channels",
        points=1,
        answer=sum(filters for _, filters in BRANCHES[:3]) + POOL_BRANCH,
        mistakes=(
            Mistake(
                "without pooling",
                "Pooling passes its 16 channels on.",
                values=(sum(filters for _, filters in BRANCHES[:3]),),
            ),
            Mistake(
                "64 filters of 5×5",
                "That is with 64 5×5 filters.",
                values=(32 + 64 + 64 + POOL_BRANCH,),
            ),
            Mistake(
                "one channel from pooling",
                "Pooling works on each channel by itself: how many come out?",
                values=(32 + 64 + 8 + 1,),
            ),
            Mistake(
                "widest branch",
                "Side by side, not on top of each other: the channels of all branches are kept.",
                values=(64,),
            ),
            Mistake(
                "input as well",
                "The input itself is not passed on; only the four branches are.",
                values=(sum(filters for _, filters in BRANCHES[:3]) + POOL_BRANCH + CHANNELS,),
            ),
        ),
    ),
    Choice(
        "most_expensive_branch",
        points=1,
        answer="B",
        mistakes=(
            Mistake(
                "the largest window",
                "Per filter yes, but it has only 8 filters.",
                values=("C",),
            ),
            Mistake(
                "the 1×1 branch",
                "It has half as many filters as the 3×3 branch, and each is nine times smaller.",
                values=("A",),
            ),
            Mistake(
                "pooling",
                "Pooling has no filters: it compares four values per output and channel.",
                values=("D",),
            ),
        ),
    ),
    NumberList(
        "branch_multiplications",
        points=3,
        answer=_branches(),
        mistakes=(
            Mistake(
                "ignored the input channels",
                "Each filter spans the 16 input channels.",
                values=(
                    [*_branches(channels=1)[:4], _branches()[4]],
                    _branches(channels=1, pool_channels=1),
                ),
            ),
            Mistake(
                "forgot the positions",
                "Once per output position.",
                values=(
                    [number // SIDE**2 for number in _branches()],
                    [*(number // SIDE**2 for number in _branches()[:4]), _branches()[4]],
                ),
            ),
            Mistake(
                "valid padding",
                "'same' padding keeps 28×28.",
                values=(
                    _branches(padding="valid"),
                    _with_item(1, conv_macs(SIDE - 2, 3, CHANNELS, 64)),
                ),
            ),
            Mistake(
                "one side instead of two",
                "A 28×28 map has 28·28 positions.",
                values=([number // SIDE for number in _branches()],),
            ),
            Mistake(
                "three comparisons",
                "Three comparisons do find the largest of four. Here count like the lecture: one "
                "for each value in the window.",
                values=(_branches(pool=POOL * POOL - 1),),
            ),
            Mistake(
                "pooling with stride 2",
                "All branches must have the same height and width to be concatenated: the pooling "
                "has stride 1.",
                values=(_with_item(4, _branches()[4] // 4),),
            ),
            Mistake(
                "pooling one channel",
                "Pooling works on each of the 16 channels.",
                values=(_branches(pool_channels=1),),
            ),
            Mistake(
                "biases",
                "Multiplications only: a bias is added.",
                values=(
                    [
                        *(
                            number + SIDE**2 * filters
                            for number, (_, filters) in zip(_branches(), BRANCHES, strict=False)
                        ),
                        _branches()[4],
                    ],
                ),
            ),
        ),
    ),
    Prediction("predict_bottleneck_saving", points=0),
    NumberList(
        "bottleneck_macs",
        points=2,
        answer=_bottleneck(),
        mistakes=(
            Mistake(
                "forgot the 1×1 layer",
                "Count the 1×1 layer too.",
                values=(_bottleneck(squeeze=False),),
            ),
            Mistake(
                "other order",
                "First directly, then with the bottleneck.",
                values=(_bottleneck()[::-1],),
            ),
            Mistake(
                "the 1×1 layer only",
                "That is the 1×1 layer … and the 5×5.",
                values=(_bottleneck(follow=False),),
            ),
            Mistake(
                "the 5×5 filters still see 256 channels",
                "Behind the 1×1 layer the 5×5 filters see 64 channels, not 256.",
                values=(_bottleneck(follow_channels=WIDE),),
            ),
            Mistake(
                "forgot the positions",
                "Those are weights: each of them multiplies once at every position.",
                values=([number // SIDE**2 for number in _bottleneck()],),
            ),
            Mistake(
                "valid padding",
                "'same' padding keeps 28×28.",
                values=(_bottleneck(inner=SIDE - 4),),
            ),
        ),
    ),
    Drill("drill_macs", points=2),
    Block(
        "inception_module",
        points=4,
        reference=_inception(),
        examples=(_block((28, 28, 192), MODULES["3a"]), _block((1, 1, 8), NARROW)),
        probes=_inception_probes,
        mistakes=(
            Mistake(
                "stride of the pooling",
                "Set strides=1: without it a pooling moves by its window, and its map gets "
                "smaller than the others.",
                function=_inception(pool_strides=None),
            ),
            Mistake(
                "1×1 before the pooling",
                "In the pool branch the 1×1 comes after.",
                function=_inception(project_first=True),
            ),
            Mistake(
                "valid padding",
                "'same' in every branch: only maps of equal height and width can be concatenated.",
                function=_inception(padding="valid"),
            ),
            Mistake(
                "no projection",
                "The pool branch still has all input channels: pool_proj 1×1 filters follow it.",
                function=_inception(project=False),
            ),
            Mistake(
                "naive module",
                "Reduce first: in front of the 3×3 and of the 5×5 convolution there is a 1×1 one.",
                function=_inception(reduce=False),
            ),
            Mistake(
                "order of the branches",
                "Concatenate in the order 1×1, 3×3, 5×5, pool.",
                function=_inception(order=(0, 2, 1, 3)),
            ),
            Mistake(
                "no activation",
                "ReLU everywhere: activation='relu' in each of the six convolutions.",
                function=_inception(activation=None, reduce_activation=None),
            ),
            Mistake(
                "no activation after the reductions",
                "The 1×1 reductions have a ReLU as well.",
                function=_inception(reduce_activation=None),
            ),
            Mistake(
                "swapped the reductions",
                "f3_reduce belongs to the 3×3 branch, f5_reduce to the 5×5 branch.",
                function=_inception(swapped=True),
            ),
            Mistake(
                "pooling window",
                "The pooling window is 3×3.",
                function=_inception(window=2),
            ),
            Mistake(
                "added the branches",
                "Concatenate the branches; adding them is what a residual block does.",
                function=_inception(join="Add"),
            ),
        ),
    ),
    Number(
        "inception_3a_params",
        points=0,
        answer=PARAMS_3A,
        mistakes=(
            Mistake(
                "forgot the biases",
                "Forgot the biases: one for each filter, also of the 1×1 layers.",
                values=(_module_params(IN_3A, MODULES["3a"], use_bias=False),),
            ),
            Mistake(
                "naive module",
                "That is the naive module: no 1×1 reductions.",
                values=(
                    _naive_params(IN_3A, MODULES["3a"]),
                    _naive_params(IN_3A, MODULES["3a"], use_bias=False),
                ),
            ),
            Mistake(
                "forgot the projection",
                "Forgot the 1×1 convolution after the pooling.",
                values=(PARAMS_3A - conv_params(1, IN_3A, MODULES["3a"].pool_proj),),
            ),
            Mistake(
                "module 3b",
                "That is module 3b. Its input has more channels.",
                values=(_module_params(IN_3B, MODULES["3b"]),),
            ),
        ),
    ),
    Shape(
        "inception_3b_shape",
        points=0,
        answer=(SIDE, SIDE, MODULES["3b"].channels),
        mistakes=(
            Mistake(
                "module 3a",
                "That is the output of 3a, its input.",
                values=((SIDE, SIDE, IN_3B),),
            ),
            Mistake(
                "counted the reductions",
                "The reductions stay inside their branches: they are not part of the output.",
                values=((SIDE, SIDE, sum(MODULES["3b"])),),
            ),
            Mistake(
                "added the input channels",
                "The input is not passed on; only the four branches are.",
                values=((SIDE, SIDE, IN_3B + MODULES["3b"].channels),),
            ),
            Mistake(
                "pooling keeps its channels",
                "Here a 1×1 convolution follows the pooling and sets its number of channels.",
                values=((SIDE, SIDE, MODULES["3b"].channels - 64 + IN_3B),),
            ),
            Mistake(
                "halved by the pooling",
                "The pooling inside a module has stride 1.",
                values=((SIDE // 2, SIDE // 2, MODULES["3b"].channels),),
            ),
        ),
    ),
    Prediction("predict_vgg_ratio", points=0),
    NumberList(
        "googlenet_totals",
        points=0,
        answer=[MAIN, MAIN + HEADS],
        mistakes=(
            Mistake(
                "twice the main path",
                "Build it a second time with auxiliary=True.",
                values=([MAIN, MAIN],),
            ),
            Mistake(
                "heads alone",
                "That is what the heads have alone: the rest of the network is still there.",
                values=([MAIN, HEADS],),
            ),
            Mistake(
                "without the last layer",
                "The dense layer at the end has weights too.",
                values=([MAIN - LAST_LAYER, MAIN - LAST_LAYER + HEADS],),
            ),
        ),
    ),
    Written("inception_written", points=2),
]
