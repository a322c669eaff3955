"""Exercises of notebook 06: LeNet-5, AlexNet and VGG-16."""

from __future__ import annotations

from typing import NamedTuple

from course_utils.arithmetic import (
    conv_output_shape,
    conv_params,
    dense_params,
    pool_output_shape,
)
from grader.exercises import (
    Drill,
    Mistake,
    Model,
    Number,
    NumberList,
    Prediction,
    ShapeList,
    Written,
)

# --- 6.1 LeNet-5 ---------------------------------------------------------------------------


def _lenet5(
    keras,
    side=28,
    paddings=("same", "valid"),
    pooling="AveragePooling2D",
    activation="tanh",
    filters=(6, 16),
    units=(120, 84),
    last="softmax",
    padding_layer=False,
    third_convolution=False,
):
    """Return LeNet-5 as the exercise describes it, or with something changed."""
    layers = keras.layers
    stack = [keras.Input((side, side, 1))]
    if padding_layer:
        stack.append(layers.ZeroPadding2D(2))
    for count, padding in zip(filters, paddings, strict=True):
        stack.append(layers.Conv2D(count, 5, padding=padding, activation=activation))
        stack.append(getattr(layers, pooling)(2))
    if third_convolution:
        stack.append(layers.Conv2D(units[0], 5, activation=activation))
        units = units[1:]
    stack.append(layers.Flatten())
    stack += [layers.Dense(count, activation=activation) for count in units]
    return keras.Sequential([*stack, layers.Dense(10, activation=last)])


# How many of the six S2 maps each of the sixteen C3 maps sees.
C3_SEES = [3] * 6 + [4] * 9 + [6]
PAIRS, C3_MAPS, S2_MAPS, KERNEL = sum(C3_SEES), len(C3_SEES), 6, 5 * 5


# --- 6.2 AlexNet ---------------------------------------------------------------------------


class _Conv(NamedTuple):
    """One convolution of AlexNet; `pooled` if a 3×3 max-pooling with stride 2 follows."""

    filters: int
    kernel: int
    stride: int = 1
    padding: str = "same"
    pooled: bool = False


ALEXNET = [
    _Conv(96, 11, 4, "valid", pooled=True),
    _Conv(256, 5, pooled=True),
    _Conv(384, 3),
    _Conv(384, 3),
    _Conv(256, 3, pooled=True),
]
IN_PAPER = (1, 2, 1, 2, 2)
ALL_BUT_FIRST = (1, 2, 2, 2, 2)
DENSE = (4096, 4096, 1000)


def _without_first_place(same_too=False):
    """Return the shapes when windows have one place too few, also in padded layers if asked."""
    side, shapes = 227, []
    for conv in ALEXNET:
        if conv.padding == "valid":
            side = (side - conv.kernel) // conv.stride
        elif same_too:
            side -= 1  # n + 2p - k, with 2p = k - 1
        shapes.append((side, side, conv.filters))
        if conv.pooled:
            side = (side - 3) // 2
            shapes.append((side, side, conv.filters))
    return shapes


def _alexnet_shapes(side=227, pool_padding="valid", first_padding="valid", pool=3):
    shapes, shape = [], (side, side, 3)
    for number, conv in enumerate(ALEXNET):
        padding = conv.padding if number else first_padding
        shape = conv_output_shape(shape, conv.filters, conv.kernel, conv.stride, padding)
        shapes.append(shape)
        if conv.pooled:
            shape = pool_output_shape(shape, pool, strides=2, padding=pool_padding)
            shapes.append(shape)
    return shapes


def _alexnet_convolutions(groups=(1,) * 5, use_bias=True):
    channels = [3, *(conv.filters for conv in ALEXNET)]
    return sum(
        conv_params(conv.kernel, inputs, conv.filters, use_bias, parts)
        for conv, inputs, parts in zip(ALEXNET, channels, groups, strict=False)
    )


def _alexnet_dense(last_side=None, use_bias=True):
    side = last_side or _alexnet_shapes()[-1][0]
    sizes = [side * side * ALEXNET[-1].filters, *DENSE]
    return [dense_params(a, b, use_bias) for a, b in zip(sizes, DENSE, strict=False)]


def _alexnet(groups=(1,) * 5, last_side=None, use_bias=True):
    return _alexnet_convolutions(groups, use_bias) + sum(_alexnet_dense(last_side, use_bias))


SINGLE, TWO_GPUS = _alexnet(), _alexnet(IN_PAPER)
BIASES = SINGLE - _alexnet(use_bias=False)
FC6 = _alexnet_dense()[0]
GROUPED_FILTERS = sum(
    conv.filters for conv, parts in zip(ALEXNET, IN_PAPER, strict=True) if parts > 1
)
FC_SHARE = sum(_alexnet_dense()) / SINGLE


# --- 6.3 VGG-16 ----------------------------------------------------------------------------

VGG_BLOCKS = [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]
VGG_SIDE = 224


def _stack(layers, kernel, channels=64, use_bias=False):
    return layers * conv_params(kernel, channels, channels, use_bias)


def _four_stacks(**options):
    return [_stack(n, kernel, **options) for n, kernel in ((2, 3), (1, 5), (3, 3), (1, 7))]


def _vgg_convolutions(use_bias=True):
    total, channels = 0, 3
    for filters, convs in VGG_BLOCKS:
        for _ in range(convs):
            total += conv_params(3, channels, filters, use_bias)
            channels = filters
    return total


def _vgg_dense(poolings=5, use_bias=True):
    side = VGG_SIDE // 2**poolings
    sizes = [side * side * VGG_BLOCKS[-1][0], *DENSE]
    return [dense_params(a, b, use_bias) for a, b in zip(sizes, DENSE, strict=False)]


VGG_CONVS = sum(convs for _, convs in VGG_BLOCKS)
VGG_WEIGHTED = VGG_CONVS + len(DENSE)
VGG_POOLS = len(VGG_BLOCKS)
# The others are the input and Flatten.
VGG_LISTED = VGG_WEIGHTED + VGG_POOLS + 2
VGG_TOTAL = _vgg_convolutions() + sum(_vgg_dense())


def _counts(listed):
    return [VGG_CONVS, len(DENSE), listed]


EXERCISES = [
    Prediction("predict_lenet_params", points=0),
    Model(
        "lenet5_model",
        points=4,
        build=_lenet5,
        mistakes=(
            Mistake(
                "larger input",
                "LeNet-5 was made for 32×32, but our images have 28×28 pixels: keep this input, "
                "and let the first convolution pad.",
                facts=("input:(32, 32, 1)",),
                function=lambda keras: _lenet5(keras, side=32, paddings=("valid", "valid")),
            ),
            Mistake(
                "not padded",
                "LeNet's input is 32×32; with 28×28 images the first layer must pad.",
                function=lambda keras: _lenet5(keras, paddings=("valid", "valid")),
            ),
            Mistake(
                "second convolution padded",
                "The second convolution is not padded.",
                function=lambda keras: _lenet5(keras, paddings=("same", "same")),
            ),
            Mistake(
                "padding swapped",
                "It is the first convolution that pads, not the second one.",
                function=lambda keras: _lenet5(keras, paddings=("valid", "same")),
            ),
            Mistake(
                "a padding layer",
                "That pads with a layer of its own. It is the same function, but here the first "
                "convolution is to do it, with its argument.",
                facts=("has:ZeroPadding2D",),
                function=lambda keras: _lenet5(
                    keras, paddings=("valid", "valid"), padding_layer=True
                ),
            ),
            Mistake(
                "C5 as a convolution",
                "As the paper built it, and the same function. Here build C5 as the table says: "
                "flatten, then a dense layer.",
                facts=("count:3 Conv2D",),
                function=lambda keras: _lenet5(keras, third_convolution=True),
            ),
            Mistake(
                "max pooling",
                "LeNet averages its windows.",
                facts=("has:MaxPooling2D",),
                function=lambda keras: _lenet5(keras, pooling="MaxPooling2D"),
            ),
            Mistake(
                "relu",
                "ReLU came later: in 1998 the activation was tanh.",
                facts=("has:relu",),
                function=lambda keras: _lenet5(keras, activation="relu"),
            ),
            Mistake(
                "no activations",
                "Without an activation two layers in a row are no more than one. Look for a "
                "missing tanh.",
                facts=("edge:Conv2D > AveragePooling2D", "edge:Dense > Dense"),
                function=lambda keras: _lenet5(keras, activation=None),
            ),
            Mistake(
                "no softmax",
                "Ten numbers that are to be probabilities need a softmax at the end.",
                facts=("last:Dense",),
                function=lambda keras: _lenet5(keras, last=None),
            ),
            Mistake(
                "forgot a dense layer",
                "There are three dense layers: two hidden ones and the output.",
                function=lambda keras: _lenet5(keras, units=(120,)),
            ),
            Mistake(
                "as many filters twice",
                "The second convolution has more filters than the first: look at the table.",
                function=lambda keras: _lenet5(keras, filters=(6, 6)),
            ),
        ),
    ),
    NumberList(
        "lenet5_c3_params",
        points=2,
        answer=[PAIRS, PAIRS * KERNEL + C3_MAPS],
        mistakes=(
            Mistake(
                "full connection",
                f"That is full connection: {C3_MAPS} maps × {S2_MAPS}.",
                values=(
                    [C3_MAPS * S2_MAPS, C3_MAPS * S2_MAPS * KERNEL + C3_MAPS],
                    [C3_MAPS * S2_MAPS, C3_MAPS * S2_MAPS * KERNEL],
                ),
            ),
            Mistake(
                "forgot the biases",
                f"Forgot the {C3_MAPS} biases.",
                values=([PAIRS, PAIRS * KERNEL],),
            ),
            Mistake(
                "counted maps",
                "Count pairs: a C3 map that sees three S2 maps makes three of them.",
                values=(
                    [C3_MAPS, C3_MAPS * KERNEL + C3_MAPS],
                    [C3_MAPS, C3_MAPS * KERNEL],
                ),
            ),
            Mistake(
                "other order",
                "First the connections between maps, then the parameters.",
                values=([PAIRS * KERNEL + C3_MAPS, PAIRS],),
            ),
            Mistake(
                "a bias per pair",
                "One bias per map, not one per pair: the sums of all its windows are added first.",
                values=([PAIRS, PAIRS * (KERNEL + 1)],),
            ),
        ),
    ),
    Prediction("predict_alexnet_millions", points=0),
    ShapeList(
        "alexnet_shapes",
        points=2,
        answer=_alexnet_shapes(),
        mistakes=(
            Mistake(
                "224 pixels",
                "227, not 224: the window of 11 fits (227-11)/4 + 1 times.",
                values=(_alexnet_shapes(side=224),),
            ),
            Mistake(
                "first convolution padded",
                "The first convolution is not padded: (227-11)/4 + 1.",
                values=(_alexnet_shapes(first_padding="same"),),
            ),
            Mistake(
                "pooling rounds up",
                "Pooling is 'valid': (55-3)/2 + 1 after the first convolution, and so on.",
                values=(_alexnet_shapes(pool_padding="same"),),
            ),
            Mistake(
                "last pooling rounds up",
                "Nearly. The last pooling is 'valid' as well: (13-3)/2 + 1.",
                values=([*_alexnet_shapes()[:-1], _alexnet_shapes(pool_padding="same")[-1]],),
            ),
            Mistake(
                "forgot the first place",
                "A window of 3 on a row of 5, step 2: draw its places, and count them. Does your "
                "formula give as many?",
                values=(_without_first_place(), _without_first_place(same_too=True)),
            ),
        ),
        chained=True,
    ),
    NumberList(
        "alexnet_params",
        points=3,
        answer=[SINGLE, TWO_GPUS],
        mistakes=(
            Mistake(
                "no groups",
                "With groups=2 each filter sees half of the input channels.",
                values=([SINGLE, SINGLE],),
            ),
            Mistake(
                "forgot the biases",
                f"Add one bias per filter/neuron ({BIASES:,} in all).",
                values=([_alexnet(use_bias=False), _alexnet(IN_PAPER, use_bias=False)],),
            ),
            Mistake(
                "7×7 map",
                "pool5 output is 6×6×256, not 7×7×256.",
                values=([_alexnet(last_side=7), _alexnet(IN_PAPER, last_side=7)],),
            ),
            Mistake(
                "convolutions only",
                "Those are the five convolutions. The three dense layers come on top.",
                values=([_alexnet_convolutions(), _alexnet_convolutions(IN_PAPER)],),
            ),
            Mistake(
                "conv3 in two groups",
                "conv3 sees the maps of both GPUs: only conv2, conv4 and conv5 have groups=2.",
                values=([SINGLE, _alexnet(ALL_BUT_FIRST)],),
            ),
            Mistake(
                "other order",
                "The single tower comes first. (It has more weights. Why?)",
                values=([TWO_GPUS, SINGLE],),
            ),
            Mistake(
                "half of the biases, too",
                "groups=2 halves the channels that a filter sees. Are there fewer filters, then?",
                values=([SINGLE, TWO_GPUS - GROUPED_FILTERS // 2],),
            ),
            Mistake(
                "fc6 in two halves",
                "Only three convolutions are split: fc6 sees the maps of both cards.",
                values=([SINGLE, TWO_GPUS - (FC6 - DENSE[0]) // 2],),
            ),
            Mistake(
                "no pool5",
                "What stands between conv5 and Flatten?",
                values=([_alexnet(last_side=13), _alexnet(IN_PAPER, last_side=13)],),
            ),
        ),
    ),
    Number(
        "fc_share",
        points=1,
        answer=FC_SHARE,
        tolerance=0.005,
        mistakes=(
            Mistake("first dense layer only", "That is fc6 only.", values=(FC6 / SINGLE,)),
            Mistake(
                "convolutions",
                "That is the convolutions' share.",
                values=(1 - FC_SHARE,),
            ),
            Mistake(
                "two GPUs",
                "That is the share in the two-GPU version. The question is about the single tower.",
                values=(sum(_alexnet_dense()) / TWO_GPUS,),
            ),
            Mistake(
                "per cent",
                "Give a fraction between 0 and 1.",
                values=(100 * FC_SHARE, round(100 * FC_SHARE), round(100 * FC_SHARE, 1)),
            ),
        ),
    ),
    NumberList(
        "stacked_3x3_params",
        points=2,
        answer=_four_stacks(),
        mistakes=(
            Mistake(
                "one input channel",
                "Each filter spans all 64 input channels.",
                values=([number // 64 for number in _four_stacks()],),
            ),
            Mistake(
                "one pair of channels",
                "That is one pair of an input and an output channel. How many pairs are there?",
                values=([number // 64**2 for number in _four_stacks()],),
            ),
            Mistake(
                "counted biases",
                "Without biases this time.",
                values=(_four_stacks(use_bias=True),),
            ),
            Mistake(
                "one layer of each",
                "Two layers have twice the weights of one, and three have three times as many.",
                values=([_stack(1, kernel) for kernel in (3, 5, 3, 7)],),
            ),
        ),
    ),
    NumberList(
        "vgg16_layer_count",
        points=1,
        answer=_counts(VGG_LISTED),
        mistakes=(
            Mistake(
                "layers with weights",
                "Keras also lists layers without weights: input, pooling and Flatten.",
                values=(_counts(VGG_WEIGHTED),),
            ),
            Mistake(
                "forgot input or Flatten",
                "Nearly: the poolings are in. Does your list begin with the input, and what stands "
                "between the last pooling and the first dense layer?",
                values=(
                    _counts(VGG_WEIGHTED + VGG_POOLS),
                    _counts(VGG_WEIGHTED + VGG_POOLS + 1),
                ),
            ),
            Mistake(
                "forgot the poolings",
                "Keras also lists the poolings, one after each block.",
                values=(_counts(VGG_WEIGHTED + 1), _counts(VGG_WEIGHTED + 2)),
            ),
            Mistake(
                "counted the dense layers as convolutions",
                "16 are all layers that have weights: convolutions and dense layers together.",
                values=([VGG_WEIGHTED, len(DENSE), VGG_LISTED],),
            ),
        ),
    ),
    NumberList(
        "vgg16_params",
        points=2,
        answer=[_vgg_dense()[0], VGG_TOTAL],
        mistakes=(
            Mistake(
                "forgot the biases",
                "Forgot the biases: one for every filter and every neuron.",
                values=(
                    [
                        _vgg_dense(use_bias=False)[0],
                        _vgg_convolutions(use_bias=False) + sum(_vgg_dense(use_bias=False)),
                    ],
                    [_vgg_dense(use_bias=False)[0], VGG_TOTAL - DENSE[0]],
                ),
            ),
            Mistake(
                "four poolings",
                "Five poolings: how often is 224 halved before Flatten?",
                values=([_vgg_dense(4)[0], _vgg_convolutions() + sum(_vgg_dense(4))],),
            ),
            Mistake(
                "no spatial size",
                "Flatten hands over every position of every map, not one number per map.",
                values=(
                    [
                        dense_params(VGG_BLOCKS[-1][0], DENSE[0]),
                        VGG_TOTAL - _vgg_dense()[0] + dense_params(VGG_BLOCKS[-1][0], DENSE[0]),
                    ],
                ),
            ),
            Mistake(
                "base only",
                "That is the convolutional base.",
                values=([_vgg_dense()[0], _vgg_convolutions()],),
            ),
            Mistake(
                "dense layers only",
                "Those are the three dense layers. The convolutions come on top.",
                values=([_vgg_dense()[0], sum(_vgg_dense())],),
            ),
        ),
    ),
    Prediction("predict_conv_work", points=0),
    Drill("drill_conv_stack_params", points=1),
    Written("classic_written", points=2),
]
