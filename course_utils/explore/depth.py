"""Signal and gradient in deep stacks of convolutions: figures and an exploration of notebook 07.

The stacks are chains of ``course_utils.backprop``: 3×3 convolutions with 16 filters, random
weights, and ten classes at the end; nothing is trained here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.backprop import WITH_KERNEL, trace_chain
from course_utils.explore.controls import choice, slider, switch
from course_utils.explore.widget import interactive_figure
from course_utils.plots.gradients import draw_by_layer
from course_utils.plots.style import BLACK, BLUE, GREY, ORANGE, VERMILION, new_figure

FILTERS, SIDE, CLASSES = 16, 3, 10
GAINS = (0.5, 1, 2, 4, 8)
# Outside of this the curves of the exploration leave the picture.
LIMITS = (1e-24, 1e12)


def random_chain(
    depth: int,
    activation: str = "relu",
    gain: float = 1.0,
    batchnorm: bool = False,
    image_shape: tuple[int, int, int] = (8, 8, 1),
    seed: int = 0,
) -> list[tuple[Any, ...]]:
    """Return `depth` convolutions and a dense layer with random weights.

    Weights are uniform with variance gain / mean(fan in, fan out), biases 0: a gain of 1 is
    Keras' default (Glorot and Bengio, 2010); with as many channels in as out, 2 is the one of He,
    Zhang, Ren and Sun ("Delving Deep into Rectifiers", 2015).

    Examples
    --------
    >>> [step[0] for step in random_chain(2, "relu", batchnorm=True)]
    ['conv', 'batchnorm', 'relu', 'conv', 'batchnorm', 'relu', 'flatten', 'dense']
    """
    rng = np.random.default_rng(seed)
    rows, columns, channels = image_shape
    chain: list[tuple[Any, ...]] = []
    for _ in range(depth):
        kernel = _uniform(rng, (SIDE, SIDE, channels, FILTERS), gain)
        chain.append(("conv", kernel, np.zeros(FILTERS)))
        if batchnorm:
            chain.append(("batchnorm", np.ones(FILTERS), np.zeros(FILTERS)))
        chain.append((activation,))
        channels = FILTERS
    kernel = _uniform(rng, (rows * columns * channels, CLASSES), 1.0)
    return [*chain, ("flatten",), ("dense", kernel, np.zeros(CLASSES))]


def signal_and_gradient(
    chain: list[tuple[Any, ...]], images: ArrayLike, labels: ArrayLike
) -> tuple[list[float], list[float]]:
    """Return, for each convolution, the size of its signal and of its gradient.

    The signal says how much the images still differ after the layer's activation: the standard
    deviation over the images, averaged over positions and channels. The gradient is the L2 norm
    of the loss's derivatives by the kernel.
    """
    trace = trace_chain(chain, images, labels)
    names = [name for name, *_ in chain]
    signals = [
        float(output.std(axis=0).mean())
        for name, output in zip(names, trace.outputs, strict=True)
        if name in ("relu", "sigmoid")
    ]
    kernels = [g[0] for n, g in zip(names, trace.gradients, strict=True) if n in WITH_KERNEL]
    return signals, [float(np.linalg.norm(one)) for one in kernels[:-1]]


def plot_signal_and_gradient(
    stacks: Mapping[str, list[tuple[Any, ...]]],
    images: ArrayLike,
    labels: ArrayLike,
    limits: tuple[float, float] | None = None,
) -> Figure:
    """Draw the signal (left) and the gradient (right) by layer for some stacks."""
    found = {name: signal_and_gradient(chain, images, labels) for name, chain in stacks.items()}
    figure = new_figure(9, 3.9)
    left, right = figure.subplots(1, 2, sharey=limits is not None)
    draw_by_layer(left, {name: signal for name, (signal, _) in found.items()}, limits)
    draw_by_layer(right, {name: gradient for name, (_, gradient) in found.items()}, limits)
    left.set_title("forward: the signal")
    right.set_title("backward: the gradient")
    if len(stacks) > 1:
        figure.legend(*left.get_legend_handles_labels(), loc="outside lower center", ncols=4)
    return figure


def plot_fates(images: ArrayLike, labels: ArrayLike, depth: int = 30) -> Figure:
    """Draw how signal and gradient vanish, survive or explode in three deep ReLU stacks."""
    stacks = {
        "weights too small: both vanish": random_chain(depth, gain=1),
        "weights just right": random_chain(depth, gain=2),
        "weights too large: both explode": random_chain(depth, gain=4),
    }
    return plot_signal_and_gradient(stacks, images, labels)


def explore_depth(images: ArrayLike, labels: ArrayLike) -> None:
    """Show signal and gradient of one random stack with a control for each of its properties."""

    def show(depth: int, activation: str, gain: float, batchnorm: bool) -> Figure:
        """Signal and gradient by layer, on logarithmic scales."""
        chain = random_chain(depth, activation, gain, batchnorm)
        figure = plot_signal_and_gradient({"": chain}, images, labels, LIMITS)
        for ax, name in zip(figure.axes, ("signal", "gradient"), strict=True):
            values = np.maximum(ax.lines[0].get_ydata(), 1e-99)
            text = f"{name}: first layer {values[0]:.1e}, last {values[-1]:.1e}"
            ax.text(0.02, 0.97, text, transform=ax.transAxes, va="top")
            ax.axhline(1, color=GREY, lw=0.8, zorder=1)
        return figure

    interactive_figure(
        show,
        depth=slider(1, 40, value=8, label="depth"),
        activation=choice(["sigmoid", "relu"], label="activation"),
        gain=choice({str(gain): gain for gain in GAINS}, value="1", label="gain"),
        batchnorm=switch(label="batch normalisation"),
    )


def plot_activations() -> Figure:
    """Draw sigmoid and ReLU (left), and their slopes (right)."""
    x = np.linspace(-6, 6, 601)
    sigmoid = 1 / (1 + np.exp(-x))
    curves = {"sigmoid": (sigmoid, sigmoid * (1 - sigmoid)), "ReLU": (np.maximum(x, 0), x > 0)}
    figure = new_figure(9, 3.3)
    axes = figure.subplots(1, 2)
    for (name, values), colour, line in zip(
        curves.items(), (BLUE, ORANGE), ("-", "--"), strict=True
    ):
        for ax, value in zip(axes, values, strict=True):
            ax.plot(x, value, line, color=colour, lw=2, label=name)
    for ax in axes:
        ax.set(xlabel="x", xticks=range(-6, 7, 2))
    axes[0].set(title="activation", ylim=(-0.1, 2.1), yticks=[0, 0.5, 1, 1.5, 2])
    axes[1].set(title="its slope", ylim=(-0.05, 1.1), yticks=[0, 0.25, 0.5, 0.75, 1])
    axes[1].axhline(0.25, color=GREY, lw=0.8, ls=":")
    axes[0].legend(loc="upper left")
    return figure


def plot_accuracy_by_depth(table: Any, guessing: float = 0.1) -> Figure:
    """Draw training and validation accuracy against depth, and the level of guessing.

    Parameters
    ----------
    table : pandas.DataFrame, or what makes one
        Columns depth (or the index), train_accuracy, val_accuracy.
    guessing : float
        The accuracy of a network that says the same class to everything.

    Raises
    ------
    ValueError
        If there is no such table.
    """
    import pandas as pd

    wanted = (
        "The figure appears when the table has the columns depth, train_accuracy, val_accuracy."
    )
    if not isinstance(table, pd.DataFrame | dict | list):
        raise ValueError(wanted)
    table = pd.DataFrame(table)
    if "depth" not in table:
        table = table.rename_axis("depth").reset_index()
    if not {"depth", "train_accuracy", "val_accuracy"} <= set(table):
        raise ValueError(wanted)
    table = table.sort_values("depth")
    figure = new_figure(7, 3.8)
    ax = figure.subplots()
    looks = {"train_accuracy": (BLUE, "-", "o"), "val_accuracy": (VERMILION, "--", "s")}
    names = {"train_accuracy": "training", "val_accuracy": "validation"}
    for column, (colour, line, marker) in looks.items():
        ax.plot(table["depth"], table[column], line, color=colour, marker=marker, ms=7,
                label=names[column])  # fmt: skip
    ax.axhline(guessing, color=BLACK, lw=0.9, ls=":", label="guessing")
    ax.set(xlabel="depth (convolutions after the first)", ylabel="accuracy", ylim=(0, 1.03))
    ax.set_xticks(list(table["depth"]))
    ax.legend(loc="lower left")
    return figure


def _uniform(rng: np.random.Generator, shape: tuple[int, ...], gain: float) -> np.ndarray:
    """Draw weights as Keras' VarianceScaling(gain, "fan_avg", "uniform") does."""
    window = int(np.prod(shape[:-2]))
    mean_fan = window * (shape[-2] + shape[-1]) / 2
    limit = np.sqrt(3 * gain / mean_fan)
    return rng.uniform(-limit, limit, shape)
