"""Transformed pictures: figures and explorations of notebook 05.

``plot_*`` draw one state and return the figure; ``explore_*`` put controls on it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_utils.explore.controls import choice, slider, switch
from course_utils.explore.widget import interactive_figure
from course_utils.picture_transforms import FILL_MODES, transform_picture
from course_utils.plots.images import draw_picture
from course_utils.plots.placing import axes_in_rows
from course_utils.plots.style import FROM_ZERO, GREY, VERMILION, WIDTH, new_figure

VERSIONS = {
    "turned 15°": {"rotation": 15},
    "moved": {"right": 0.12, "down": -0.08},
    "sheared": {"shear": 0.25},
    "enlarged": {"zoom": -0.2},
    "mirrored": {"flip": True},
    "turned 180°": {"rotation": 180},
}


def plot_versions(rows: Mapping[str, ArrayLike]) -> Figure:
    """Draw pictures, by label, each with six transformed versions beside it."""
    columns, side, title = 1 + len(VERSIONS), 1.2, 0.26
    figure = new_figure(WIDTH, len(rows) * (side + title + 0.26), layout="none")
    corner, gaps = (0.02, title + 0.02), (0.09, title + 0.26)
    places = axes_in_rows(figure, columns * len(rows), columns, (side, side), corner, gaps)
    for number, (label, picture) in enumerate(rows.items()):
        first, *others = places[number * columns : (number + 1) * columns]
        draw_picture(first, picture)
        first.set_title(f"a {label}", size=10, pad=4, weight="bold")
        for ax, (name, change) in zip(others, VERSIONS.items(), strict=True):
            draw_picture(ax, np.clip(transform_picture(picture, **change), 0, 1))
            ax.set_title(name, size=10, pad=4)
            ax.set_xlabel(f"still a {label}?", size=9, labelpad=3, color=GREY)
    return figure


def plot_augmentation_grid(
    image: ArrayLike, augmenter: Callable[..., Any], n: int = 16, seed: int = 0
) -> Figure:
    """Draw `n` random versions of one picture, four in a row.

    Parameters
    ----------
    image : (H, W, C) array
        From 0 to 1.
    augmenter : callable
        A Keras layer or model of random layers; called with ``training=True``.
    n, seed : int
    """
    import keras

    keras.utils.set_random_seed(seed)
    copies = np.repeat(np.asarray(image, "float32")[None], n, axis=0)
    drawn = np.asarray(augmenter(copies, training=True))
    side, gap, columns = 1.5, 0.06, min(n, 4)
    rows = -(-n // columns)
    figure = new_figure(columns * (side + gap), rows * (side + gap), layout="none")
    for ax, picture in zip(
        axes_in_rows(figure, n, columns, (side, side), gaps=(gap, gap)), drawn, strict=True
    ):
        draw_picture(ax, np.clip(picture, 0, 1))
    return figure


def plot_transformation(
    picture: ArrayLike,
    rotation: float = 0,
    right: float = 0,
    down: float = 0,
    shear: float = 0,
    zoom: float = 0,
    flip: bool = False,
    fill: str = "nearest",
) -> Figure:
    """Draw a picture before and after a transformation; see `transform_picture`."""
    picture = np.asarray(picture)
    after = transform_picture(picture, rotation, down, right, shear, zoom, flip, fill)
    height, width = picture.shape[:2]
    lines = [
        f"rotation {rotation:+g}° = {rotation / 360:+.3f} of a full turn",
        f"right {right:+g} of the width = {right * width:+.0f} pixels",
        f"down {down:+g} of the height = {down * height:+.0f} pixels",
        f"shear: slope {shear:+g} = {np.degrees(np.arctan(shear)):+.1f}°",
        f"zoom {zoom:+g}: lengths × {1 / (1 + zoom):.2f}",
        f"mirrored: {'yes' if flip else 'no'}",
        f"new pixels: {fill}",
    ]
    figure = new_figure(WIDTH, 3.3)
    before, result, text = figure.subplots(1, 3, width_ratios=(1, 1, 1.05))
    draw_picture(before, picture)
    before.set_title(f"before, {height}×{width}")
    draw_picture(result, np.clip(after, 0, 1))
    result.set_title("after")
    text.set_axis_off()
    text.text(0, 0.5, "\n".join(lines), va="center", linespacing=1.9, transform=text.transAxes)
    return figure


def explore_transformations(pictures: Mapping[str, ArrayLike]) -> None:
    """Show `plot_transformation` with a control for each of its arguments.

    Parameters
    ----------
    pictures : dict
        By name, (H, W, C) arrays from 0 to 1.
    """

    def show(picture: ArrayLike, **change: Any) -> Figure:
        """A picture before and after a transformation."""
        return plot_transformation(picture, **change)

    interactive_figure(
        show,
        picture=choice(pictures),
        rotation=slider(-180, 180, value=25, step=5, label="rotation, degrees"),
        right=slider(-0.5, 0.5, value=0.15, step=0.05, label="shift right"),
        down=slider(-0.5, 0.5, value=0.0, step=0.05, label="shift down"),
        shear=slider(-0.5, 0.5, value=0.0, step=0.05, label="shear"),
        zoom=slider(-0.5, 0.5, value=0.0, step=0.05, label="zoom"),
        flip=switch(label="mirror"),
        fill=choice(FILL_MODES, label="new pixels"),
    )


def plot_shear_units(picture: ArrayLike, value: float = 0.2) -> Figure:
    """Draw a picture sheared by `value` degrees, and by a slope of `value`."""
    versions = {
        "before": 0.0,
        f"legacy {value}: {value} degrees": np.tan(np.radians(value)),
        f"Keras 3 {value}: {np.degrees(np.arctan(value)):.1f} degrees": value,
    }
    figure = new_figure(WIDTH, 3.1)
    for ax, (title, slope) in zip(figure.subplots(1, 3), versions.items(), strict=True):
        draw_picture(ax, np.clip(transform_picture(picture, shear=slope), 0, 1))
        ax.set_title(title)
        middle = (np.shape(picture)[1] - 1) / 2
        ax.axvline(middle, color="white", linewidth=2.5)
        ax.axvline(middle, color=VERMILION, linewidth=1.2, linestyle="--")
    return figure


def legacy_draws(n: int = 2000, side: int = 150, seed: int = 0, **ranges: Any) -> str:
    """Return what the legacy class draws, as a table of text: smallest and largest of `n` draws.

    Parameters
    ----------
    n, side, seed : int
        Number of draws, height and width of the pictures, seed of NumPy's generator.
    **ranges
        Arguments of ``tensorflow.keras.preprocessing.image.ImageDataGenerator``.
    """
    from tensorflow.keras.preprocessing import image as legacy

    generator = legacy.ImageDataGenerator(**ranges)
    np.random.seed(seed)
    draws = [generator.get_random_transform((side, side, 3)) for _ in range(n)]
    names = {
        "theta": ("rotation", "degrees"),
        "ty": ("shift along the height", "pixels"),
        "tx": ("shift along the width", "pixels"),
        "shear": ("shear", "degrees"),
        "zx": ("zoom along the height", "times"),
        "zy": ("zoom along the width", "times"),
    }
    lines = []
    for key, (name, unit) in names.items():
        values = np.array([draw[key] for draw in draws])
        lines.append(f"{name:24} {values.min():7.2f} to {values.max():6.2f} {unit}")
    mirrored = np.mean([draw["flip_horizontal"] for draw in draws])
    return "\n".join([*lines, f"{'mirrored':24} {mirrored:7.1%} of the pictures"])


def colour_shares(picture: ArrayLike, levels: int = 4) -> np.ndarray:
    """Return which share of the pixels has each of ``levels**3`` colours.

    Where they are does not matter, so moving or turning a picture hardly changes the shares.

    Examples
    --------
    >>> colour_shares([[[0, 0, 0], [1, 1, 1], [1, 1, 0.9]]], levels=2)
    array([0.33333333, 0.        , 0.        , 0.        , 0.        ,
           0.        , 0.        , 0.66666667])
    """
    picture = np.asarray(picture, float)
    steps = np.clip((picture * levels).astype(int), 0, levels - 1)
    colours = steps.reshape(-1, 3) @ levels ** np.array([2, 1, 0])
    return np.bincount(colours, minlength=levels**3) / len(colours)


def plot_likeness(versions: ArrayLike, others: ArrayLike) -> Figure:
    """Draw how alike the colours of pictures are, each with each.

    Parameters
    ----------
    versions : (n, k, H, W, 3) array
        `k` augmented versions of each of `n` pictures.
    others : (n·k, H, W, 3) array
        As many different pictures.

    A square is the correlation of the `colour_shares` of two pictures; frames hold the versions
    of one.
    """
    versions, others = np.asarray(versions), np.asarray(others)
    n, k = versions.shape[:2]
    figure = new_figure(WIDTH, 4.2)
    panels = figure.subplots(1, 2)
    for ax, pictures, title in (
        (
            panels[0],
            versions.reshape(-1, *versions.shape[2:]),
            f"{n} pictures, {k} versions of each",
        ),
        (panels[1], others, f"{len(others)} different pictures"),
    ):
        alike = np.corrcoef([colour_shares(picture) for picture in pictures])
        drawn = ax.imshow(alike, cmap=FROM_ZERO, vmin=0, vmax=1)
        ax.set(title=title, xticks=[], yticks=[])
    for start in np.arange(n) * k - 0.5:
        frame = Rectangle((start, start), k, k, fill=False, edgecolor="white", linewidth=1.5)
        panels[0].add_patch(frame)
    figure.colorbar(drawn, ax=panels, label="likeness of the colours", shrink=0.8)
    return figure
