"""Exercises of notebook 10: dense blocks, growth rate, transitions, any input size."""

from __future__ import annotations

from course_utils.architectures.densenet import LAYERS, densenet_stages
from course_utils.arithmetic import (
    batchnorm_params,
    connection_count,
    conv_params,
    dense_block_channels,
)
from grader.exercises import (
    Block,
    Call,
    Drill,
    Mistake,
    Number,
    NumberList,
    OpenModel,
    Prediction,
    Requirement,
    Written,
)

# --- 10.2 connections ----------------------------------------------------------------------

DEPTHS = (5, 12)


def _pairs(lecture, paper):
    return [count(depth) for depth in DEPTHS for count in (lecture, paper)]


def _lecture(depth):
    return connection_count(depth, include_input=False)


CONNECTIONS = _pairs(_lecture, connection_count)

# --- 10.3 to 10.5 channels -----------------------------------------------------------------

K0, K, LAYER, N_LAYERS = 64, 32, 6, 6
AFTER = [K0, *dense_block_channels(K0, K, N_LAYERS)]
ENTERS, LEAVES = AFTER[LAYER - 1], AFTER[N_LAYERS]

N_TO_M = (256, 64)
CHANNELS, HALF = 256, 128
NORM, TRAINED_NORM = batchnorm_params(CHANNELS)
SQUEEZE = conv_params(1, CHANNELS, HALF, use_bias=False)


def _channels(
    block=lambda entering, n: entering + n * K, transition=lambda entering: entering // 2
):
    """Channels after the stem and after every block and transition of DenseNet-121."""
    channels = [2 * K]
    for n_layers in LAYERS["DenseNet-121"]:
        channels.append(block(channels[-1], n_layers))
        channels.append(transition(channels[-1]))
    return channels[:-1]


RIGHT_CHANNELS = [stage.shape[2] for stage in densenet_stages(LAYERS["DenseNet-121"])]
FOURTH, THIRD = ([blocks[number] for blocks in LAYERS.values()] for number in (3, 2))


# --- 10.4 the dense block ------------------------------------------------------------------


def _norm_relu(keras, x):
    return keras.layers.ReLU()(keras.layers.BatchNormalization()(x))


def _conv(keras, x, filters, kernel_size=3, use_bias=False):
    conv = keras.layers.Conv2D(filters, kernel_size, padding="same", use_bias=use_bias)
    return conv(x)


def _new(keras, x, growth_rate, **options):
    return _conv(keras, _norm_relu(keras, x), growth_rate, **options)


def _join(keras, *tensors):
    return keras.layers.Concatenate()(list(tensors))


def _dense_block(keras, x, growth_rate, n_layers, new=_new):
    for _ in range(n_layers):
        x = _join(keras, x, new(keras, x, growth_rate))
    return x


def _adds(keras, x, growth_rate, n_layers):
    for _ in range(n_layers):
        x = keras.layers.Add()([x, _new(keras, x, growth_rate)])
    return x


def _adds_as_many(keras, x, growth_rate, n_layers):
    for _ in range(n_layers):
        x = keras.layers.Add()([x, _new(keras, x, x.shape[-1])])
    return x


def _joins_the_last(keras, x, growth_rate, n_layers):
    y = x
    for _ in range(n_layers):
        y = _new(keras, y, growth_rate)
    return _join(keras, x, y)


def _reads_the_last(keras, x, growth_rate, n_layers):
    found = [x]
    for _ in range(n_layers):
        found.append(_new(keras, found[-1], growth_rate))
    return _join(keras, *found)


def _joins_at_the_end(keras, x, growth_rate, n_layers):
    found = [x]
    for _ in range(n_layers):
        seen = _join(keras, *found) if len(found) > 1 else x
        found.append(_new(keras, seen, growth_rate))
    return _join(keras, *found)


def _plain_chain(keras, x, growth_rate, n_layers):
    for _ in range(n_layers):
        x = _new(keras, x, growth_rate)
    return x


def _conv_first(keras, x, growth_rate):
    return _norm_relu(keras, _conv(keras, x, growth_rate))


def _relu_first(keras, x, growth_rate):
    return _conv(keras, keras.layers.BatchNormalization()(keras.layers.ReLU()(x)), growth_rate)


def _no_relu(keras, x, growth_rate):
    return _conv(keras, keras.layers.BatchNormalization()(x), growth_rate)


def _no_norm(keras, x, growth_rate):
    return _conv(keras, keras.layers.ReLU()(x), growth_rate)


def _with_bias(keras, x, growth_rate):
    return _new(keras, x, growth_rate, use_bias=True)


def _one_by_one(keras, x, growth_rate):
    return _new(keras, x, growth_rate, kernel_size=1)


def _bottleneck(keras, x, growth_rate):
    return _new(keras, _new(keras, x, 4 * growth_rate, kernel_size=1), growth_rate)


def _shrinks(keras, x, growth_rate):
    return keras.layers.Conv2D(growth_rate, 3, use_bias=False)(_norm_relu(keras, x))


def _shares_layers(keras, x, growth_rate, n_layers):
    layers = keras.layers
    norm, conv = layers.BatchNormalization(), layers.Conv2D(growth_rate, 3, padding="same")
    for _ in range(n_layers):
        x = _join(keras, x, conv(layers.ReLU()(norm(x))))
    return x


def _activates_all(keras, x, growth_rate, n_layers):
    for _ in range(n_layers):
        x = _norm_relu(keras, x)
        x = _join(keras, x, _conv(keras, x, growth_rate))
    return x


def _new_ones_first(keras, x, growth_rate, n_layers):
    for _ in range(n_layers):
        x = _join(keras, _new(keras, x, growth_rate), x)
    return x


def _with(new):
    return lambda keras, x, growth_rate, n_layers: _dense_block(
        keras, x, growth_rate, n_layers, new
    )


def _probes(rng):
    k, side = int(rng.integers(5, 11)), int(rng.integers(7, 20))
    return {
        "what a layer does and reads": [
            Call(((side, side + 3, 7), k, 3)),
            Call(((4, 4, 4), 4, 5)),
        ],
        "number of channels": [
            Call(((side, side, 9), k, 5), reading="block shape"),
            Call(((8, 8, 4), 4, 4), reading="block shape"),
        ],
        "number of weights": [
            Call(((side, side, 9), k, 5), reading="block weights"),
            Call(((8, 8, 4), 4, 4), reading="block weights"),
        ],
    }


CONCATENATES = "DenseNet concatenates."
SEES_ALL = "Every layer sees all before it."

# --- 10.9 any input size -------------------------------------------------------------------


def _any_size(
    keras,
    sides=(None, None),
    conv=True,
    filters=8,
    activation="softmax",
    flatten=False,
    units=10,
    kernel_size=3,
):
    layers = keras.layers
    image = x = keras.Input((*sides, 1))
    if conv:
        x = layers.Conv2D(filters, kernel_size, activation="relu")(x)
        x = layers.Conv2D(2 * filters, 3, activation="relu")(x)
    x = layers.Flatten()(x) if flatten else layers.GlobalAveragePooling2D()(x)
    return keras.Model(image, layers.Dense(units, activation=activation)(x))


def _changed(**changes):
    return lambda keras: _any_size(keras, **changes)


EXERCISES = [
    NumberList(
        "connection_counts",
        points=2,
        answer=CONNECTIONS,
        mistakes=(
            Mistake(
                "equal pairs",
                "The paper also counts the block's input; the lecture's formula does not.",
                values=(
                    _pairs(_lecture, _lecture),
                    _pairs(connection_count, connection_count),
                ),
            ),
            Mistake(
                "swapped",
                "The other way round: which of the two formulas counts one source more?",
                values=(_pairs(connection_count, _lecture),),
            ),
            Mistake(
                "both directions",
                "Feed-forward: a connection leads from an earlier to a later layer, so each pair "
                "counts once.",
                values=(
                    _pairs(lambda n: 2 * _lecture(n), lambda n: 2 * connection_count(n)),
                    _pairs(lambda n: n * n, lambda n: n * n),
                ),
            ),
            Mistake(
                "plain chain",
                "That is a plain chain, where a layer reads only the one before it.",
                values=(
                    _pairs(lambda n: n - 1, lambda n: n),
                    _pairs(lambda n: n, lambda n: n),
                ),
            ),
            Mistake(
                "sorted by formula",
                "The right numbers in another order: first both for 5 layers, then both for 12.",
                values=([count(n) for count in (_lecture, connection_count) for n in DEPTHS],),
            ),
        ),
    ),
    Number(
        "n_to_m_params",
        points=1,
        answer=conv_params(1, *N_TO_M),
        mistakes=(
            Mistake(
                "no bias",
                "This convolution has a bias, one for each filter.",
                values=(conv_params(1, *N_TO_M, use_bias=False),),
            ),
            Mistake(
                "added the channels",
                "Every output channel has a weight for every input channel.",
                values=(sum(N_TO_M),),
            ),
            Mistake(
                "a bias for each input channel",
                "Biases belong to the filters, not to the channels that come in.",
                values=(conv_params(1, *N_TO_M, use_bias=False) + N_TO_M[0],),
            ),
            Mistake(
                "3×3",
                "The filter is 1×1: it looks at a single position.",
                values=(conv_params(3, *N_TO_M), conv_params(3, *N_TO_M, use_bias=False)),
            ),
        ),
    ),
    NumberList(
        "layer_input_channels",
        points=2,
        answer=[ENTERS, LEAVES],
        mistakes=(
            Mistake(
                "k·l",
                "l-1 layers come before layer l.",
                values=([K0 + K * LAYER, LEAVES], [K0 + K * LAYER, LEAVES + K]),
            ),
            Mistake(
                "new channels only",
                "A layer *produces* k but *sees* everything before.",
                values=([K, K], [K, LEAVES], [K, N_LAYERS * K]),
            ),
            Mistake(
                "forgot the block's input",
                "k·(l-1), plus k₀.",
                values=(
                    [K * (LAYER - 1), K * N_LAYERS],
                    [K * (LAYER - 1), LEAVES],
                    [ENTERS, K * N_LAYERS],
                ),
            ),
            Mistake(
                "what leaves is what enters the last layer",
                "The last layer adds its channels, too.",
                values=([ENTERS, ENTERS],),
            ),
            Mistake(
                "added once",
                "Each of the layers before adds k channels of its own.",
                values=([K0 + K, K0 + K], [K0 + K, LEAVES]),
            ),
        ),
    ),
    Prediction("predict_chain_ratio", points=0),
    Block(
        "dense_block",
        points=4,
        reference=_dense_block,
        examples=(
            Call(((32, 32, 16), 12, 4)),
            Call(((8, 8, 4), 4, 2)),
            Call(((6, 9, 3), 2, 1)),
        ),
        probes=_probes,
        mistakes=(
            Mistake(
                "the same layers in every pass",
                "A BN or a convolution is made for so many channels when it is first called: each "
                "pass of the loop needs new ones.",
                function=_shares_layers,
            ),
            Mistake(
                "no padding",
                "Only maps of equal height and width can be concatenated: what does a 3×3 "
                "convolution without padding do to them?",
                function=_with(_shrinks),
            ),
            Mistake("adds", CONCATENATES, function=_adds),
            Mistake("adds as many channels", CONCATENATES, function=_adds_as_many),
            Mistake("only the last layer concatenated", SEES_ALL, function=_joins_the_last),
            Mistake("each layer reads the last one", SEES_ALL, function=_reads_the_last),
            Mistake(
                "no concatenation",
                "Nothing of x is left at the end: concatenate x and the new channels.",
                function=_plain_chain,
            ),
            Mistake(
                "concatenates all at the end",
                "The same numbers, but not the asked wiring: concatenate [x, new] after every "
                "layer, and let that be the next x.",
                function=_joins_at_the_end,
            ),
            Mistake(
                "convolution first",
                "Conv–BN–ReLU order: here BN acts on the *input* of each convolution.",
                function=_with(_conv_first),
            ),
            Mistake(
                "ReLU before BN",
                "BN comes before ReLU.",
                function=_with(_relu_first),
            ),
            Mistake(
                "no ReLU", "A ReLU stands between BN and convolution.", function=_with(_no_relu)
            ),
            Mistake(
                "no BN", "Each layer begins with batch normalisation.", function=_with(_no_norm)
            ),
            Mistake("with biases", "No biases: use_bias=False.", function=_with(_with_bias)),
            Mistake("1×1", "The convolutions are 3×3.", function=_with(_one_by_one)),
            Mistake(
                "bottleneck",
                "That is a layer with a 1×1 bottleneck, as in DenseNet-121. Here each layer has "
                "a single 3×3 convolution.",
                function=_with(_bottleneck),
            ),
            Mistake(
                "activates what is passed on",
                "Earlier channels pass through unchanged: concatenate x as it was before BN and "
                "ReLU.",
                function=_activates_all,
            ),
            Mistake(
                "new channels first",
                "The order of the channels: first x, then the new ones.",
                function=_new_ones_first,
            ),
        ),
    ),
    Drill("drill_dense", points=2),
    Number(
        "transition_params",
        points=1,
        answer=NORM + SQUEEZE,
        mistakes=(
            Mistake("no BN", "BN: 4 per channel.", values=(SQUEEZE,)),
            Mistake(
                "trainable BN only",
                "BN has 4, not 2, and it acts on the channels that come in.",
                values=(TRAINED_NORM + SQUEEZE,),
            ),
            Mistake(
                "with biases",
                "These convolutions have no bias.",
                values=(NORM + SQUEEZE + HALF, SQUEEZE + HALF),
            ),
            Mistake(
                "does not halve",
                "The convolution has as many filters as channels go on, half of those that come "
                "in.",
                values=(NORM + conv_params(1, CHANNELS, CHANNELS, use_bias=False),),
            ),
        ),
    ),
    Prediction("predict_dense_lead", points=0),
    NumberList(
        "densenet_blocks",
        points=1,
        answer=FOURTH,
        mistakes=(
            Mistake(
                "block 3",
                "That is block 3. The name counts all layers with weights: use it.",
                values=(THIRD,),
            ),
            Mistake(
                "forgot the factor 2",
                "Each layer of a block has two convolutions.",
                values=(
                    [int(name[-3:]) - 5 - sum(b[:3]) for name, b in LAYERS.items()],
                    [int(name[-3:]) - sum(b[:3]) for name, b in LAYERS.items()],
                ),
            ),
            Mistake(
                "264 rounded down",
                "There is no half layer: the last name is one short, so round up.",
                values=([*FOURTH[:3], FOURTH[3] - 1],),
            ),
        ),
    ),
    NumberList(
        "channels_over_depth",
        points=3,
        answer=RIGHT_CHANNELS,
        chained=True,
        mistakes=(
            Mistake(
                "no halving",
                "Transitions halve the channels.",
                values=(_channels(transition=lambda entering: entering),),
            ),
            Mistake(
                "one layer per block",
                "n layers × 32.",
                values=(
                    _channels(block=lambda entering, n: entering + K),
                    _channels(lambda entering, n: entering + K, lambda entering: entering),
                ),
            ),
            Mistake(
                "the bottleneck's channels",
                "A layer of a block has two convolutions, one after the other: only what the "
                "second one makes is concatenated.",
                values=(
                    _channels(block=lambda entering, n: entering + n * 4 * K),
                    _channels(block=lambda entering, n: entering + n * 5 * K),
                ),
            ),
            Mistake(
                "a block loses its input",
                "A block passes on what it got, together with what it made.",
                values=(
                    _channels(block=lambda entering, n: n * K),
                    _channels(lambda entering, n: n * K, lambda entering: entering),
                ),
            ),
            Mistake(
                "quartered",
                "Pooling shrinks height and width; the 1×1 convolution alone changes the channels.",
                values=(_channels(transition=lambda entering: entering // 4),),
            ),
            Mistake(
                "a layer too few",
                "Every layer of a block counts, the first as well.",
                values=(_channels(block=lambda entering, n: entering + (n - 1) * K),),
            ),
        ),
    ),
    Prediction("predict_keras_layers", points=0),
    OpenModel(
        "any_size_model",
        points=2,
        build=_any_size,
        requirements=(
            Requirement(
                "at least one convolution",
                needs=("has:Conv2D", "has:SeparableConv2D", "has:DepthwiseConv2D"),
            ),
            Requirement("a softmax at the end", needs=("last:softmax",)),
            Requirement("no Flatten", forbids=("has:Flatten",)),
            Requirement("fewer than 5,000 weights", fewer_weights_than=5000),
            Requirement(
                "a result for images of 28×28 and of 40×56", takes=((28, 28, 1), (40, 56, 1))
            ),
        ),
        mistakes=(
            Mistake(
                "Flatten",
                "Use GlobalAveragePooling2D: the length of what Flatten gives depends on the size "
                "of the image. Leave height and width of the Input open (None).",
                facts=("has:Flatten",),
                function=_changed(sides=(28, 28), flatten=True, filters=2),
            ),
            Mistake(
                "fixed size",
                "That network takes one size only: leave height and width of the Input open "
                "(None). If Keras then refuses Flatten, average over all positions instead.",
                facts=("input:(28, 28, 1)",),
                function=_changed(sides=(28, 28)),
            ),
            Mistake(
                "sigmoid",
                "The ten probabilities should sum to 1: softmax.",
                facts=("last:sigmoid",),
                function=_changed(activation="sigmoid"),
            ),
            Mistake(
                "no convolution",
                "Without a convolution the average of all pixels is all the network knows.",
                function=_changed(conv=False),
            ),
            Mistake(
                "kernel larger than the image",
                "On 28×28 images nothing is left to average: somewhere the map is smaller than "
                "the window that should slide over it.",
                function=_changed(kernel_size=29, filters=2),
            ),
            Mistake(
                "one unit",
                "One unit for each of the ten classes.",
                shape=(1,),
                function=_changed(units=1),
            ),
        ),
    ),
    Prediction("predict_larger_canvas", points=0),
    Written("densenet_written", points=2),
]
