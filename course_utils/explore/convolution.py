"""A window on its way over an image: figures and a film of notebook 01.

``plot_convolution_step``  one position of the window, with all numbers
``animate_convolution``    all positions as a film
``plot_patches``           all windows of a small picture, each at its place
``plot_matrix_product``    the same windows as rows of a matrix, times the filters
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_utils.arithmetic import same_padding
from course_utils.conv_ops import conv2d, im2col
from course_utils.plots.grids import Window, number_grid
from course_utils.plots.images import draw_picture
from course_utils.plots.style import (
    AROUND_ZERO,
    ORANGE,
    PICTURE,
    WIDTH,
    new_figure,
    without_ticks,
)

_CELL = 0.4


def plot_convolution_step(
    image: ArrayLike,
    kernel: ArrayLike,
    row: int,
    col: int,
    stride: int = 1,
    padding: str = "valid",
) -> Figure:
    """Draw how one number of the output comes about: window, kernel, products, sum.

    The output shows what is known when the window has come to this position from the left and
    from above; zeros added by ``padding="same"`` are grey and dotted.

    Parameters
    ----------
    image : (H, W) array
    kernel : (kh, kw) array
    row, col : int
        The position in the output, counted from 0.
    stride : int
    padding : {"valid", "same"}

    Raises
    ------
    ValueError
        If the output has no such position, or as in ``conv2d``.
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    output = conv2d(image, kernel, stride=stride, padding=padding)
    if not (0 <= row < output.shape[0] and 0 <= col < output.shape[1]):
        raise ValueError(
            f"the output is {output.shape[0]}×{output.shape[1]}: it has no position [{row}, {col}]"
        )
    padded, added = _padded(image, kernel.shape, stride, padding)
    window = Window(row * stride, col * stride, *kernel.shape)
    patch = padded[window.row :, window.col :][: kernel.shape[0], : kernel.shape[1]]
    known = output.astype(float)
    known.reshape(-1)[row * output.shape[1] + col + 1 :] = np.nan

    title = "image" if padding == "valid" else "image and zeros around it"
    figure, axes = _grids_in_a_row([padded.shape, kernel.shape, kernel.shape, output.shape])
    number_grid(axes[0], padded, window, title=title, muted=added, cmap=PICTURE)
    number_grid(axes[1], kernel, title="kernel", cmap=AROUND_ZERO)
    number_grid(axes[2], patch * kernel, title="window · kernel", cmap=AROUND_ZERO)
    number_grid(axes[3], known, Window(row, col), title=f"output [{row}, {col}]", cmap=AROUND_ZERO)
    text = _arithmetic(patch, kernel, output[row, col])
    figure.text(0.5, 0.12 / figure.get_figheight(), text, ha="center", size=10)
    return figure


def animate_convolution(
    image: ArrayLike, kernel: ArrayLike, stride: int = 1, padding: str = "valid"
) -> None:
    """Show a film of `plot_convolution_step`: the window at all its positions, row by row.

    Readers without a running notebook see the first, the second and the last position.

    Raises
    ------
    ValueError
        As in ``conv2d``.
    """
    from course_utils.explore.steps import step_through

    rows, columns = conv2d(image, kernel, stride=stride, padding=padding).shape

    def draw(step: int) -> Figure:
        """A window moves over an image of numbers and fills the output, one sum at a time."""
        return plot_convolution_step(image, kernel, *divmod(step - 1, columns), stride, padding)

    step_through(draw, rows * columns, key_steps=(1, 2, rows * columns))


def plot_patches(picture: ArrayLike, size: int) -> Figure:
    """Draw a small picture and all its size × size windows, each where it was taken.

    Parameters
    ----------
    picture : (H, W, 3) array
        Of 0 to 1, no larger than about 16×16.
    size : int

    Raises
    ------
    ValueError
        If the window is larger than the picture.
    """
    picture = np.asarray(picture)
    patches = im2col(picture, size)
    rows, columns = picture.shape[0] - size + 1, picture.shape[1] - size + 1
    figure = new_figure(9, 4.6)
    left, right = figure.subplots(1, 2, width_ratios=(picture.shape[1], 1.7 * picture.shape[1]))
    draw_picture(left, picture)
    left.set_title(f"{_times(picture.shape)} picture")
    right.imshow(_sheet(patches.reshape(rows, columns, size, size, 3)))
    without_ticks(right)
    right.set_title(f"its {rows}×{columns} = {rows * columns} windows of {size}×{size}×3")
    # The same window in both pictures.
    row, col = rows // 2, columns // 2
    _frame(left, row, col, size)
    _frame(right, row * (size + 1) + 1, col * (size + 1) + 1, size)
    return figure


def plot_matrix_product(picture: ArrayLike, kernels: ArrayLike) -> Figure:
    """Draw a convolution as a matrix product: windows as rows, filters as columns.

    Parameters
    ----------
    picture : (H, W, 3) array
        Of 0 to 1, no larger than about 16×16.
    kernels : (size, size, 3, filters) array
        As Keras stores them; one or two filters.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    picture, kernels = np.asarray(picture), np.asarray(kernels)
    maps = conv2d(picture, kernels)
    size, filters = kernels.shape[0], kernels.shape[3]
    patches, columns = im2col(picture, size), kernels.reshape(-1, filters)
    figure = new_figure(9, 4.6)
    grid = figure.add_gridspec(filters, 4, width_ratios=(27, 7, 7, 22))
    matrices = {
        f"windows\n{_times(patches.shape)}": (patches, PICTURE, (0, 1)),
        f"filters\n{_times(columns.shape)}": (columns, AROUND_ZERO, _around_zero(kernels)),
        f"product\n{len(patches)}×{filters}": (patches @ columns, AROUND_ZERO, _around_zero(maps)),
    }
    axes = [figure.add_subplot(grid[:, place]) for place in range(3)]
    for ax, (title, (matrix, cmap, (low, high))) in zip(axes, matrices.items(), strict=True):
        ax.imshow(matrix, cmap=cmap, vmin=low, vmax=high, aspect="auto")
        ax.set_title(title)
        without_ticks(ax)
    for ax, sign in zip(axes, ("@", "=", "→"), strict=True):
        ax.annotate(sign, (1, 0.5), (10, 0), "axes fraction", "offset points", size=14, ha="center")
    low, high = _around_zero(maps)
    for number in range(filters):
        ax = figure.add_subplot(grid[number, 3])
        ax.imshow(maps[:, :, number], cmap=AROUND_ZERO, vmin=low, vmax=high)
        without_ticks(ax)
        ax.set_title(f"column {number + 1} as a\n{_times(maps.shape[:2])} feature map")
    return figure


def plot_process(picture: ArrayLike, kernels: ArrayLike) -> Figure:
    """Draw a whole layer: picture, windows, filters, and one output map for each filter.

    Parameters
    ----------
    picture : (H, W, 3) array
        Of 0 to 1, no larger than about 16×16.
    kernels : (size, size, 3, filters) array
        As Keras stores them; an even number of filters.

    Raises
    ------
    ValueError
        If the shapes do not fit.
    """
    picture, kernels = np.asarray(picture), np.asarray(kernels)
    maps = conv2d(picture, kernels)
    (rows, columns, filters), size = maps.shape, kernels.shape[0]
    row, col = rows // 2, columns // 2
    figure = new_figure(9, 3.4)
    panels = figure.subfigures(1, 5, width_ratios=(1, 0.12, 1.1, 0.28, 1.1))
    source, windows = panels[0].subplots(), panels[2].subplots()
    draw_picture(source, picture)
    _frame(source, row, col, size)
    windows.imshow(_sheet(im2col(picture, size).reshape(rows, columns, size, size, 3)))
    without_ticks(windows)
    _frame(windows, row * (size + 1) + 1, col * (size + 1) + 1, size)
    for number, ax in enumerate(panels[4].subplots(2, filters // 2).flat):
        low, high = _around_zero(maps[:, :, number])
        ax.imshow(maps[:, :, number], cmap=AROUND_ZERO, vmin=low, vmax=high)
        without_ticks(ax)
        _frame(ax, row, col, 1)
    titles = (
        f"input feature map\n{_times(picture.shape)}",
        f"{rows}×{columns} windows\nof {_times(kernels.shape[:3])}",
        f"output feature map\n{_times(maps.shape)}",
    )
    for panel, title in zip(panels[::2], titles, strict=True):
        panel.suptitle(title)
    for panel, sign in ((panels[1], "→"), (panels[3], f"times the\nsame {filters}\nfilters\n→")):
        panel.text(0.5, 0.42, sign, ha="center", va="center")
    return figure


def _padded(
    image: np.ndarray, kernel: tuple[int, ...], stride: int, padding: str
) -> tuple[np.ndarray, np.ndarray]:
    """Return the image as the window sees it, and where zeros were added."""
    rings = [(0, 0)] * 2
    if padding == "same":
        rings = [same_padding(n, k, stride) for n, k in zip(image.shape, kernel, strict=True)]
    inside = np.pad(np.ones(image.shape, bool), rings)
    return np.pad(image, rings), ~inside


def _grids_in_a_row(shapes: list[tuple[int, ...]]) -> tuple[Figure, list[Axes]]:
    """Return axes for grids with cells of one size, and the signs between them."""
    gap, top, bottom = 0.75, 0.35, 0.4
    widths, heights = [columns for _, columns in shapes], [rows for rows, _ in shapes]
    room = WIDTH - gap * (len(shapes) - 1) - 0.1
    cell = min(_CELL, room / sum(widths))
    width = cell * sum(widths) + gap * (len(shapes) - 1) + 0.1
    height = cell * max(heights) + top + bottom
    figure = new_figure(width, height)
    figure.set_layout_engine("none")
    middle, left, axes = bottom + cell * max(heights) / 2, 0.05, []
    for rows, columns, sign in zip(heights, widths, ("∗", "=", "sum →", ""), strict=True):
        place = (left, middle - cell * rows / 2, cell * columns, cell * rows)
        scale = (width, height, width, height)
        axes.append(figure.add_axes([a / b for a, b in zip(place, scale, strict=True)]))
        left += cell * columns + gap
        figure.text((left - gap / 2) / width, middle / height, sign, ha="center", va="center")
    return figure, axes


def _arithmetic(patch: np.ndarray, kernel: np.ndarray, total: float) -> str:
    def text(number: float) -> str:
        return f"({number:g})" if number < 0 else f"{number:g}"

    pairs = zip(patch.reshape(-1), kernel.reshape(-1), strict=True)
    return " + ".join(f"{text(a)}·{text(b)}" for a, b in pairs) + f"  =  {total:g}"


def _sheet(patches: np.ndarray) -> np.ndarray:
    """Return patches, (rows, columns, size, size, 3), side by side with white lines between."""
    rows, columns, size = patches.shape[:3]
    sheet = np.ones((rows * (size + 1) + 1, columns * (size + 1) + 1, 3))
    for row in range(rows):
        for col in range(columns):
            top, left = row * (size + 1) + 1, col * (size + 1) + 1
            sheet[top : top + size, left : left + size] = patches[row, col]
    return sheet


def _frame(ax: Axes, row: int, col: int, size: int) -> None:
    ax.add_patch(
        Rectangle((col - 0.5, row - 0.5), size, size, fill=False, edgecolor=ORANGE, linewidth=3)
    )


def _around_zero(values: np.ndarray) -> tuple[float, float]:
    extent = float(np.abs(values).max()) or 1.0
    return -extent, extent


def _times(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
