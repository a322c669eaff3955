"""What a shortcut does to a signal: figures and explorations of notebook 08.

``plot_signals``          a photograph after many random convolutions, with and without shortcuts
``explore_signal``        the same with sliders
``plot_block_values``     eight numbers through one block
``explore_block_values``  the same with controls, among them a switch for the shortcut
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from matplotlib.figure import Figure
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike
from PIL import Image

from course_utils.explore.controls import choice, slider, switch
from course_utils.explore.widget import interactive_figure
from course_utils.plots.style import (
    BLUE,
    GREEN,
    GREY,
    ORANGE,
    PICTURE,
    VERMILION,
    WIDTH,
    new_figure,
    without_ticks,
)

CHANNELS = 16
# How 2 n convolutions are connected, in words and for the program.
STACKS = {
    "plain": "no shortcuts",
    "residual": "a shortcut around every two convolutions",
    "one": "a shortcut around every convolution and its ReLU",
}
_NAMES = {"one": "one-layer skips"}
_LINES = {"plain": (VERMILION, "--"), "residual": (BLUE, "-"), "one": (GREEN, "-.")}


def random_stack(image: ArrayLike, kind: str, depth: int, seed: int = 0) -> list[np.ndarray]:
    """Return the maps after 0, 1, ..., `depth` random 3×3 convolutions of 16 channels.

    Weights are drawn as Keras draws them ("glorot_uniform"); before the first of the maps, and
    after each convolution or addition, stands a ReLU.

    Parameters
    ----------
    image : (H, W) array
    kind : {"plain", "residual", "one"}
        See ``STACKS``.
    depth : int
        Even.
    """
    rng = np.random.default_rng(seed)
    x = np.asarray(image, "float32")[:, :, None]
    x = np.maximum(_convolve(x, rng), 0)
    maps = [x]
    for _ in range(depth // 2):
        first = np.maximum(_convolve(x, rng), 0) + (x if kind == "one" else 0)
        second = _convolve(first, rng)
        if kind == "one":
            x = np.maximum(second, 0) + first
        else:
            x = np.maximum(second + (x if kind == "residual" else 0), 0)
        maps += [first, x]
    return maps


def plot_signals(
    photo: ArrayLike,
    depths: Sequence[int] = (0, 4, 8, 16, 24, 30),
    kinds: Sequence[str] = ("plain", "residual"),
) -> Figure:
    """Draw what is left of a photograph (H, W, 3) after so many random convolutions."""
    image = _small_grey(photo)
    figure = new_figure(WIDTH, 0.4 + 1.3 * len(kinds))
    grid = np.atleast_2d(figure.subplots(len(kinds), len(depths)))
    for line, kind in zip(grid, kinds, strict=True):
        maps = random_stack(image, kind, max(depths))
        for ax, depth in zip(line, depths, strict=True):
            ax.imshow(maps[depth].mean(axis=2), cmap=PICTURE)
            without_ticks(ax)
            ax.set_xlabel(_about(_strength(maps[depth])))
            if ax.get_subplotspec().is_first_row():
                ax.set_title(f"after {depth}" if depth else "first layer")
        line[0].set_ylabel(_NAMES.get(kind, kind))
    return figure


def plot_signal(stacks: Mapping[str, list[np.ndarray]], kind: str, depth: int) -> Figure:
    """Draw the picture after `depth` convolutions of one kind, and all kinds as curves.

    Parameters
    ----------
    stacks : dict
        What `random_stack` gives, by kind.
    kind : str
    depth : int
    """
    figure = new_figure(WIDTH, 3.3)
    picture, curves = figure.subplots(1, 2, width_ratios=(1, 1.25))
    for name, maps in stacks.items():
        colour, line = _LINES[name]
        strengths = [_strength(stage) for stage in maps[::2]]
        width, label = (2.5 if name == kind else 1.2), _NAMES.get(name, name)
        curves.semilogy(
            range(0, len(maps), 2), strengths, line, color=colour, lw=width, label=label
        )
    strength = _strength(stacks[kind][depth])
    curves.plot(depth, strength, "o", color=_LINES[kind][0], ms=9)
    picture.imshow(stacks[kind][depth].mean(axis=2), cmap=PICTURE)
    picture.set_title(f"after {depth} convolutions: {_about(strength)}")
    without_ticks(picture)
    curves.set(xlabel="random convolutions", ylabel="typical value")
    curves.set(xlim=(-0.5, 30.5), ylim=(1e-9, 1e6), xticks=range(0, 31, 5))
    curves.set_yticks([10.0**power for power in range(-8, 7, 2)])
    curves.grid(alpha=0.3)
    figure.legend(*curves.get_legend_handles_labels(), loc="outside lower right", ncols=3)
    return figure


def explore_signal(photo: ArrayLike) -> None:
    """Show `plot_signal` with controls for the shortcuts, the depth and the random weights."""
    image = _small_grey(photo)

    @lru_cache(maxsize=10)
    def stacks(seed: int) -> dict[str, list[np.ndarray]]:
        return {kind: random_stack(image, kind, 30, seed) for kind in _LINES}

    def show(kind: str, depth: int, seed: int) -> Figure:
        """A photograph after many random convolutions, and the size of the values on the way."""
        return plot_signal(stacks(seed), kind, depth)

    interactive_figure(
        show,
        kind=choice({words: kind for kind, words in STACKS.items()}, label="connections"),
        depth=slider(0, 30, value=30, step=2, label="convolutions"),
        seed=slider(0, 9, label="other weights"),
    )


VALUES = np.array([0.9, -0.6, 0.3, 1.2, -1.1, 0.1, 0.7, -0.2])
_RNG = np.random.default_rng(3)
WEIGHTS = {
    "all zero": np.zeros((8, 8)),
    "small random": 0.3 * _RNG.normal(size=(8, 8)),
    "random": 0.6 * _RNG.normal(size=(8, 8)),
    "identity": np.eye(8),
    "all one": np.ones((8, 8)),
}
FORMS = ("ReLU first (the formula)", "ReLU last (the paper of 2015)")


def block_values(x: ArrayLike, weights: np.ndarray, form: str) -> tuple[np.ndarray, np.ndarray]:
    """Return what the branch adds to `x`, and the block's result, with both weights equal.

    >>> branch, result = block_values([1, -1], np.eye(2), FORMS[0])
    >>> branch.tolist(), result.tolist()
    ([1.0, 0.0], [2.0, -1.0])
    """
    x = np.asarray(x)
    if form == FORMS[0]:
        branch = weights @ np.maximum(weights @ np.maximum(x, 0), 0)
        return branch, branch + x
    branch = weights @ np.maximum(weights @ x, 0)
    return branch, np.maximum(branch + x, 0)


def plot_block_values(weights: str, form: str = FORMS[0], shortcut: bool = True) -> Figure:
    """Draw eight numbers, what the branch makes of them, and the result of the block.

    Parameters
    ----------
    weights : str
        A key of ``WEIGHTS``, for W_a and W_b alike.
    form : str
        One of ``FORMS``.
    shortcut : bool
    """
    branch, result = block_values(VALUES, WEIGHTS[weights], form)
    if not shortcut:
        result = np.maximum(branch, 0) if form == FORMS[1] else branch
    figure = new_figure(WIDTH, 3.1)
    axes = figure.subplots(1, 3)
    titles = ("X, the input", "what the branch gives", "result with shortcut")
    titles = titles if shortcut else (*titles[:2], "result without shortcut")
    places = np.arange(len(VALUES))
    for ax, values, colour, title in zip(
        axes, (VALUES, branch, result), (GREY, ORANGE, BLUE), titles, strict=True
    ):
        ax.bar(places, values, color=colour, width=0.7)
        ax.axhline(0, color=GREY, lw=0.8)
        ax.set(title=title, xlabel="channel", xticks=places)
        most = max(2.6, 1.1 * np.abs(values).max())
        ax.set_ylim(-most, most)
    axes[2].plot(places, VALUES, "_", color="black", ms=15, mew=2, label="X")
    axes[2].plot(places, 2 * VALUES, "x", color=VERMILION, mew=2, label="2·X")
    figure.legend(*axes[2].get_legend_handles_labels(), loc="outside lower right", ncols=2)
    return figure


def explore_block_values() -> None:
    """Show `plot_block_values` with controls for the weights, the form and the shortcut."""

    def show(weights: str, form: str, shortcut: bool) -> Figure:
        """Eight numbers, what the branch of a block makes of them, and the block's result."""
        return plot_block_values(weights, form, shortcut)

    interactive_figure(
        show,
        weights=choice(WEIGHTS.keys(), value="small random"),
        form=choice(FORMS),
        shortcut=switch(True),
    )


def _small_grey(photo: ArrayLike) -> np.ndarray:
    grey = np.asarray(photo).mean(axis=2)
    picture = Image.fromarray((255 * grey).astype("uint8"))
    return np.asarray(picture.resize((84, 56), Image.Resampling.BILINEAR)) / 255


def _convolve(x: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    height, width, channels = x.shape
    fan = 9 * (channels + CHANNELS)
    kernel = rng.uniform(-1, 1, (channels * 9, CHANNELS)) * np.sqrt(6 / fan)
    padded = np.pad(x, ((1, 1), (1, 1), (0, 0)))
    windows = sliding_window_view(padded, (3, 3), axis=(0, 1)).reshape(height * width, -1)
    return (windows @ kernel.astype("float32")).reshape(height, width, CHANNELS)


def _strength(values: np.ndarray) -> float:
    """Return the root of the mean square: how large a typical value is."""
    return float(np.sqrt(np.mean(np.square(values, dtype="float64"))))


def _about(number: float) -> str:
    """Return one digit of a number, the very small and large ones as powers of ten."""
    digit, exponent = f"{number:.0e}".split("e")
    if -4 < int(exponent) < 3:
        return f"≈ {float(f'{number:.1g}'):g}"
    return rf"≈ ${digit}\cdot10^{{{int(exponent)}}}$"
