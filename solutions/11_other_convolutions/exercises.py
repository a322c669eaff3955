"""Exercises of notebook 11: dilated, depthwise separable and grouped convolutions, NASNet."""

from __future__ import annotations

import math

import numpy as np

from course_utils.arithmetic import (
    conv_output_shape,
    conv_params,
    receptive_field,
    separable_params,
)
from course_utils.conv_ops import depthwise_conv2d, pointwise_conv2d
from course_utils.nas import NASNET_OPERATIONS
from grader.exercises import (
    Call,
    Drill,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
    Shape,
    Written,
)

# --- 11.1 dilation -------------------------------------------------------------------------

RATES = (1, 2, 4)
STACKS = ((1, 2, 4), (1, 2, 4, 8))
MAP, FILTERS = (28, 28, 16), 32


def _extents(width):
    return [width(3, rate) for rate in RATES]


def _spans(kernel, rate):
    # The width that one output sees, from the receptive field of the layer alone.
    return receptive_field([(kernel, 1, rate)])


def _fields(layer=lambda rate: (3, 1, rate)):
    return [receptive_field([layer(rate) for rate in rates]) for rates in STACKS]


# --- 11.2 depthwise separable convolutions -------------------------------------------------

CHANNELS, KERNEL = MAP[2], 3
ORDINARY = conv_params(KERNEL, CHANNELS, FILTERS, use_bias=False)
DEPTHWISE = conv_params(KERNEL, CHANNELS, CHANNELS, use_bias=False, groups=CHANNELS)
POINTWISE = conv_params(1, CHANNELS, FILTERS, use_bias=False)
SEPARABLE = separable_params(KERNEL, CHANNELS, FILTERS)


def _per_cent(share):
    # However far it was rounded.
    return tuple(dict.fromkeys(round(100 * share, digits) for digits in (4, 3, 2, 1, 0)))


ONE_PER_INPUT = "One 3×3 filter per *input* channel."
STACK = "Don't add, just stack: after the depthwise step there is one map for each channel."


def _separable(depthwise=DEPTHWISE, pointwise=POINTWISE, total=None):
    return [ORDINARY, depthwise, pointwise, depthwise + pointwise if total is None else total]


def _depthwise_separable(x, depthwise, pointwise):
    return pointwise_conv2d(depthwise_conv2d(x, depthwise), pointwise)


def _adds_the_channels(x, depthwise, pointwise):
    one_map = depthwise_conv2d(x, depthwise).sum(axis=2, keepdims=True)
    return one_map * pointwise.sum(axis=0)


def _adds_and_takes_the_first_weights(x, depthwise, pointwise):
    one_map = depthwise_conv2d(x, depthwise).sum(axis=2, keepdims=True)
    return pointwise_conv2d(one_map, pointwise[:1])


def _one_map_per_filter(x, depthwise, pointwise):
    maps = depthwise_conv2d(x, depthwise)
    channels, filters = pointwise.shape
    return np.stack([maps[:, :, f % channels] * pointwise[f % channels, f] for f in range(filters)],
                    axis=-1)  # fmt: skip


def _depthwise_step_only(x, depthwise, pointwise):
    return depthwise_conv2d(x, depthwise)


def _one_filter_for_all(x, depthwise, pointwise):
    return _depthwise_separable(x, np.broadcast_to(depthwise[:, :, :1], depthwise.shape), pointwise)


def _pads(x, depthwise, pointwise):
    return pointwise_conv2d(depthwise_conv2d(x, depthwise, padding="same"), pointwise)


def _turns_the_kernel(x, depthwise, pointwise):
    return _depthwise_separable(x, depthwise[::-1, ::-1], pointwise)


def _some_numbers(*shape):
    # Small whole numbers of both signs without a pattern that a mistake could share.
    return (np.arange(1, math.prod(shape) + 1) * 7 % 11 - 4).reshape(shape)


def _separable_call(height, width, kernel, channels, filters, numbers=_some_numbers):
    return Call(
        (
            numbers(height, width, channels),
            numbers(kernel, kernel, channels),
            numbers(channels, filters),
        )
    )


def _separable_probes(rng):
    def case(*sizes):
        return _separable_call(*sizes, numbers=lambda *shape: rng.integers(-9, 10, shape))

    def real_numbers(*shape):
        return rng.normal(size=shape).round(3)

    return {
        "several channels and filters": [
            case(6, 7, 3, 4, 5),
            case(7, 5, 2, 5, 3),
            _separable_call(8, 8, 3, 3, 3, numbers=real_numbers),
        ],
        "one channel": [case(5, 6, 3, 1, 4)],
        "one filter": [case(6, 5, 3, 4, 1)],
        "1×1 kernels": [case(4, 5, 1, 3, 2)],
    }


# --- 11.3 other factorisations -------------------------------------------------------------

GROUPED = (128, 128)


def _grouped(groups, use_bias=False):
    return conv_params(3, *GROUPED, use_bias=use_bias, groups=groups)


def _one_by_seven(channels=16, use_bias=False):
    return [
        conv_params((1, 7), channels, channels, use_bias)
        + conv_params((7, 1), channels, channels, use_bias),
        conv_params(7, channels, channels, use_bias),
    ]


# --- 11.5 and 11.6 architecture search -----------------------------------------------------

OPERATIONS = len(NASNET_OPERATIONS)
INPUTS, OPERATIONS_IN_BLOCK, COMBINATION = 2, 2, 1
CHOICES = INPUTS + OPERATIONS_IN_BLOCK + COMBINATION
BLOCKS, GPUS, DAYS = 5, 500, 4
TOY_NETWORKS = 36


def _nas_counts(operations=OPERATIONS, choices=CHOICES, outputs=None, cost=GPUS * DAYS):
    return [operations, choices, choices * BLOCKS if outputs is None else outputs, cost]


def _draws_needed(good, chance=0.9):
    return math.ceil(math.log(1 - chance) / math.log(1 - good / TOY_NETWORKS))


def _softmax(theta):
    odds = np.exp(theta - theta.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def _one_hot(theta, actions):
    return np.eye(theta.shape[1])[np.asarray(actions)]


def _reinforce_step(theta, actions, reward, baseline, lr=1.0):
    return theta + lr * (reward - baseline) * (_one_hot(theta, actions) - _softmax(theta))


def _wrong_sign(theta, actions, reward, baseline, lr=1.0):
    return _reinforce_step(theta, actions, baseline, reward, lr)


def _no_baseline(theta, actions, reward, baseline, lr=1.0):
    return _reinforce_step(theta, actions, reward, 0.0, lr)


def _no_probabilities(theta, actions, reward, baseline, lr=1.0):
    return theta + lr * (reward - baseline) * _one_hot(theta, actions)


def _chosen_logits_only(theta, actions, reward, baseline, lr=1.0):
    hot = _one_hot(theta, actions)
    return theta + lr * (reward - baseline) * hot * (1 - _softmax(theta))


def _one_softmax_for_all(theta, actions, reward, baseline, lr=1.0):
    odds = np.exp(theta - theta.max())
    return theta + lr * (reward - baseline) * (_one_hot(theta, actions) - odds / odds.sum())


def _softmax_over_positions(theta, actions, reward, baseline, lr=1.0):
    return theta + lr * (reward - baseline) * (_one_hot(theta, actions) - _softmax(theta.T).T)


def _ignores_lr(theta, actions, reward, baseline, lr=1.0):
    return _reinforce_step(theta, actions, reward, baseline)


def _writes_rows(theta, actions, reward, baseline, lr=1.0):
    theta += lr * (reward - baseline) * (_one_hot(theta, actions) - _softmax(theta))
    return theta


def _writes_single_logits(theta, actions, reward, baseline, lr=1.0):
    steps = lr * (reward - baseline) * (_one_hot(theta, actions) - _softmax(theta))
    for place, step in np.ndenumerate(steps):
        theta[place] = theta[place] + step
    return theta


def _reinforce_probes(rng):
    def case(positions, ops, reward, baseline, **kwargs):
        theta = rng.normal(size=(positions, ops)).round(3)
        return Call((theta, rng.integers(0, ops, positions), reward, baseline), kwargs)

    whole = rng.integers(-2, 3, (3, 4))
    return {
        "reward above the baseline": [case(2, 6, 0.8, 0.5), case(5, 3, 1.0, 0.25, lr=0.1)],
        "reward below the baseline": [case(2, 6, 0.2, 0.5), case(1, 13, 0.0, 0.7, lr=2.5)],
        "reward equal to the baseline": [case(4, 5, 0.5, 0.5)],
        "whole logits": [Call((whole, rng.integers(0, 4, 3), 0.75, 0.5))],
    }


EXERCISES = [
    NumberList(
        "dilated_extent",
        points=1,
        answer=_extents(_spans),
        mistakes=(
            Mistake(
                "k times d",
                "The window ends with the last tap, so there are fewer gaps than taps. Draw 3 taps "
                "at rate 2.",
                values=(_extents(lambda k, d: k * d),),
            ),
            Mistake(
                "d added once",
                "Every gap grows, not only one of them: count the gaps between the taps.",
                values=(_extents(lambda k, d: k + d - 1),),
            ),
            Mistake(
                "d zeros in each gap",
                "Dilation 1 is the ordinary kernel, so a gap holds d-1 skipped pixels.",
                values=(_extents(lambda k, d: k + (k - 1) * d),),
            ),
            Mistake(
                "number of taps",
                "That many pixels are read. How wide is the window from the first to the last?",
                values=(_extents(lambda k, d: k),),
            ),
        ),
    ),
    Shape(
        "dilated_shape",
        points=1,
        answer=conv_output_shape(MAP, FILTERS, 3, dilation_rate=2),
        mistakes=(
            Mistake(
                "ignored the dilation",
                "That is the kernel without gaps. The effective kernel is wider: see "
                "dilated_extent.",
                values=(conv_output_shape(MAP, FILTERS, 3),),
            ),
            Mistake(
                "took it for a stride",
                "Dilation is not stride: the windows still start one pixel apart.",
                values=(
                    conv_output_shape(MAP, FILTERS, 3, strides=2, padding="same"),
                    conv_output_shape(MAP, FILTERS, 3, strides=2),
                ),
            ),
            Mistake(
                "same padding",
                "That would be padding='same'. The default, 'valid', loses a border.",
                values=(conv_output_shape(MAP, FILTERS, 3, padding="same", dilation_rate=2),),
            ),
            Mistake(
                "input channels as depth",
                "The depth of the output is the number of filters.",
                values=(conv_output_shape(MAP, CHANNELS, 3, dilation_rate=2),),
            ),
        ),
    ),
    Number(
        "dilated_weights",
        points=1,
        answer=conv_params(3, CHANNELS, FILTERS, use_bias=False),
        mistakes=(
            Mistake(
                "weights in the gaps",
                "Still nine weights per channel pair: there are none in the gaps.",
                values=(conv_params(_spans(3, 2), CHANNELS, FILTERS, use_bias=False),),
            ),
            Mistake(
                "with biases",
                "The layer has use_bias=False.",
                values=(conv_params(3, CHANNELS, FILTERS),),
            ),
            Mistake(
                "ignored the input channels",
                "A filter spans all input channels.",
                values=(conv_params(3, 1, FILTERS, use_bias=False),),
            ),
            Mistake(
                "one filter",
                "That is one filter.",
                values=(conv_params(3, CHANNELS, 1, use_bias=False),),
            ),
        ),
    ),
    NumberList(
        "dilated_receptive_field",
        points=2,
        answer=_fields(),
        mistakes=(
            Mistake(
                "without dilation",
                "That is without dilation.",
                values=(_fields(lambda rate: (3, 1, 1)),),
            ),
            Mistake(
                "last layer alone",
                "That is the last layer alone: add them up.",
                values=([_spans(3, rates[-1]) for rates in STACKS],),
            ),
            Mistake(
                "added the extents",
                "Windows overlap: a layer adds its extent minus one.",
                values=([sum(_spans(3, rate) for rate in rates) for rates in STACKS],),
            ),
            Mistake(
                "forgot the first pixel",
                "That is what the layers add. Before the first layer an output sees one pixel.",
                values=([field - 1 for field in _fields()],),
            ),
            Mistake(
                "dilation as stride",
                "Dilation spreads the taps of one kernel; the windows of the next layer stay one "
                "pixel apart.",
                values=(_fields(lambda rate: (3, rate, rate)),),
            ),
        ),
    ),
    Prediction("predict_gridding", points=0),
    NumberList(
        "separable_params",
        points=3,
        answer=_separable(),
        mistakes=(
            Mistake(
                "an ordinary convolution as depthwise step",
                ONE_PER_INPUT,
                values=(
                    _separable(depthwise=ORDINARY),
                    _separable(depthwise=ORDINARY, total=SEPARABLE),
                ),
            ),
            Mistake(
                "a depthwise filter for each output channel",
                ONE_PER_INPUT,
                values=(
                    _separable(depthwise=KERNEL**2 * FILTERS),
                    _separable(depthwise=KERNEL**2 * FILTERS, total=SEPARABLE),
                ),
            ),
            Mistake(
                "intermediate map with 32 channels",
                "The intermediate map has 16 channels, not 32.",
                values=(
                    _separable(pointwise=FILTERS**2),
                    _separable(pointwise=FILTERS**2, total=SEPARABLE),
                ),
            ),
            Mistake(
                "total with biases",
                "That includes Keras' 32 biases.",
                values=(
                    _separable(total=SEPARABLE + FILTERS),
                    [ORDINARY + FILTERS, DEPTHWISE, POINTWISE, SEPARABLE + FILTERS],
                ),
            ),
            Mistake(
                "multiplied the steps",
                "The two steps come one after the other: their weights add up.",
                values=(_separable(total=DEPTHWISE * POINTWISE),),
            ),
        ),
    ),
    Number(
        "separable_ratio",
        points=1,
        answer=SEPARABLE / ORDINARY,
        tolerance=0.0005,
        mistakes=(
            Mistake(
                "inverse",
                "Inverse: the separable convolution is the smaller one, so the share is below 1.",
                values=(ORDINARY / SEPARABLE,),
            ),
            Mistake(
                "what is saved",
                "That is the share that is saved. How much is left?",
                values=(1 - SEPARABLE / ORDINARY, *_per_cent(1 - SEPARABLE / ORDINARY)),
            ),
            Mistake(
                "per cent",
                "As a fraction, please, not in per cent.",
                values=_per_cent(SEPARABLE / ORDINARY),
            ),
            Mistake(
                "pointwise part only",
                "The depthwise step has weights, too.",
                values=(POINTWISE / ORDINARY,),
            ),
        ),
    ),
    Function(
        "depthwise_separable",
        points=4,
        reference=_depthwise_separable,
        examples=(
            _separable_call(4, 5, 3, 2, 3),
            _separable_call(5, 4, 2, 3, 2),
            _separable_call(3, 3, 3, 4, 1),
        ),
        probes=_separable_probes,
        mistakes=(
            Mistake("adds the channels", STACK, function=_adds_the_channels),
            Mistake(
                "adds the channels, then takes one weight per filter",
                STACK,
                function=_adds_and_takes_the_first_weights,
            ),
            Mistake(
                "one intermediate map per filter",
                "The depthwise step keeps C channels, however many filters there are; then each "
                "filter mixes all of them.",
                function=_one_map_per_filter,
            ),
            Mistake(
                "depthwise step only",
                "That is the depthwise step. Now mix the stacked maps with the pointwise weights.",
                function=_depthwise_step_only,
            ),
            Mistake(
                "one filter for all channels",
                "Each channel has a filter of its own: depthwise[:, :, channel].",
                function=_one_filter_for_all,
            ),
            Mistake(
                "same padding",
                "No padding here: the window stays inside the map.",
                function=_pads,
            ),
            Mistake(
                "turned kernel",
                "You turned the kernel by 180°. Keras does not (notebook 01).",
                function=_turns_the_kernel,
            ),
        ),
    ),
    Drill("drill_separable", points=0),
    NumberList(
        "factorised_7x7",
        points=0,
        answer=_one_by_seven(),
        mistakes=(
            Mistake(
                "one of the two",
                "That is one of the two convolutions.",
                values=([conv_params((1, 7), 16, 16, use_bias=False), _one_by_seven()[1]],),
            ),
            Mistake(
                "ignored the input channels",
                "Every filter spans all 16 input channels.",
                values=([2 * 7 * 16, 7 * 7 * 16],),
            ),
            Mistake("with biases", "Without biases, please.", values=(_one_by_seven(16, True),)),
        ),
    ),
    NumberList(
        "grouped_params",
        points=1,
        answer=[_grouped(1), _grouped(32)],
        mistakes=(
            Mistake(
                "one group for each channel",
                "That is 128 groups (depthwise). With 32 groups each filter sees 4 channels.",
                values=([_grouped(1), _grouped(128)],),
            ),
            Mistake(
                "ignored the groups",
                "Groups: a filter sees only the channels of its own group.",
                values=([_grouped(1), _grouped(1)],),
            ),
            Mistake(
                "one group",
                "That is a single group. How many are there?",
                values=([_grouped(1), _grouped(32) // 32],),
            ),
            Mistake(
                "with biases",
                "Without biases, please.",
                values=([_grouped(1, use_bias=True), _grouped(32, use_bias=True)],),
            ),
        ),
    ),
    NumberList(
        "nas_counts",
        points=1,
        answer=_nas_counts(),
        mistakes=(
            Mistake(
                "counted inputs or operations once",
                "Two inputs, two operations, one combination.",
                values=(
                    _nas_counts(choices=3),
                    _nas_counts(choices=3, outputs=CHOICES * BLOCKS),
                ),
            ),
            Mistake("GPUs only", "GPUs × days.", values=(_nas_counts(cost=GPUS),)),
            Mistake(
                "days only",
                "That is the waiting time. GPUs × days.",
                values=(_nas_counts(cost=DAYS),),
            ),
            Mistake(
                "both cells",
                "That is for both cells, normal and reduction. One cell is asked for.",
                values=(_nas_counts(outputs=2 * CHOICES * BLOCKS),),
            ),
            Mistake(
                "one block",
                "That is one block: a cell has B of them.",
                values=(_nas_counts(outputs=CHOICES),),
            ),
            Mistake(
                "combinations counted as operations",
                "Add and concatenate combine two results: they are a choice of their own.",
                values=(_nas_counts(operations=OPERATIONS + 2),),
            ),
        ),
    ),
    NumberList(
        "sample_block",
        points=0,
        answer=[b + 1 for b in range(1, BLOCKS + 1)],
        mistakes=(
            Mistake(
                "earlier blocks left out",
                "The results of the earlier blocks of the cell can be read, too.",
                values=([2] * BLOCKS,),
            ),
            Mistake(
                "one input to begin with",
                "Block 1 can read the outputs of the last two cells.",
                values=([*range(1, BLOCKS + 1)],),
            ),
            Mistake(
                "reads itself",
                "A block cannot read its own result.",
                values=([*range(3, BLOCKS + 3)],),
            ),
        ),
    ),
    Function(
        "reinforce_step",
        points=3,
        reference=_reinforce_step,
        examples=(
            Call((np.zeros((2, 2), int), np.array([0, 1]), 0.75, 0.25)),
            Call((np.array([[1, 0, -1], [0, 2, 1]]), np.array([2, 0]), 0.5, 0.75)),
            Call((np.array([[1, 2], [0, 0], [3, 1]]), np.array([0, 1, 1]), 1.0, 0.5), {"lr": 2.0}),
        ),
        probes=_reinforce_probes,
        mistakes=(
            Mistake(
                "wrong sign",
                "Sign: a reward above the baseline must raise the chosen logit.",
                function=_wrong_sign,
            ),
            Mistake(
                "no baseline",
                "Only what exceeds the baseline counts. Subtract it.",
                function=_no_baseline,
            ),
            Mistake(
                "no probabilities",
                "What one logit gains the others must lose: subtract the probabilities from the "
                "one-hot rows.",
                function=_no_probabilities,
            ),
            Mistake(
                "chosen logits only",
                "The logits that were not chosen move, too: each row keeps its sum.",
                function=_chosen_logits_only,
            ),
            Mistake(
                "one softmax for all positions",
                "Each position has its own softmax: every row of probabilities sums to 1.",
                function=_one_softmax_for_all,
            ),
            Mistake(
                "softmax over positions",
                "The softmax goes over the operations of a position (a row), not over positions.",
                function=_softmax_over_positions,
            ),
            Mistake("ignores lr", "The step has to be multiplied by lr.", function=_ignores_lr),
            Mistake(
                "writes rows in place",
                "Leave theta as it is and return a new array of floats: the caller still needs "
                "the old one, and whole numbers have no room for small steps.",
                function=_writes_rows,
            ),
            Mistake(
                "writes single logits in place",
                "Do not write into theta: return a new array of floats. In an array of whole "
                "numbers the steps lose their decimals.",
                function=_writes_single_logits,
            ),
        ),
    ),
    Prediction("predict_search_lead", points=0),
    Number(
        "random_search",
        points=0,
        answer=_draws_needed(3),
        mistakes=(
            Mistake(
                "average waiting time",
                "That is how long it takes on average: about every third search is not yet "
                "lucky by then.",
                values=(TOY_NETWORKS // 3,),
            ),
            Mistake(
                "rounded down",
                "Nearly: the chance is still just below 90 % then.",
                values=(_draws_needed(3) - 1,),
            ),
            Mistake(
                "the single best network",
                "That is for the one best network. Any of the best three will do.",
                values=(_draws_needed(1), _draws_needed(1) - 1),
            ),
            Mistake(
                "no repetition",
                "A random search draws with repetition: it does not cross off what it has seen.",
                values=(round(0.9 * TOY_NETWORKS),),
            ),
        ),
    ),
    Written("other_conv_written", points=2),
]
