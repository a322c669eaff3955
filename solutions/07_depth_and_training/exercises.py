"""Exercises of notebook 07: very deep networks, gradients that vanish, batch normalisation."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np

from course_utils.arithmetic import batchnorm_params, conv_params, dense_params
from course_utils.backprop import BATCHNORM_EPSILON, WITH_KERNEL, trace_chain
from course_utils.conv_ops import batchnorm_forward
from course_utils.gradients import DECIMALS
from grader.exercises import (
    Call,
    Choice,
    Claim,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
    Table,
    Written,
)

# --- 7.1 the lecture's network -------------------------------------------------------------

KERNEL, WIDE, NARROW, LOOPS = 5, 16, 4, 1000
SIDE_BEFORE_FLATTEN = (28 - 2 * (KERNEL - 1)) // 2


def _conv(channels, filters, use_bias=True):
    return conv_params(KERNEL, channels, filters, use_bias)


def _head(use_bias=True, side=SIDE_BEFORE_FLATTEN):
    flat = side**2 * WIDE
    sizes = (flat, 16), (16, 16), (16, 10)
    return sum(dense_params(n_in, n_out, use_bias) for n_in, n_out in sizes)


def _loop(n, first=WIDE, later=NARROW, use_bias=True):
    """Weights of the loop's layers, by the channels that its first and its later ones see."""
    if n == 0:
        return 0
    return _conv(first, NARROW, use_bias) + (n - 1) * _conv(later, NARROW, use_bias)


def _deep_params(n, use_bias=True, last=None, side=SIDE_BEFORE_FLATTEN, **loop):
    last = (NARROW if n else WIDE) if last is None else last
    around = _conv(1, WIDE, use_bias) + _conv(last, WIDE, use_bias) + _head(use_bias, side)
    return around + _loop(n, use_bias=use_bias, **loop)


BIASES = _deep_params(LOOPS) - _deep_params(LOOPS, use_bias=False)
ONE_BIAS_EACH = f"Forgot the biases ({BIASES:,} of them): one per filter or neuron."

# --- 7.3 gradients -------------------------------------------------------------------------

SIGMOIDS = 8
NOT_RECORDED = (
    "Is a derivative None? The tape knows only what is computed inside its with block, with "
    "TensorFlow: call the model and compute the loss there."
)


def _steepest_sigmoid():
    return 0.5 * (1 - 0.5)  # s(1 - s) is largest at s = 1/2


def _relu_and_grad(x):
    x = np.asarray(x)
    return np.maximum(x, 0), (x > 0).astype(float)


def _slope_one_at_zero(x):
    x = np.asarray(x)
    return np.maximum(x, 0), (x >= 0).astype(float)


def _sign_as_slope(x):
    return _relu_and_grad(x)[0], np.sign(np.asarray(x)).astype(float)


def _slope_before_value(x):
    return _relu_and_grad(x)[::-1]


def _value_as_slope(x):
    value = _relu_and_grad(x)[0]
    return value, value.astype(float)


def _absolute_value(x):
    return np.abs(np.asarray(x)), np.sign(np.asarray(x)).astype(float)


def _relu_probes(rng):
    def case(*shape):
        return Call((rng.integers(-5, 6, shape),))

    real = rng.normal(size=(3, 4, 4, 2)).round(3)
    return {
        "whole numbers": [case(12), case(4, 5)],
        "a batch of feature maps": [Call((real,))],
        "zeros": [Call((np.zeros((2, 3)),))],
    }


def _gradient_norms(
    chain, x, y, *, mode="training", of="kernels", norm="l2", order=1, scale=1.0, error=None
):
    """Reference and mutants in NumPy; `_written_in_keras` is the same as a student writes it.

    With `error`, nothing is recorded, and the norm of None raises it.
    """
    if error:
        raise error("the derivative is None")
    if mode == "inference":
        chain = [_as_in_inference(step) for step in chain]
    trace = trace_chain(chain, x, y)
    picked = []
    for (name, *weights), gradients in zip(chain, trace.gradients, strict=True):
        if of == "all weights":
            picked += [[gradient] for gradient in gradients]
        elif name in WITH_KERNEL and mode == "inference" and _is_diagonal(weights[0]):
            continue
        elif name in WITH_KERNEL:
            choices = {"weights": weights[:1], "layers": gradients}
            picked.append(choices.get(of, gradients[:1]))
    factor = len(y) if scale == "batch" else scale
    sizes = [_size([factor * np.asarray(one) for one in ones], norm) for ones in picked]
    return [round(size, DECIMALS) for size in sizes[::order]]


def _as_in_inference(step):
    # With the moving averages of a new layer, 0 and 1, it is a 1×1 convolution for each channel.
    if step[0] != "batchnorm":
        return step
    _, gamma, beta = step
    return "conv", np.diag(gamma / np.sqrt(1 + BATCHNORM_EPSILON))[None, None], beta


def _is_diagonal(kernel):
    return kernel.ndim == 4 and kernel.shape[:2] == (1, 1)


def _size(arrays, norm):
    flat = np.concatenate([np.asarray(one, float).ravel() for one in arrays])
    squares = (flat**2).sum()
    return float({"l2": np.sqrt(squares), "squared": squares, "mean": np.sqrt(squares / flat.size)}[
        norm
    ])  # fmt: skip


def _written_in_keras(
    model, x, y, *, mode="training", of="kernels", norm="l2", order=1, scale=1.0, error=None
):
    import keras
    import tensorflow as tf

    if error:
        loss = tf.reduce_mean(keras.losses.sparse_categorical_crossentropy(y, model(x)))
        with tf.GradientTape() as tape:
            pass
        (gradient,) = tape.gradient(loss, model.trainable_weights[:1])
        return tf.norm(gradient) if error is ValueError else np.linalg.norm(gradient)
    with_kernel = [layer for layer in model.layers if hasattr(layer, "kernel")]
    groups = {
        "all weights": [[weight] for weight in model.trainable_weights],
        "layers": [[layer.kernel, layer.bias] for layer in with_kernel],
    }.get(of, [[layer.kernel] for layer in with_kernel])
    with tf.GradientTape() as tape:
        losses = keras.losses.sparse_categorical_crossentropy(
            y, model(x, training=mode == "training")
        )
        loss = tf.reduce_sum(losses) if scale == "batch" else tf.reduce_mean(losses)
    gradients = groups if of == "weights" else tape.gradient(loss, groups)
    return [_size([np.asarray(one) for one in ones], norm) for ones in gradients][::order]


def _numbers(rng, *shape):
    return rng.integers(-4, 5, shape) / 4


def _dense_chain(rng, *sizes):
    chain = []
    for n_in, n_out in pairwise(sizes):
        chain += [("dense", _numbers(rng, n_in, n_out), _numbers(rng, n_out)), ("relu",)]
    return chain[:-1]


def _conv_chain(rng, side, channels, classes, *, batchnorm=False, activation="relu"):
    """Convolutions from channels[i] to channels[i + 1], flattened into a dense layer."""
    chain = []
    for n_in, n_out in pairwise(channels):
        chain.append(("conv", _numbers(rng, 3, 3, n_in, n_out), _numbers(rng, n_out)))
        if batchnorm:
            chain.append(("batchnorm", 1 + _numbers(rng, n_out) / 2, _numbers(rng, n_out)))
        chain.append((activation,))
    n_flat = side * side * channels[-1]
    dense = ("dense", _numbers(rng, n_flat, classes), _numbers(rng, classes))
    return [*chain, ("flatten",), dense]


def _batch(rng, n, shape, classes):
    return _numbers(rng, n, *shape), rng.integers(0, classes, n)


def _try_on(chain, batch):
    return Call((chain, *batch), through="course_utils.gradients.norms_of_chain")


def _gradient_examples():
    rng = np.random.default_rng(10)
    return (
        _try_on(_dense_chain(rng, 3, 4, 3), _batch(rng, 4, (3,), 3)),
        _try_on(_conv_chain(rng, 4, (1, 2), 3), _batch(rng, 5, (4, 4, 1), 3)),
        _try_on(_conv_chain(rng, 3, (2, 3), 2, batchnorm=True), _batch(rng, 4, (3, 3, 2), 2)),
    )


def _gradient_probes(rng):
    deep = {"activation": "sigmoid"}
    return {
        "dense layers": [_try_on(_dense_chain(rng, 5, 6, 4, 3), _batch(rng, 6, (5,), 3))],
        "convolutions": [
            _try_on(_conv_chain(rng, 5, (2, 3, 2), 4), _batch(rng, 3, (5, 5, 2), 4)),
            _try_on(_conv_chain(rng, 4, (1, 2, 2, 2), 3, **deep), _batch(rng, 4, (4, 4, 1), 3)),
        ],
        "batch normalisation": [
            _try_on(_conv_chain(rng, 4, (1, 3, 2), 3, batchnorm=True), _batch(rng, 6, (4, 4, 1), 3))
        ],
    }


# --- 7.4 batch normalisation ---------------------------------------------------------------

CHANNELS = 64


def _normalise(x, gamma, beta, eps, axes, ddof=0):
    x = np.asarray(x, float)
    mean = x.mean(axis=axes, keepdims=True)
    variance = x.var(axis=axes, ddof=ddof, keepdims=True)
    return gamma * (x - mean) / np.sqrt(variance + eps) + beta


def _per_image(x, gamma, beta, eps=1e-3):
    return _normalise(x, gamma, beta, eps, tuple(range(1, np.ndim(x))))


def _per_position(x, gamma, beta, eps=1e-3):
    return _normalise(x, gamma, beta, eps, (0,))


def _over_everything(x, gamma, beta, eps=1e-3):
    return _normalise(x, gamma, beta, eps, tuple(range(np.ndim(x))))


def _unbiased(x, gamma, beta, eps=1e-3):
    return _normalise(x, gamma, beta, eps, tuple(range(np.ndim(x) - 1)), ddof=1)


def _parts(x):
    x = np.asarray(x, float)
    axes = tuple(range(x.ndim - 1))
    return x - x.mean(axis=axes), x.var(axis=axes)


def _eps_outside(x, gamma, beta, eps=1e-3):
    centred, variance = _parts(x)
    return gamma * centred / (np.sqrt(variance) + eps) + beta


def _own_eps(x, gamma, beta, eps=1e-3):
    return batchnorm_forward(x, gamma, beta)


def _no_eps(x, gamma, beta, eps=1e-3):
    return batchnorm_forward(x, gamma, beta, 0.0)


def _divides_by_variance(x, gamma, beta, eps=1e-3):
    centred, variance = _parts(x)
    return gamma * centred / (variance + eps) + beta


def _no_gamma_and_beta(x, gamma, beta, eps=1e-3):
    return batchnorm_forward(x, 1, 0, eps)


def _shifts_before_scaling(x, gamma, beta, eps=1e-3):
    return gamma * (batchnorm_forward(x, 1, 0, eps) + beta)


def _maps(*shape):
    # Small whole numbers of both signs without a pattern that a mistake could share.
    return (np.arange(1, np.prod(shape) + 1) * 7 % 11 - 4).reshape(shape)


def _batchnorm_probes(rng):
    def case(*shape, **kwargs):
        x = rng.integers(-9, 10, shape)
        channels = shape[-1]
        return Call((x, rng.integers(2, 5, channels), rng.integers(-3, 4, channels)), kwargs)

    real = rng.normal(size=(4, 3, 3, 2)).round(3)
    return {
        "vectors": [case(6, 3), case(5, 4, eps=0.5)],
        "feature maps": [case(3, 4, 5, 2), case(2, 3, 3, 4, eps=0.25)],
        "decimals": [Call((real, np.array([0.5, 1.5]), np.array([0.25, -1.0])))],
        "one channel": [case(4, 3, 2, 1)],
    }


def _count(all_weights=None, trainable=None):
    right = batchnorm_params(CHANNELS)
    return [
        right[0] if all_weights is None else all_weights,
        right[1] if trainable is None else trainable,
    ]


# --- 7.2 the experiment --------------------------------------------------------------------

DEPTHS = (2, 8, 16, 30)


def _results(train, validation):
    return {
        "depth": list(DEPTHS),
        "train_accuracy": list(train),
        "val_accuracy": list(validation),
    }


EXERCISES = [
    Choice(
        "loop_body",
        points=1,
        answer="B",
        mistakes=(
            Mistake("all lines", "After Flatten there is no image to convolve.", values=("A",)),
            Mistake("pooling, too", "Pooling 24×24 a thousand times?", values=("C",)),
            Mistake(
                "nothing",
                "Then the loop would have no body, and the network would not be deep.",
                values=("D",),
            ),
        ),
    ),
    Number(
        "deep1000_params",
        points=3,
        answer=_deep_params(LOOPS),
        mistakes=(
            Mistake(
                "first loop layer like the others",
                "The first loop layer sees 16 channels, the other 999 see 4.",
                values=(_deep_params(LOOPS, first=NARROW),),
            ),
            Mistake(
                "all loop layers see 16 channels",
                "Only the first loop layer sees 16 channels; the others see 4.",
                values=(_deep_params(LOOPS, later=WIDE),),
            ),
            Mistake(
                "loop only",
                "Add the first and last convolution and the three dense layers.",
                values=(_conv(1, WIDE) + _loop(LOOPS), _loop(LOOPS)),
            ),
            Mistake(
                "forgot the biases",
                ONE_BIAS_EACH,
                values=(_deep_params(LOOPS, use_bias=False),),
            ),
            Mistake(
                "last convolution sees 16 channels",
                "The last convolution reads what the loop hands on. How many channels are that?",
                values=(_deep_params(LOOPS, last=WIDE),),
            ),
            Mistake(
                "all convolutions padded",
                "What height and width reaches Flatten? Not every convolution here is padded.",
                values=(_deep_params(LOOPS, side=28 // 2),),
            ),
            Mistake(
                "one unpadded convolution",
                "What height and width reaches Flatten? More than one convolution shrinks the map.",
                values=(_deep_params(LOOPS, side=(28 - (KERNEL - 1)) // 2),),
            ),
            Mistake(
                "no pooling",
                "What height and width reaches Flatten, after the pooling?",
                values=(_deep_params(LOOPS, side=28 - 2 * (KERNEL - 1)),),
            ),
            Mistake(
                "one loop layer too many",
                "Count the rounds: the loop makes 1000 layers, the first one among them.",
                values=(_deep_params(LOOPS + 1),),
            ),
            Mistake(
                "without the dense layers",
                "The three dense layers have weights, too.",
                values=(_deep_params(LOOPS) - _head(),),
            ),
        ),
    ),
    Function(
        "deep_params",
        points=2,
        reference=_deep_params,
        examples=(Call((1,)), Call((0,)), Call((3,))),
        probes=lambda rng: {
            "no loop layer": [Call((0,))],
            "some loop layers": [Call((2,)), Call((32,)), Call((int(rng.integers(100, 200)),))],
            "as many as in the lecture": [Call((LOOPS,))],
        },
        mistakes=(
            Mistake(
                "same formula for n = 0",
                "Without the loop the last convolution sees 16 channels.",
                function=lambda n: _deep_params(1) + (n - 1) * _conv(NARROW, NARROW),
            ),
            Mistake(
                "n = 0 without its loop layers only",
                "Without the loop the last convolution sees 16 channels: it has more weights, too.",
                function=partial(_deep_params, last=NARROW),
            ),
            Mistake(
                "first loop layer like the others",
                "The first loop layer sees 16 channels, all others 4.",
                function=partial(_deep_params, first=NARROW),
            ),
            Mistake(
                "all loop layers see 16 channels",
                "Only the first loop layer sees 16 channels; the others see 4.",
                function=partial(_deep_params, later=WIDE),
            ),
            Mistake(
                "forgot the biases",
                "Forgot the biases: one per filter or neuron.",
                function=partial(_deep_params, use_bias=False),
            ),
            Mistake(
                "one loop layer too many",
                "That is the network with one loop layer more.",
                function=lambda n: _deep_params(n + 1),
            ),
            Mistake(
                "always 1000",
                "That is the network with 1000 loop layers. Use n.",
                function=lambda n: _deep_params(LOOPS),
            ),
        ),
    ),
    Prediction("predict_deep_accuracy", points=0),
    Table(
        "depth_experiment",
        points=3,
        columns={"depth": "whole", "train_accuracy": "fraction", "val_accuracy": "fraction"},
        rows=tuple(map(str, DEPTHS)),
        key="depth",
        answer=_results((0.94, 0.95, 0.91, 0.1), (0.95, 0.94, 0.9, 0.08)),
        claims=(
            Claim("the network of depth 2 learns", ("2", "val_accuracy"), at_least=0.85),
            Claim("the network of depth 30 fails", ("30", "val_accuracy"), at_most=0.5),
            Claim(
                "the network of depth 30 is worse on the training images, too",
                ("30", "train_accuracy"),
                at_most=("2", "train_accuracy"),
                margin=0.3,
            ),
        ),
        mistakes=(
            Mistake(
                "the deep network learns, too",
                "Did you leave batch norm or residuals in? The plain network is asked for.",
                values=(_results((0.94, 0.97, 0.98, 0.99), (0.95, 0.95, 0.96, 0.97)),),
            ),
            Mistake(
                "nothing learns",
                "The network of depth 2 learns with the helper as it is. Did you train it for "
                "fewer epochs, or on other images?",
                values=(_results((0.45, 0.3, 0.1, 0.1), (0.4, 0.3, 0.1, 0.1)),),
            ),
            Mistake(
                "rows in another order",
                "Do the accuracies stand in the rows of their depths?",
                values=(_results((0.1, 0.91, 0.95, 0.94), (0.08, 0.9, 0.94, 0.95)),),
            ),
        ),
    ),
    Number(
        "sigmoid_gradient_bound",
        points=1,
        answer=_steepest_sigmoid() ** SIGMOIDS,
        tolerance=1e-7,
        mistakes=(
            Mistake(
                "one sigmoid",
                "One sigmoid; multiply eight.",
                values=(_steepest_sigmoid(),),
            ),
            Mistake(
                "added",
                "Product, not sum.",
                values=(SIGMOIDS * _steepest_sigmoid(),),
            ),
            Mistake(
                "value instead of slope",
                "That is the sigmoid's value at 0. Its slope there is s(1 - s).",
                values=(0.5**SIGMOIDS,),
            ),
            Mistake(
                "inverse",
                "That is how much a gradient can shrink. By what is it multiplied?",
                values=(_steepest_sigmoid() ** -SIGMOIDS,),
            ),
            Mistake(
                "one too few",
                "Count the sigmoids again: every layer has one.",
                values=(_steepest_sigmoid() ** (SIGMOIDS - 1),),
            ),
        ),
    ),
    Function(
        "relu_and_grad",
        points=1,
        reference=_relu_and_grad,
        examples=(
            Call((np.array([-2, 0, 3]),)),
            Call((np.array([[0, -1, 2], [5, 0, -4]]),)),
        ),
        probes=_relu_probes,
        mistakes=(
            Mistake(
                "derivative 1 at 0", "By convention here: 0 at x = 0.", function=_slope_one_at_zero
            ),
            Mistake(
                "sign as derivative",
                "For negative x ReLU is flat. What is its slope there?",
                function=_sign_as_slope,
            ),
            Mistake(
                "order", "First the values, then the derivatives.", function=_slope_before_value
            ),
            Mistake(
                "value as derivative",
                "For positive x ReLU is x itself. How steep is that line?",
                function=_value_as_slope,
            ),
            Mistake(
                "absolute value",
                "ReLU sets negative numbers to 0; it does not turn their sign.",
                function=_absolute_value,
            ),
        ),
    ),
    Function(
        "gradient_norms",
        points=3,
        reference=_gradient_norms,
        examples=_gradient_examples(),
        probes=_gradient_probes,
        student_form=lambda function: partial(
            _written_in_keras, **getattr(function, "keywords", {})
        ),
        mistakes=(
            Mistake(
                "all weights",
                "Kernels only: no biases, no gamma and beta.",
                function=partial(_gradient_norms, of="all weights"),
            ),
            Mistake(
                "kernel and bias together",
                "Kernels only: leave the biases out.",
                function=partial(_gradient_norms, of="layers"),
            ),
            Mistake("reversed", "First layer first.", function=partial(_gradient_norms, order=-1)),
            Mistake(
                "summed over the batch",
                "The loss is the mean over the batch, not the sum.",
                function=partial(_gradient_norms, scale="batch"),
            ),
            Mistake(
                "squared",
                "L2 norm: take the root of the sum of the squares.",
                function=partial(_gradient_norms, norm="squared"),
            ),
            Mistake(
                "mean of the squares",
                "L2 norm: the root of the sum of the squares, not of their mean.",
                function=partial(_gradient_norms, norm="mean"),
            ),
            Mistake(
                "norm of the weights",
                "That is the size of the kernels. How does the loss change with them?",
                function=partial(_gradient_norms, of="weights"),
            ),
            Mistake(
                "nothing on the tape",
                NOT_RECORDED,
                function=partial(_gradient_norms, error=ValueError),  # as tf.norm(None)
            ),
            Mistake(
                "nothing on the tape, with NumPy",
                NOT_RECORDED,
                function=partial(_gradient_norms, error=TypeError),  # as np.linalg.norm(None)
            ),
            Mistake(
                "inference",
                "As in training: model(x, training=True), so that batch normalisation uses the "
                "batch's own mean and variance.",
                function=partial(_gradient_norms, mode="inference"),
            ),
        ),
    ),
    Function(
        "batchnorm_forward",
        points=3,
        reference=batchnorm_forward,
        examples=(
            Call((np.array([[1, 2], [3, 6], [5, 10]]), np.array([1, 1]), np.array([0, 0]))),
            Call((_maps(2, 2, 3, 2), np.array([2, 3]), np.array([1, -1]))),
            Call((_maps(4, 3), np.array([1, 2, 3]), np.array([1, 0, 2])), {"eps": 0.5}),
        ),
        probes=_batchnorm_probes,
        mistakes=(
            Mistake(
                "per image",
                "Batch norm averages over the batch and positions, per channel.",
                function=_per_image,
            ),
            Mistake(
                "per position",
                "Feature maps have positions, too: average over them as well as over the batch.",
                function=_per_position,
            ),
            Mistake(
                "over everything",
                "Each channel has its own mean and variance: leave the last axis alone.",
                function=_over_everything,
            ),
            Mistake("unbiased variance", "Divide by N, not N-1.", function=_unbiased),
            Mistake("eps outside the root", "sqrt(var + eps).", function=_eps_outside),
            Mistake("ignores eps", "Use the eps that is given.", function=_own_eps),
            Mistake(
                "no eps",
                "The formula has one more term under the root, for channels that do not vary.",
                function=_no_eps,
            ),
            Mistake(
                "divides by the variance",
                "Divide by the standard deviation: the root is missing.",
                function=_divides_by_variance,
            ),
            Mistake(
                "no gamma and beta",
                "Normalised. Now scale by gamma and shift by beta.",
                function=_no_gamma_and_beta,
            ),
            Mistake(
                "shifts before scaling",
                "First times gamma, then plus beta.",
                function=_shifts_before_scaling,
            ),
        ),
    ),
    NumberList(
        "batchnorm_param_count",
        points=1,
        answer=_count(),
        mistakes=(
            Mistake(
                "without the moving statistics",
                "Two moving statistics per channel are weights too, but not trainable.",
                values=(_count(all_weights=batchnorm_params(CHANNELS)[1]),),
            ),
            Mistake("one channel", "Per channel.", values=([*batchnorm_params(1)],)),
            Mistake(
                "all trainable",
                "The moving mean and variance are measured, not trained.",
                values=(_count(trainable=batchnorm_params(CHANNELS)[0]),),
            ),
            Mistake(
                "one weight per channel",
                "Scale and shift are two numbers for each channel; the moving mean and variance "
                "are two more.",
                values=([2 * CHANNELS, CHANNELS],),
            ),
        ),
    ),
    Prediction("predict_stale_averages", points=0),
    Written("deep_training_written", points=2),
]
