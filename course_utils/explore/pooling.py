"""Pooling windows on numbers and pictures: figures and explorations of notebook 03.

``plot_*`` draw one state and return the figure; ``explore_*`` put sliders on it.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.arithmetic import conv_output_length
from course_utils.conv_ops import average_pool2d, conv2d, max_pool2d
from course_utils.explore.controls import choice, slider
from course_utils.explore.widget import interactive_figure
from course_utils.plots.grids import Window, number_grid, plot_number_grids
from course_utils.plots.style import GREY, PICTURE, new_figure, without_ticks

OPERATIONS = {"max": (np.max, max_pool2d), "average": (np.mean, average_pool2d)}
SOBEL = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]) / 4


def edge_maps(image: ArrayLike) -> np.ndarray:
    """Return four feature maps of a grey image: edges brighter on the right, left, bottom, top.

    Each is a 3×3 Sobel filter followed by ReLU: (H, W) gives (H-2, W-2, 4).

    Examples
    --------
    >>> edge_maps([[0, 0, 1], [0, 0, 1], [0, 0, 1]])
    array([[[1., 0., 0., 0.]]])
    """
    across, down = conv2d(image, SOBEL), conv2d(image, SOBEL.T)
    return np.maximum(np.stack([across, -across, down, -down], axis=-1), 0)


def shuffle_windows(image: ArrayLike, pool: int = 2, seed: int = 0) -> np.ndarray:
    """Return the image with the pixels of every `pool` × `pool` window in random order.

    Rows and columns that fill no whole window stay as they are.

    Examples
    --------
    >>> image = np.arange(16).reshape(4, 4)
    >>> shuffled = shuffle_windows(image)
    >>> bool((shuffled == image).all()), sorted(shuffled[:2, :2].ravel().tolist())
    (False, [0, 1, 4, 5])
    """
    rng = np.random.default_rng(seed)
    shuffled = np.array(image)
    rows, columns = (side // pool * pool for side in shuffled.shape[:2])
    for top, left in product(range(0, rows, pool), range(0, columns, pool)):
        window = shuffled[top : top + pool, left : left + pool]
        window[...] = rng.permutation(window.reshape(pool * pool, -1)).reshape(window.shape)
    return shuffled


def plot_shrinking(feature_map: ArrayLike, times: int = 4) -> Figure:
    """Draw a feature map pooled 0 to `times` times, always at the same width."""
    maps = [np.asarray(feature_map)]
    for _ in range(times):
        maps.append(max_pool2d(maps[-1]))
    extent = (0, maps[0].shape[1], maps[0].shape[0], 0)
    figure = new_figure(10, 1.7)
    panels = figure.subplots(1, times + 1)
    for count, (axes, pooled) in enumerate(zip(panels, maps, strict=True)):
        axes.imshow(pooled, cmap=PICTURE, extent=extent)
        axes.set_title(f"pooled {count}×" if count else "edges in a photo", fontsize=10)
        axes.set_xlabel(f"{pooled.shape[0]}×{pooled.shape[1]}")
        without_ticks(axes)
    return figure


def plot_pooling_step(
    grid: ArrayLike, pool: int = 2, stride: int = 2, step: int = 1, operation: str = "max"
) -> Figure:
    """Draw window number `step` on a grid of numbers, what is computed, and the output so far.

    Parameters
    ----------
    grid : (H, W) array
    pool, stride : int
        Side of the window and how far it moves.
    step : int
        Which window, counted from 1, row by row; a larger number shows the last.
    operation : {"max", "average"}
    """
    grid = np.asarray(grid)
    reduce, pool_function = OPERATIONS[operation]
    result = pool_function(grid, pool, stride)
    rows, columns = result.shape
    step = min(step, rows * columns)
    row, column = divmod(step - 1, columns)
    top, left = row * stride, column * stride
    window = grid[top : top + pool, left : left + pool]
    so_far = np.where(np.arange(result.size).reshape(result.shape) < step, result, np.nan)

    figure = new_figure(9, 3.3)
    before, middle, after = figure.subplots(1, 3, width_ratios=(4, 2, 4))
    unused = ~_covered(grid.shape, pool, stride)
    number_grid(
        before, grid, Window(top, left, pool, pool), title=f"input {_size(grid)}", muted=unused
    )
    number_grid(after, so_far, Window(row, column), fmt="{:.3g}", title=f"output {_size(result)}")
    # The same scale as the input, so that one sees how much smaller the output is.
    high, wide = (np.array(grid.shape) - result.shape) / 2 + 0.1
    after.set(xlim=(-wide, columns + wide), ylim=(rows + high, -high))
    middle.set_axis_off()
    numbers = "\n".join("  ".join(f"{value:g}" for value in line) for line in window)
    middle.text(0.5, 0.8, f"{operation} of", ha="center", fontsize=12)
    middle.text(0.5, 0.6, numbers, ha="center", va="center", fontsize=12, family="monospace")
    middle.text(0.5, 0.36, f"= {reduce(window):.3g}", ha="center", fontsize=16, weight="bold")
    middle.text(0.5, 0.2, f"window {step} of {rows * columns}", ha="center", color=GREY)
    return figure


def explore_pooling(grid: ArrayLike) -> None:
    """Show `plot_pooling_step` with controls for operation, window, stride and position."""
    grid = np.asarray(grid)

    def show(operation: str, pool: int, stride: int, step: int) -> Figure:
        """A pooling window on a grid of numbers, what it gives, and the output so far."""
        return plot_pooling_step(grid, pool, stride, step, operation)

    most = conv_output_length(grid.shape[0], 2) * conv_output_length(grid.shape[1], 2)
    interactive_figure(
        show,
        operation=choice(OPERATIONS.keys()),
        pool=slider(2, 3, label="pool size"),
        stride=slider(1, 3, value=2),
        step=slider(1, most, value=5, label="window number"),
    )


def plot_quadrants(grid: ArrayLike, operations: tuple[str, ...] = (), pool: int = 2) -> Figure:
    """Draw the windows of a grid in colours, and what each operation leaves of them.

    Without `operations` the output is drawn empty: a form to fill in.
    """
    grid = np.asarray(grid)
    empty = np.full(max_pool2d(grid, pool).shape, np.nan)
    results = {f"{name} pooling": OPERATIONS[name][1](grid, pool) for name in operations}
    cells = [Window(row, column) for row, column in np.ndindex(empty.shape)]
    windows = [Window(cell.row * pool, cell.col * pool, pool, pool) for cell in cells]
    grids = {f"input {_size(grid)}": grid, **(results or {"your answer": empty})}
    return plot_number_grids(
        grids, highlight={title: cells if title[:5] != "input" else windows for title in grids}
    )


def plot_pooled_maps(maps: ArrayLike, names: tuple[str, ...], times: int = 2) -> Figure:
    """Draw feature maps (H, W, C) in columns, and below them the maps pooled 1 to `times` times."""
    stages = [np.asarray(maps)]
    for _ in range(times):
        stages.append(max_pool2d(stages[-1]))
    channels = stages[0].shape[2]
    figure = new_figure(1.9 * channels, 1.9 * (times + 1))
    panels = figure.subplots(times + 1, channels)
    for count, (line, stage) in enumerate(zip(panels, stages, strict=True)):
        for axes, channel in zip(line, range(channels), strict=True):
            axes.imshow(stage[:, :, channel], cmap=PICTURE, vmin=0, vmax=stages[0].max())
            without_ticks(axes)
            if not count:
                axes.set_title(names[channel], fontsize=10)
        label = f"pooled {count}×" if count else "before"
        line[0].set_ylabel(f"{label}\n{stage.shape[0]}×{stage.shape[1]}")
    return figure


def _size(array: np.ndarray) -> str:
    return f"{array.shape[0]}×{array.shape[1]}"


def _covered(shape: tuple[int, int], pool: int, stride: int) -> np.ndarray:
    """Return which pixels lie in some window."""
    covered = np.zeros(shape, bool)
    rows, columns = (conv_output_length(side, pool, stride) for side in shape)
    for i, j in product(range(rows), range(columns)):
        covered[i * stride : i * stride + pool, j * stride : j * stride + pool] = True
    return covered
