"""What a filter answers to a picture; a layer's filters; a network's feature maps."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.plots.grids import number_grid
from course_utils.plots.images import draw_picture
from course_utils.plots.placing import axes_at, axes_in_rows
from course_utils.plots.style import AROUND_ZERO, FROM_ZERO, GREY, WIDTH, new_figure, without_ticks

if TYPE_CHECKING:
    import keras

# Inches: a kernel, a colour scale with its numbers, the tallest picture, the room for a title.
_KERNEL, _SCALE, _TALLEST, _TITLE = 1.7, 0.75, 3.4, 0.3


def plot_response(image: ArrayLike, kernel: ArrayLike, response: ArrayLike) -> Figure:
    """Draw a picture, a kernel with its numbers, and the kernel's response to the picture.

    In kernel and response red is positive, blue negative and white zero.

    Parameters
    ----------
    image : (H, W), (H, W, 1) or (H, W, 3) array
    kernel : (kh, kw) array
    response : (H', W') array

    Raises
    ------
    ValueError
        If a shape is another one.
    """
    image, kernel, response = np.asarray(image), np.asarray(kernel), np.asarray(response)
    if kernel.ndim != 2 or response.ndim != 2:
        raise ValueError(
            f"kernel and response must have two axes, got {kernel.shape} and {response.shape}"
        )
    # Picture and response side by side at one scale, the kernel between them.
    ratio = image.shape[0] / image.shape[1]
    width = min((WIDTH - _KERNEL - 0.6 - _SCALE) / 2, _TALLEST / ratio)
    height = width * ratio
    total = max(height, _KERNEL) + _TITLE
    figure = new_figure(2 * width + _KERNEL + 0.6 + _SCALE, total, layout="none")
    below_title = _TITLE + (total - _TITLE - height) / 2
    left = axes_at(figure, 0, below_title, width, height)
    draw_picture(left, image)
    left.set_title(f"picture {image.shape[0]}×{image.shape[1]}")
    kernel_top = _TITLE + (total - _TITLE - _KERNEL) / 2
    middle = axes_at(figure, width + 0.3, kernel_top, _KERNEL, _KERNEL)
    fmt = "{:g}" if np.all(kernel == np.round(kernel)) else "{:.2f}"
    title = f"kernel {kernel.shape[0]}×{kernel.shape[1]}"
    number_grid(middle, kernel, fmt=fmt, title=title, cmap=AROUND_ZERO)
    right = axes_at(figure, width + _KERNEL + 0.6, below_title, width, height)
    beside = axes_at(figure, figure.get_figwidth() - _SCALE + 0.12, below_title, 0.13, height)
    _draw_around_zero(figure, right, beside, response)
    right.set_title(f"response {response.shape[0]}×{response.shape[1]}")
    return figure


def plot_filters(layer: keras.layers.Layer, channel: int = 0, n_cols: int = 8) -> Figure:
    """Draw the kernels of a convolution layer for one input channel, all on one colour scale.

    Red weights are positive, blue ones negative, white is zero.

    Parameters
    ----------
    layer : keras.layers.Conv2D
        Built: its model has an ``Input``.
    channel : int
        Which input channel.
    n_cols : int
        Kernels in a row.

    Raises
    ------
    ValueError
        If the layer has no 2-D kernels or not so many channels.
    """
    kernel = getattr(layer, "kernel", None)
    if kernel is None or len(kernel.shape) != 4:
        name = getattr(layer, "name", layer)
        raise ValueError(f"{name!r} has no 2-D kernels: give a Conv2D of a model with an Input")
    weights = _numpy(kernel.value)
    if not 0 <= channel < weights.shape[2]:
        raise ValueError(f"channel {channel} does not exist: there are {weights.shape[2]}")
    filters = np.moveaxis(weights[:, :, channel], -1, 0)
    columns = min(n_cols, len(filters))
    rows = -(-len(filters) // columns)
    side = min((WIDTH - _SCALE - 0.4) / columns - 0.08, 1.1)
    width, pitch = columns * (side + 0.08), side + 0.24
    figure = new_figure(max(width + _SCALE + 0.3, 4), rows * pitch + 0.25, layout="none")
    places = axes_in_rows(figure, len(filters), columns, (side, side), (0, 0.45), (0.08, 0.24))
    extent = np.abs(filters).max() or 1
    for index, (ax, weights_of_one) in enumerate(zip(places, filters, strict=True)):
        shown = ax.imshow(weights_of_one, cmap=AROUND_ZERO, vmin=-extent, vmax=extent)
        without_ticks(ax)
        # A frame, because white weights end where the page begins.
        ax.spines[:].set(visible=True, color=GREY, linewidth=0.6)
        ax.set_title(str(index), size=8, pad=2)
    scale = axes_at(figure, width + 0.1, 0.45, 0.13, rows * pitch - 0.24)
    figure.colorbar(shown, cax=scale, label="weight")
    height, width = filters.shape[1:]
    title = f"{layer.name}: {len(filters)} filters {height}×{width}, input channel {channel}"
    figure.text(0, 1, title, ha="left", va="top", size=11)
    return figure


def plot_feature_maps(
    model: keras.Model, image: ArrayLike, layer_names: Sequence[str], max_maps: int = 16
) -> Figure:
    """Draw the picture and, layer by layer, the first feature maps it causes.

    Every map has its own scale from its smallest value (dark) to its largest (bright); one
    that is the same everywhere is dark.

    Parameters
    ----------
    model : keras.Model
        Begins with an ``Input``.
    image : (H, W, C) array
        One picture as the model takes it; (H, W) if it has one channel.
    layer_names : sequence of str
        Layers whose output has height and width, such as ``[layer.name for layer in
        model.layers[:3]]``.
    max_maps : int
        Maps shown per layer.

    Raises
    ------
    ValueError
        If there is no such layer, or its output has no height and width.
    """
    image = np.asarray(image, "float32")
    image = image[..., None] if image.ndim == 2 else image
    layers = _feature_maps(model, image, layer_names)
    labels, rows = [f"input\n{_size(image)}"], [[image]]
    for name, maps in zip(layer_names, layers, strict=True):
        rows.append(list(np.moveaxis(maps, -1, 0)[:max_maps]))
        cut = f"\nthe first {max_maps}" if max_maps < maps.shape[2] else ""
        labels.append(f"{name}\n{_size(maps)}{cut}")
    names, columns = 1.6, 8
    side = (WIDTH - names) / columns - 0.06
    heights = [-(-len(row) // columns) * (side + 0.06) + 0.12 for row in rows]
    figure = new_figure(WIDTH, sum(heights), layout="none")
    top = 0.0
    for label, row, height in zip(labels, rows, heights, strict=True):
        figure.text(0, 1 - (top + side / 2) / sum(heights), label, va="center", size=9)
        places = axes_in_rows(figure, len(row), columns, (side, side), (names, top))
        for ax, picture in zip(places, row, strict=True):
            if row is rows[0]:
                draw_picture(ax, picture)
            else:
                ax.imshow(picture, cmap=FROM_ZERO)
                without_ticks(ax)
        top += height
    return figure


def _size(maps: np.ndarray) -> str:
    return "×".join(map(str, maps.shape))


def _feature_maps(
    model: keras.Model, image: np.ndarray, layer_names: Sequence[str]
) -> list[np.ndarray]:
    import keras

    known = {layer.name: layer for layer in model.layers}
    for name in layer_names:
        if name not in known:
            raise ValueError(f"there is no layer {name!r}; there are {', '.join(known)}")
        if len(known[name].output.shape) != 4:
            raise ValueError(f"the output of {name!r} has no height and width")
    part = keras.Model(model.inputs[0], {name: known[name].output for name in layer_names})
    found = part(image[None], training=False)
    return [_numpy(found[name])[0] for name in layer_names]


def _draw_around_zero(figure: Figure, ax: Axes, scale_ax: Axes, values: np.ndarray) -> None:
    strengths = np.abs(values)
    # A few extreme pixels would leave a large map almost white.
    extent = (np.percentile(strengths, 99.5) if values.size > 2500 else strengths.max()) or 1
    shown = ax.imshow(values, cmap=AROUND_ZERO, vmin=-extent, vmax=extent)
    without_ticks(ax)
    ends = "both" if strengths.max() > extent else "neither"
    figure.colorbar(shown, cax=scale_ax, extend=ends)


def _numpy(tensor: Any) -> np.ndarray:
    import keras

    return keras.ops.convert_to_numpy(tensor)
