"""From files to batches: figures, explorations and measurements of notebook 04.

``plot_*`` draw one state and return the figure; ``explore_*`` put sliders on it.
"""

from __future__ import annotations

import os
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle
from PIL import Image

from course_utils.arithmetic import dataset_bytes, steps_per_epoch
from course_utils.explore.controls import choice, slider, switch
from course_utils.explore.widget import interactive_figure
from course_utils.plots.grids import number_grid
from course_utils.plots.images import draw_picture
from course_utils.plots.placing import axes_at
from course_utils.plots.style import BLUE, GREEN, GREY, LIGHT_GREY, ORANGE, VERMILION, new_figure

# What a laptop has, in bytes.
_SMALL_LAPTOP, _LARGE_LAPTOP = 8e9, 16e9
_DTYPES = {"uint8": GREEN, "float32": ORANGE, "float64": VERMILION}

# Inches: a step of the belt, the room between two, a picture's place in the stack.
_STEP, _BETWEEN, _OFFSET = 1.48, 0.4, 0.09
_PATCH = 4
_SIDE = 150


def plot_belt(files: Sequence[str | os.PathLike[str]], row: int, col: int) -> Figure:
    """Draw the five steps from a JPEG file to a batch.

    Parameters
    ----------
    files : sequence of paths
        The first one is followed; all of them make the batch.
    row, col : int
        Corner of the 4×4 pixels whose red values are shown.
    """
    content = Path(files[0]).read_bytes()
    pictures = [np.asarray(Image.open(file).convert("RGB")) for file in files]
    red = pictures[0][row : row + _PATCH, col : col + _PATCH, 0].astype("float32")
    figure = new_figure(5 * _STEP + 4 * _BETWEEN, _STEP + 0.75, layout="none")
    places = [axes_at(figure, i * (_STEP + _BETWEEN), 0.3, _STEP, _STEP) for i in range(5)]
    _draw_bytes(places[0], content)
    draw_picture(places[1], pictures[0])
    frame = {"fill": False, "edgecolor": ORANGE, "linewidth": 2}
    places[1].add_patch(Rectangle((col - 0.5, row - 0.5), _PATCH, _PATCH, **frame))
    number_grid(places[2], red, fmt="{:.1f}", cmap="gray", limits=(0, 255))
    number_grid(places[3], red / 255, fmt="{:.2f}", cmap="gray", limits=(0, 1))
    _draw_stack(places[4], pictures)
    texts = (
        ("1 read", f"{len(content):,} bytes of JPEG"),
        ("2 decode", "red, green, blue:\nbytes from 0 to 255"),
        ("3 convert", "floats (the red of\nthe orange window)"),
        ("4 rescale", "floats\nfrom 0 to 1"),
        ("5 collect", f"a batch, here of {len(files)},\nfor the network"),
    )
    for index, (ax, (title, caption)) in enumerate(zip(places, texts, strict=True)):
        ax.set_title(title, weight="bold", size=11)
        ax.text(0.5, -0.06, caption, ha="center", va="top", size=9, transform=ax.transAxes)
        if index:
            _draw_arrow(figure, index)
    return figure


def plot_dataset_memory(
    n_images: int, side: int, channels: int = 3, batch_size: int = 20
) -> Figure:
    """Draw what a data set of decoded images needs in memory, and what one batch needs."""
    sizes = {
        f"all images, {dtype}": (dataset_bytes(n_images, side, side, channels, dtype), colour)
        for dtype, colour in _DTYPES.items()
    }
    batch = dataset_bytes(batch_size, side, side, channels)
    sizes[f"one batch of {batch_size}, float32"] = (batch, BLUE)
    figure = new_figure(9, 2.7)
    ax = figure.subplots()
    widest = max([size for size, _ in sizes.values()] + [1.06 * _LARGE_LAPTOP])
    for height, (size, colour) in enumerate(sizes.values()):
        ax.barh(height, size, color=colour, height=0.6)
        box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
        ax.text(size + 0.01 * widest, height, _human(size), va="center", zorder=3, bbox=box)
    for size, name in ((_SMALL_LAPTOP, "8 GB"), (_LARGE_LAPTOP, "16 GB")):
        ax.axvline(size, color=GREY, linestyle="--", linewidth=1, zorder=0)
        ax.text(size, -0.55, f"laptop with {name} ", color=GREY, size=9, va="bottom", ha="right")
    ax.set(yticks=range(len(sizes)), yticklabels=sizes, xlim=(0, 1.12 * widest), ylim=(3.5, -1))
    ax.set_title(f"{n_images:,} images of {side}×{side}×{channels}")
    ax.set_xticks([])
    ax.spines[["left", "bottom"]].set_visible(False)
    ax.tick_params(left=False)
    return figure


def explore_dataset_memory(n_images: int = 25_000, side: int = 150) -> None:
    """Show `plot_dataset_memory` with controls for all it depends on."""

    def show(n_images: int, side: int, channels: int, batch_size: int) -> Figure:
        """Memory that all images of a data set need, and one batch of them."""
        return plot_dataset_memory(n_images, side, channels, batch_size)

    interactive_figure(
        show,
        n_images=slider(1000, 100_000, value=n_images, step=1000, label="images"),
        side=choice([28, 32, 64, 96, 150, 224, 299], value=side, label="side in pixels"),
        channels=choice([1, 3], value=3),
        batch_size=slider(1, 256, value=20, label="batch size"),
    )


def plot_passes(
    n: int, batch_size: int, shuffle: bool = False, passes: int = 2, seed: int = 0
) -> Figure:
    """Draw the batches of several passes over n samples, half cats and half dogs.

    Parameters
    ----------
    n, batch_size : int
    shuffle : bool
        Whether each pass draws a new order; otherwise all cats come first, as in folders.
    passes, seed : int
    """
    rng = np.random.default_rng(seed)
    figure = new_figure(9, 0.75 * passes + 0.65, layout="none")
    ax = figure.add_axes((0.075, 0.2, 0.92, 0.79))
    steps = steps_per_epoch(n, batch_size)
    for number in range(passes):
        order = rng.permutation(n) if shuffle else np.arange(n)
        ax.text(-0.35, 1.75 * number + 0.5, f"pass {number + 1}", ha="right", va="center")
        for place, sample in enumerate(order):
            x, y = place + 0.5 * (place // batch_size), 1.75 * number
            colour, text = (BLUE, "white") if sample < n // 2 else (ORANGE, "black")
            ax.add_patch(Rectangle((x, y), 0.94, 1, facecolor=colour))
            ax.text(x + 0.47, y + 0.5, sample, ha="center", va="center", color=text, size=9,
                    weight="bold")  # fmt: skip
        for step in range(steps):
            left, size = step * (batch_size + 0.5), min(batch_size, n - step * batch_size)
            frame = {"fill": False, "edgecolor": GREY, "linewidth": 1.2}
            box = (left - 0.12, 1.75 * number - 0.14)
            ax.add_patch(Rectangle(box, size + 0.18, 1.28, **frame))
    # As wide as single samples would be, so that squares keep their size.
    ax.set(xlim=(-0.3, 1.5 * n), ylim=(1.75 * passes - 0.45, -0.25))
    ax.set_axis_off()
    last = n - (steps - 1) * batch_size
    text = f"batches per pass: {steps}; samples in the last one: {last}"
    figure.text(0.075, 0.03, text, va="bottom")
    for right, colour, name in ((0.86, BLUE, "cat"), (0.94, ORANGE, "dog")):
        figure.text(right, 0.03, f"■ {name}", color=colour, va="bottom", weight="bold")
    return figure


def explore_passes(n: int = 18) -> None:
    """Show `plot_passes` with controls for batch size and shuffling."""

    def show(batch_size: int, shuffle: bool) -> Figure:
        """Numbered samples of two passes, framed batch by batch."""
        return plot_passes(n, batch_size, shuffle)

    interactive_figure(
        show,
        batch_size=slider(1, n, value=4, label="batch size"),
        shuffle=switch(label="shuffle"),
    )


class Loading(NamedTuple):
    """What it took to load `images` pictures: all at once, and batch by batch.

    The largest memory at any time, in bytes, and the seconds until the first batch was ready.
    """

    images: int
    all_bytes: int
    all_seconds: float
    batch_bytes: int
    batch_seconds: float


def measure_loading(
    files: Sequence[str | os.PathLike[str]], counts: Sequence[int], batch_size: int = 20
) -> list[Loading]:
    """Load the first files in two ways, for each of `counts`, and measure memory and time.

    They become float32 arrays of 150×150×3. Counted is what Python and NumPy allocate.
    """
    rows = []
    for count in counts:
        chosen = files[:count]
        rows.append(Loading(count, *_measured(chosen, count), *_measured(chosen, batch_size)))
    return rows


def plot_loading(rows: Sequence[Loading]) -> Figure:
    """Draw what `measure_loading` found, against the number of pictures."""
    figure = new_figure(9, 3)
    panels = zip(
        figure.subplots(1, 2),
        ("largest memory, in MB", "seconds until the first batch"),
        (("all_bytes", "batch_bytes", 1e-6), ("all_seconds", "batch_seconds", 1)),
        strict=True,
    )
    images = [row.images for row in rows]
    for ax, title, (whole, streamed, unit) in panels:
        for field, colour, marker in ((whole, VERMILION, "s"), (streamed, BLUE, "o")):
            values = [getattr(row, field) * unit for row in rows]
            ax.plot(images, values, color=colour, marker=marker)
        ax.set(xlabel="pictures to load", title=title, ylim=(0, None), xlim=(0, 1.05 * images[-1]))
        ax.grid(axis="y", color=LIGHT_GREY)
    names = ("all at once", "batch by batch")
    figure.legend(
        handles=figure.axes[0].lines[:2], labels=names, loc="outside lower center", ncols=2
    )
    return figure


def _measured(files: Sequence[str | os.PathLike[str]], batch_size: int) -> tuple[int, float]:
    """Return peak memory and seconds to the first batch of one pass over files."""
    tracemalloc.start()
    try:
        start = time.perf_counter()
        first = None
        for _ in _batches(files, batch_size):
            first = first or time.perf_counter() - start
        return tracemalloc.get_traced_memory()[1], first or 0.0
    finally:
        tracemalloc.stop()


def _batches(files: Sequence[str | os.PathLike[str]], batch_size: int) -> Iterator[np.ndarray]:
    for start in range(0, len(files), batch_size):
        chosen = files[start : start + batch_size]
        batch = np.empty((len(chosen), _SIDE, _SIDE, 3), "float32")
        for image, file in zip(batch, chosen, strict=True):
            picture = Image.open(file).convert("RGB").resize((_SIDE, _SIDE))
            np.divide(picture, 255, out=image, casting="same_kind")
        yield batch


def _draw_bytes(ax: Axes, content: bytes) -> None:
    ax.set(xlim=(0, 1), ylim=(1, 0))
    ax.set_axis_off()
    ax.add_patch(Rectangle((0.02, 0.01), 0.96, 0.98, facecolor="white", edgecolor=GREY))
    for line in range(7):
        text = " ".join(f"{byte:02X}" for byte in content[6 * line : 6 * line + 6])
        ax.text(0.5, 0.12 + 0.125 * line, text, ha="center", va="center", size=7.5,
                family="monospace")  # fmt: skip


def _draw_stack(ax: Axes, pictures: Sequence[np.ndarray]) -> None:
    room = 1 - _OFFSET * (len(pictures) - 1)
    ax.set(xlim=(0, 1), ylim=(0, 1))
    ax.set_axis_off()
    for depth, picture in reversed(list(enumerate(pictures))):
        left = _OFFSET * depth
        box = (left, left + room, left, left + room)
        ax.imshow(picture, extent=box, aspect="auto", zorder=-depth)
        ax.add_patch(Rectangle((left, left), room, room, fill=False, edgecolor="white",
                               zorder=-depth))  # fmt: skip
    ax.set(xlim=(0, 1), ylim=(0, 1))


def _draw_arrow(figure: Figure, index: int) -> None:
    width, height = figure.get_size_inches()
    start = index * (_STEP + _BETWEEN) - _BETWEEN
    y = 1 - (0.3 + _STEP / 2) / height
    ends = ((start + 0.06) / width, y), ((start + _BETWEEN - 0.06) / width, y)
    look = {"arrowstyle": "-|>", "mutation_scale": 14, "color": GREY, "linewidth": 2}
    figure.add_artist(FancyArrowPatch(*ends, transform=figure.transFigure, **look))


def _human(size: int) -> str:
    for unit, name in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if size >= unit:
            return f"{size / unit:.3g} {name}"
    return f"{size} bytes"
