"""What the layers of a trained network respond to: figures of notebook 01.

``best_windows``       the windows of pictures that excite one channel most
``plot_best_windows``  the same for several channels of several layers
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.plots.style import SKY, WIDTH, new_figure, without_ticks

if TYPE_CHECKING:
    import keras

_ALIKE = 0.8


def best_windows(feature_maps: ArrayLike, images: ArrayLike, field: int, n: int) -> np.ndarray:
    """Return the `n` windows, of different images, where a channel responded most strongly.

    Parameters
    ----------
    feature_maps : (N, H, W) array
        One channel of a network that keeps the size: stride 1, ``padding="same"``.
    images : (N, H, W) array
    field : int
        Odd side of a window: the receptive field. Beyond the border there are zeros.
    n : int

    Returns
    -------
    (n, field, field) array
        The strongest response first.

    Raises
    ------
    ValueError
        If maps and images differ in shape, or there are fewer than `n` images.
    """
    maps, images = np.asarray(feature_maps), np.asarray(images)
    if maps.shape != images.shape or maps.ndim != 3 or len(images) < n:
        raise ValueError(f"maps {maps.shape} and images {images.shape} do not fit, or n={n}")
    flat = maps.reshape(len(maps), -1)
    strongest = np.argsort(flat.max(axis=1))[::-1][:n]
    reach = field // 2
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach)))
    places = zip(
        strongest,
        *np.unravel_index(flat[strongest].argmax(axis=1), maps.shape[1:]),
        strict=True,
    )
    return np.stack([padded[i, row : row + field, col : col + field] for i, row, col in places])


def plot_best_windows(
    model: keras.Model,
    images: ArrayLike,
    layer_names: Sequence[str],
    n_channels: int = 6,
    n_best: int = 7,
) -> Figure:
    """Draw, channel by channel, the windows of `images` that excite a layer most.

    The first window of each row is the mean of the 100 best. Channels with a mean window of
    much contrast come first, and none that repeats another.

    Parameters
    ----------
    model : keras.Model
        A chain of convolutions with stride 1 and ``padding="same"`` as far as the layers named.
    images : (N, H, W, 1) array
        At least 100.
    layer_names : sequence of str
    n_channels, n_best : int
    """
    import keras

    from course_utils.arithmetic.fields import model_receptive_field

    images = np.asarray(images)
    part = keras.Model(model.inputs, [model.get_layer(name).output for name in layer_names])
    figure = new_figure(WIDTH, 3.2 * n_channels / 6 + 0.6)
    axes = figure.subplots(1, len(layer_names), squeeze=False)[0]
    for ax, name, found in zip(axes, layer_names, part([images]), strict=True):
        field = model_receptive_field(model, name)
        maps = np.moveaxis(keras.ops.convert_to_numpy(found), -1, 0)
        best = [best_windows(one, images[..., 0], field, 100) for one in maps]
        rows = [[one.mean(axis=0), *one[:n_best]] for one in _different(best, n_channels)]
        ax.imshow(_sheet(rows))
        without_ticks(ax)
        ax.set_title(f"{name}: windows of {field}×{field}\nmean | the {n_best} best")
    return figure


def _different(best: list[np.ndarray], n: int) -> list[np.ndarray]:
    """Return up to `n` sets of windows whose means have much contrast and are not alike."""
    kept: list[np.ndarray] = []
    contrasts = [windows.mean(axis=0).std() for windows in best]
    for index in np.argsort(contrasts)[::-1]:
        if len(kept) == n or contrasts[index] == 0:
            break
        mean = best[index].mean(axis=0).ravel()
        alike = [np.corrcoef(mean, other.mean(axis=0).ravel())[0, 1] for other in kept]
        if max(alike, default=0) < _ALIKE:
            kept.append(best[index])
    return kept


def _sheet(rows: list[list[np.ndarray]]) -> np.ndarray:
    """Return an RGB picture of the windows, all equally large; the first column stands apart."""
    side, gap = 105, 14
    height, width = len(rows), len(rows[0])
    sheet = np.ones((height * (side + gap), (width + 1) * (side + gap), 3)) * to_rgb(SKY)
    sheet[:, side + 2 * gap : 2 * side + gap] = 1
    for i, row in enumerate(rows):
        for j, window in enumerate(row):
            top, left = i * (side + gap) + gap // 2, (j + (j > 0)) * (side + gap) + gap // 2
            large = window.repeat(side // len(window), 0).repeat(side // len(window), 1)
            sheet[top : top + len(large), left : left + len(large)] = large[:, :, None]
    return sheet
