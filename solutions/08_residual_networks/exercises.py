"""Exercises of notebook 08: functional API, residual blocks, ResNet, the applications table."""

from __future__ import annotations

import numpy as np

from course_utils.architectures.applications import measured_counts
from course_utils.architectures.depth import FILTERS
from course_utils.architectures.resnet import WIDTHS_34
from course_utils.arithmetic import (
    batchnorm_params,
    conv_output_shape,
    conv_params,
    dense_params,
    pool_output_shape,
)
from course_utils.datasets.applications import applications_table
from grader.exercises import (
    Array,
    Block,
    Call,
    Choice,
    Claim,
    Mistake,
    Model,
    NumberList,
    Prediction,
    ShapeList,
    Table,
    Written,
)

# --- 8.1 functional API --------------------------------------------------------------------


def _mlp(keras, hidden=2, last="softmax", units=64):
    layers = keras.layers
    inputs = keras.Input((784,))
    x = inputs
    for _ in range(hidden):
        x = layers.Dense(units, activation="relu")(x)
    return keras.Model(inputs, layers.Dense(10, activation=last)(x))


def _sequential_mlp(keras):
    layers = keras.layers
    hidden = [layers.Dense(64, activation="relu") for _ in range(2)]
    return keras.Sequential([keras.Input((784,)), *hidden, layers.Dense(10, activation="softmax")])


def _linear_mlp(keras):
    layers = keras.layers
    inputs = keras.Input((784,))
    x = layers.Dense(64)(layers.Dense(64)(inputs))
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(x))


# --- 8.2 to 8.4 residual blocks ------------------------------------------------------------


def _conv(keras, filters, size=3, stride=1, activation=None):
    return keras.layers.Conv2D(filters, size, strides=stride, padding="same", activation=activation)


def _residual_block(
    keras,
    x,
    filters,
    stride=1,
    fits=lambda channels, filters, stride: channels == filters and stride == 1,
    size=1,
    strides=(None, 1),
    inner="relu",
    before=None,
    after=True,
):
    """Build the block; the options after `stride` are ways to get it wrong."""
    first, second = (stride if own is None else own for own in strides)
    shortcut = x
    if not fits(x.shape[-1], filters, stride):
        shortcut = _conv(keras, filters, size, stride)(x)
    branch = _conv(keras, filters, stride=first, activation=inner)(x)
    branch = _conv(keras, filters, stride=second, activation=before)(branch)
    result = keras.layers.Add()([branch, shortcut])
    return keras.layers.ReLU()(result) if after else result


def _wrong_block(**changes):
    return lambda keras, x, filters, stride=1: _residual_block(keras, x, filters, stride, **changes)


def _no_shortcut(keras, x, filters, stride=1):
    branch = _conv(keras, filters, stride=stride, activation="relu")(x)
    return keras.layers.ReLU()(_conv(keras, filters)(branch))


def _block_probes(rng):
    height, width = (int(side) for side in rng.integers(9, 30, 2))
    channels, filters = (int(n) for n in rng.choice(np.arange(3, 40), 2, replace=False))
    return {
        "identity where shapes agree": [
            Call(((height, width, filters), filters)),
            Call(((7, 7, 1), 1)),
        ],
        "projection to other channels": [
            Call(((height, width, channels), filters)),
            Call(((width, height, 1), filters)),
        ],
        "stride": [
            Call(((height, width, channels), filters), {"stride": 2}),
            Call(((height, width, filters), filters), {"stride": 3}),
        ],
    }


def _stack(keras, passes=32, add=True, relu_after=False, first_only=False, first_conv=True):
    layers = keras.layers
    inputs = keras.Input((28, 28, 1))
    first = x = _conv(keras, 16, activation="relu")(inputs) if first_conv else inputs
    for _ in range(passes):
        a = _conv(keras, 16, activation=None if relu_after else "relu")(x)
        if add:
            a = layers.Add()([a, first if first_only else x])
        x = layers.ReLU()(a) if relu_after else a
    return keras.Model(inputs, layers.Dense(10, activation="softmax")(layers.Flatten()(x)))


# --- 8.5 the experiment --------------------------------------------------------------------

DEPTH = 30
NETWORKS = ("plain 2", "plain 30", "residual 30")


def _depth_net_params(depth=DEPTH, convolutions=None):
    extra = depth if convolutions is None else convolutions
    side = pool_output_shape((8, 8, FILTERS))[0]
    return (
        conv_params(3, 1, FILTERS)
        + extra * conv_params(3, FILTERS, FILTERS)
        + dense_params(side * side * FILTERS, 10)
    )


def _experiment(plain2, plain30, residual30):
    val = dict(zip(NETWORKS, (plain2, plain30, residual30), strict=True))
    return {"train_accuracy": dict(val), "val_accuracy": val}


# --- 8.6 why it works ----------------------------------------------------------------------

X = np.array([1, -2, 3])


def _formula(x, weight=0):
    """Return W_b * ReLU(W_a * ReLU(x)) + x for weights that are one number times identity."""
    return weight * np.maximum(weight * np.maximum(x, 0), 0) + x


# --- 8.9 ResNet-50's first block -----------------------------------------------------------


def _projection(use_bias=True):
    return conv_params(1, 64, 256, use_bias)


def _convolutions(use_bias=True, shortcut=True):
    """Return the weights of conv2_block1's convolutions; `shortcut` with the projection."""
    path = [(1, 64, 64), (3, 64, 64), (1, 64, 256)]
    sizes = [conv_params(*layer, use_bias=use_bias) for layer in path]
    return sum(sizes) + (_projection(use_bias) if shortcut else 0)


def _normalisations(per_channel=4, shortcut=True):
    channels = 64 + 64 + 256 + (256 if shortcut else 0)
    return channels * per_channel


PROJECTION = _projection()
BLOCK = _convolutions() + _normalisations(batchnorm_params(1)[0])
IDENTITY_BLOCK = (
    conv_params(1, 256, 64)
    + conv_params(3, 64, 64)
    + conv_params(1, 64, 256)
    + sum(batchnorm_params(channels)[0] for channels in (64, 64, 256))
)


def _stages(widths=WIDTHS_34, first=None):
    """Return the output of each stage of ResNet-34, and the pooled vector."""
    shape = conv_output_shape((224, 224, 3), 64, 7, strides=2, padding="same")
    shape = pool_output_shape(shape, 3, strides=2, padding="same")
    stages = []
    for width in widths:
        stride = 2 if stages else 1
        shape = conv_output_shape(shape, width, 3, strides=stride, padding="same")
        stages.append(shape)
    if first:
        stages[0] = first
    return [*stages, (widths[-1],)]


def _stages_from(shape):
    """Return the stages as halvings of another first one."""
    side = shape[0]
    return [(side >> i, side >> i, width) for i, width in enumerate(WIDTHS_34)] + [(512,)]


# --- 8.10 the table ------------------------------------------------------------------------

CHECKED = ("MobileNet", "MobileNetV2", "DenseNet121", "NASNetMobile", "ResNet50")
COUNTS = measured_counts()
PRINTED = {row.model: row.params for row in applications_table()}


def _compared(count):
    """Return the table of the exercise, with `count` of a network as today's number."""
    return {
        "model": list(CHECKED),
        "lecture_params": [PRINTED[name] for name in CHECKED],
        "keras_params": [count(COUNTS[name]) for name in CHECKED],
        "match": [PRINTED[name] == count(COUNTS[name]) for name in CHECKED],
    }


VGG, DENSENET = COUNTS["VGG16"], COUNTS["DenseNet121"]
DEPTHS = [VGG.weight_layers, VGG.layers, DENSENET.weight_layers, DENSENET.layers]
# Each convolution of DenseNet-121 has a batch normalisation, and there is one more at the end.
WITH_NORMALISATIONS = 2 * DENSENET.weight_layers


def _depths(vgg=DEPTHS[:2], densenet=DEPTHS[2:]):
    return [*vgg, *densenet]


EXERCISES = [
    Model(
        "functional_mlp",
        points=2,
        functional=True,
        build=_mlp,
        mistakes=(
            Mistake(
                "Sequential",
                "That is the Sequential form. Call layers on tensors, and make a Model of the "
                "first and the last tensor.",
                facts=("family:Sequential",),
                function=_sequential_mlp,
            ),
            Mistake(
                "one hidden layer",
                "Two hidden layers: a second Dense must be called on the result of the first.",
                function=lambda keras: _mlp(keras, hidden=1),
            ),
            Mistake(
                "no softmax",
                "The ten outputs should be probabilities: the last layer needs softmax.",
                function=lambda keras: _mlp(keras, last=None),
            ),
            Mistake(
                "no ReLU",
                "Both hidden layers have an activation. Without one, two Dense layers are no "
                "more than one.",
                function=_linear_mlp,
            ),
        ),
    ),
    Choice(
        "add_after_first_relu",
        points=1,
        answer="B",
        mistakes=(
            Mistake(
                "forbidden",
                "Try it: an addition only needs two tensors of the same shape.",
                values=("A",),
            ),
            Mistake(
                "the more skips the better",
                "What can one convolution plus its input express that one convolution cannot? "
                "Look at the measured accuracies again.",
                values=("C",),
            ),
            Mistake(
                "needs batch normalisation",
                "The addition does not care what came before it, if the shapes agree.",
                values=("D",),
            ),
        ),
    ),
    Model(
        "residual_stack_32",
        points=3,
        build=_stack,
        mistakes=(
            Mistake(
                "always adds the first tensor",
                "Add to the running tensor, not to the input every time.",
                function=lambda keras: _stack(keras, first_only=True),
            ),
            Mistake(
                "no additions",
                "That is the plain column: it has the right weights, but no shortcut.",
                function=lambda keras: _stack(keras, add=False),
            ),
            Mistake(
                "ReLU after the addition",
                "Here each convolution has its own ReLU, and nothing comes after the addition: "
                "the lecture's listing, one addition per convolution.",
                function=lambda keras: _stack(keras, relu_after=True),
            ),
            Mistake(
                "no convolution before the loop",
                "The input has one channel, which an addition would copy sixteen times: the "
                "convolution of step 2 comes first.",
                function=lambda keras: _stack(keras, first_conv=False),
            ),
            Mistake(
                "one pass too few",
                "One addition per pass: count the passes of your loop, not all convolutions.",
                facts=("count:31 Add",),
                function=lambda keras: _stack(keras, passes=31),
            ),
            Mistake(
                "one pass too many",
                "One addition per pass; the first convolution stands before the loop.",
                facts=("count:33 Add",),
                function=lambda keras: _stack(keras, passes=33),
            ),
        ),
    ),
    NumberList(
        "plain_equals_residual",
        points=0,
        answer=[_depth_net_params(), _depth_net_params()],
        mistakes=(
            Mistake(
                "weights in the additions",
                "An addition has nothing to learn: how many weights does a shortcut need?",
                values=([_depth_net_params(), _depth_net_params() + DEPTH // 2 * 16],),
            ),
            Mistake(
                "forgot the first convolution",
                "There is one more convolution before the 30.",
                values=([_depth_net_params() - conv_params(3, 1, FILTERS)] * 2,),
            ),
            Mistake(
                "first convolution counted as one of 30",
                "The 30 convolutions come after the first one.",
                values=([_depth_net_params(convolutions=DEPTH - 1)] * 2,),
            ),
        ),
    ),
    Prediction("predict_plain_training", points=0),
    Table(
        "depth_with_residuals",
        points=0,
        columns={"train_accuracy": "fraction", "val_accuracy": "fraction"},
        rows=NETWORKS,
        answer=_experiment(0.95, 0.1, 0.97),
        claims=(
            Claim("the plain network of depth 2 learns", ("plain 2", "val_accuracy"), at_least=0.8),
            Claim(
                "the plain network of depth 30 fails, on the training images already",
                ("plain 30", "train_accuracy"),
                at_most=0.5,
            ),
            Claim(
                "the plain network of depth 30 fails on new images",
                ("plain 30", "val_accuracy"),
                at_most=0.5,
            ),
            Claim(
                "the residual network of depth 30 learns",
                ("residual 30", "val_accuracy"),
                at_least=0.85,
            ),
        ),
        mistakes=(
            Mistake(
                "the plain network learns, too",
                'Is kind="plain" really without shortcuts and batch normalisation?',
                values=(_experiment(0.95, 0.96, 0.97),),
            ),
            Mistake(
                "the residual network fails, too",
                "Were there enough epochs? With COURSE_FAST=1 there is only one.",
                values=(_experiment(0.95, 0.1, 0.12),),
            ),
        ),
    ),
    Array(
        "zero_branch",
        points=1,
        answer=_formula(X),
        mistakes=(
            Mistake("forgot the shortcut", "The skip still carries x.", values=(np.zeros_like(X),)),
            Mistake(
                "ReLU on the shortcut",
                "The skip path has no ReLU in this formula.",
                values=(np.maximum(X, 0),),
            ),
            Mistake(
                "identity branch",
                "With all weights zero the branch adds nothing.",
                values=(_formula(X, weight=1), 2 * X),
            ),
        ),
    ),
    Choice(
        "identity_branch",
        points=1,
        answer="B",
        mistakes=(
            Mistake(
                "all weights one",
                "A 3×3 kernel of ones over C channels sums 9·C numbers.",
                values=("A",),
            ),
            Mistake(
                "always",
                "Try X = [1, -2, 3], or a branch that swaps two channels.",
                values=("C",),
            ),
            Mistake(
                "biases",
                "Biases of 1 add 1, whatever X is. The branch must give back X itself.",
                values=("D",),
            ),
        ),
    ),
    Block(
        "residual_block",
        points=3,
        reference=_residual_block,
        examples=(
            Call(((28, 28, 16), 16)),
            Call(((28, 28, 16), 32)),
            Call(((28, 28, 16), 32), {"stride": 2}),
            Call(((28, 28, 16), 16), {"stride": 2}),
            Call(((28, 28, 1), 16)),
        ),
        probes=_block_probes,
        mistakes=(
            Mistake(
                "always projects",
                "Identity when shapes agree: no extra weights.",
                function=_wrong_block(fits=lambda *_: False),
            ),
            Mistake(
                "ReLU before the addition",
                "Add first, then ReLU.",
                function=_wrong_block(before="relu", after=False),
            ),
            Mistake(
                "ReLU before and after the addition",
                "The second convolution has no activation of its own: its result must be free to "
                "subtract something.",
                function=_wrong_block(before="relu"),
            ),
            Mistake(
                "no ReLU at the end",
                "After the addition comes one more ReLU.",
                function=_wrong_block(after=False),
            ),
            Mistake(
                "no ReLU between the convolutions",
                "Two convolutions in a row are one linear map: the first needs its ReLU.",
                function=_wrong_block(inner=None),
            ),
            Mistake(
                "one channel broadcast",
                "Keras added (…, 1) to (…, 16) silently: project.",
                function=_wrong_block(fits=lambda c, f, stride: c in (1, f) and stride == 1),
            ),
            Mistake(
                "projects with a 3×3 kernel",
                "The projection looks at one pixel at a time: its kernel is 1×1.",
                function=_wrong_block(size=3),
            ),
            Mistake(
                "stride in the second convolution",
                "The stride belongs to the first convolution of the branch (and to the shortcut).",
                function=_wrong_block(strides=(1, None)),
            ),
            Mistake(
                "no shortcut",
                "Where is the addition? Keep x, and add it to the result of the second "
                "convolution.",
                function=_no_shortcut,
            ),
        ),
    ),
    ShapeList(
        "resnet34_stage_shapes",
        points=1,
        answer=_stages(),
        mistakes=(
            Mistake(
                "without the first pooling",
                "conv1 and the pool both halve.",
                values=(
                    _stages(first=(112, 112, 64)),
                    _stages_from((112, 112, 64)),
                ),
            ),
            Mistake(
                "channels of ResNet-50",
                "That is ResNet-50 (bottleneck): there the last 1×1 convolution of a block has "
                "four times as many filters.",
                values=(_stages(widths=[4 * width for width in WIDTHS_34]),),
            ),
            Mistake(
                "conv2_x halves, too",
                "conv2_x follows the pooling and keeps its size: its first block has stride 1.",
                values=(_stages_from((28, 28, 64)),),
            ),
        ),
    ),
    NumberList(
        "projection_params",
        points=2,
        answer=[PROJECTION, BLOCK],
        mistakes=(
            Mistake(
                "no biases",
                "The convolutions have biases, here: one per filter.",
                values=(
                    [_projection(use_bias=False), BLOCK],
                    [_projection(use_bias=False), _convolutions(False) + _normalisations()],
                ),
            ),
            Mistake(
                "forgot the shortcut's layers",
                "The shortcut has its own convolution and batch normalisation, and they belong "
                "to the block.",
                values=([PROJECTION, _convolutions(shortcut=False) + _normalisations(4, False)],),
            ),
            Mistake(
                "two per channel",
                "Batch normalisation has 4 values per channel: two that are trained, two moving "
                "statistics.",
                values=([PROJECTION, _convolutions() + _normalisations(2)],),
            ),
            Mistake(
                "no batch normalisation",
                "Each of the four convolutions is followed by batch normalisation, which has "
                "weights, too.",
                values=([PROJECTION, _convolutions()],),
            ),
            Mistake(
                "the second block",
                "That is block 2, 256→256 without projection.",
                values=([PROJECTION, IDENTITY_BLOCK],),
            ),
        ),
    ),
    Prediction("predict_table_matches", points=0),
    Table(
        "applications_check",
        points=2,
        columns={
            "model": "text",
            "lecture_params": "whole",
            "keras_params": "whole",
            "match": "flag",
        },
        rows=CHECKED,
        key="model",
        answer=_compared(lambda counts: counts.params),
        exact=("lecture_params", "keras_params", "match"),
        mistakes=(
            Mistake(
                "without the top",
                "The table counts whole networks, with the layer that names 1,000 classes: "
                "include_top=True, the default.",
                values=(_compared(lambda counts: counts.without_top),),
            ),
            Mistake(
                "trainable weights only",
                "The table counts all weights, also those that training does not change.",
                values=(_compared(lambda counts: counts.trainable),),
            ),
        ),
    ),
    NumberList(
        "depth_column",
        points=2,
        answer=_depths(),
        mistakes=(
            Mistake(
                "VGG16 counted in one way only",
                "Two different numbers for VGG16: pooling, Flatten and the input have no weights, "
                "but Keras lists them.",
                values=(
                    _depths(vgg=[VGG.weight_layers] * 2),
                    _depths(vgg=[VGG.layers] * 2),
                ),
            ),
            Mistake(
                "DenseNet121 counted in one way only",
                "121 counts convolutions and the classifier; for len(model.layers) count batch "
                "normalisation, ReLU and concatenation, too.",
                values=(_depths(densenet=[DENSENET.weight_layers] * 2),),
            ),
            Mistake(
                "batch normalisation as depth",
                "Layers with weights means convolutions and Dense here; batch normalisation does "
                "not count.",
                values=(_depths(densenet=[WITH_NORMALISATIONS, DENSENET.layers]),),
            ),
            Mistake(
                "forgot the input layer",
                "Keras' list begins with the input.",
                values=(
                    _depths(vgg=[VGG.weight_layers, VGG.layers - 1]),
                    _depths(
                        vgg=[VGG.weight_layers, VGG.layers - 1],
                        densenet=[DENSENET.weight_layers, DENSENET.layers - 1],
                    ),
                ),
            ),
            Mistake(
                "the other way round",
                "First the layers with weights, then all.",
                values=(_depths(vgg=DEPTHS[1::-1], densenet=DEPTHS[:1:-1]),),
            ),
        ),
    ),
    Written("residual_written", points=2),
]
