"""Windows, padding rings and strides: figures and explorations of notebook 02.

``plot_*`` draw one state and return the figure; ``explore_*`` put sliders on it.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.arithmetic import conv_output_length, explain_conv_output, same_padding
from course_utils.arithmetic.arguments import whole_number
from course_utils.explore import choice, interactive_figure, slider, step_through
from course_utils.plots.style import BLUE, GREY, LIGHT_GREY, ORANGE, WIDTH, new_figure

# Light versions of the course's blue and green: dots and digits stay readable on them.
PIXEL, OUTPUT = "#d7e9f5", "#9fd8c3"


def window_starts(size: int, kernel: int, stride: int = 1, rings: int = 0) -> list[int]:
    """Return the first pixel of every window along one axis; the zeros come before pixel 0.

    Empty when the kernel is wider than the padded axis.

    Examples
    --------
    >>> window_starts(5, 3, stride=2)
    [0, 2]
    >>> window_starts(5, 3, rings=1)
    [-1, 0, 1, 2, 3]
    """
    size, kernel = whole_number("size", size), whole_number("kernel", kernel)
    stride, rings = whole_number("stride", stride), whole_number("rings", rings, minimum=0)
    return list(range(-rings, size + rings - kernel + 1, stride))


def use_counts(size: int, kernel: int, stride: int = 1, rings: int = 0) -> np.ndarray:
    """Return how many windows contain each pixel of a `size` × `size` image.

    Examples
    --------
    >>> use_counts(4, 3)
    array([[1, 2, 2, 1],
           [2, 4, 4, 2],
           [2, 4, 4, 2],
           [1, 2, 2, 1]])
    """
    starts = window_starts(size, kernel, stride, rings)
    along = np.array([sum(s <= pixel < s + kernel for s in starts) for pixel in range(size)])
    return np.outer(along, along)


def plot_cases(cases: dict[str, dict[str, int]]) -> Figure:
    """Draw several settings side by side, on one scale.

    Parameters
    ----------
    cases : dict
        Title to the arguments of `plot_windows`: size, kernel, stride, rings.
    """
    figure = new_figure()
    panels = figure.subplots(1, len(cases), squeeze=False)[0]
    for axes, (title, settings) in zip(panels, cases.items(), strict=True):
        outputs = _draw_windows(axes, **settings, mark=8 / len(cases))
        size = settings["size"]
        axes.set_title(f"{title}\n{size}×{size} → {outputs}×{outputs}")
    # Panels as large as what they hold: then a pixel has the same size in all of them.
    widths = [np.ptp(axes.get_xlim()) for axes in panels]
    panels[0].get_gridspec().set_width_ratios(widths)
    bottom, top = np.transpose([axes.get_ylim() for axes in panels])
    figure.set_figheight(0.7 + WIDTH / sum(widths) * (bottom.max() - top.min()))
    for axes in panels:
        axes.set_ylim(bottom.max(), top.min())
    return figure


def plot_window_positions(size: int = 5, kernel: int = 3) -> Figure:
    """Draw every position of a window, each where its number stands in the output."""
    starts = window_starts(size, kernel)
    side = len(starts)
    figure = new_figure(1.5 * side, 1.5 * side)
    panels = figure.subplots(side, side, squeeze=False)
    for (row, top), (column, left) in product(enumerate(starts), enumerate(starts)):
        axes = panels[row, column]
        _draw_cells(axes, (0, 0), (size, size), PIXEL)
        _draw_window(axes, top, left, kernel, ORANGE)
        _frame(axes, (-0.2, size + 0.2), (size + 0.2, -0.2))
        axes.set_title(f"output [{row}, {column}]", fontsize=8, pad=2)
    return figure


def plot_window_uses(window: int = 9, size: int = 5, kernel: int = 3) -> Figure:
    """Draw the first `window` positions: the window, the output so far, the uses of each pixel.

    Raises
    ------
    ValueError
        If there is no such window.
    """
    starts = window_starts(size, kernel)
    side = len(starts)
    if not 1 <= window <= side**2:
        raise ValueError(f"window must be 1 to {side**2}, got {window}")
    counts = np.zeros((size, size), int)
    for top, left in list(product(starts, starts))[:window]:
        counts[top : top + kernel, left : left + kernel] += 1
    row, column = divmod(window - 1, side)
    figure = new_figure(height=3.3)
    image, output, uses = figure.subplots(1, 3)
    _draw_cells(image, (0, 0), (size, size), PIXEL)
    _draw_window(image, starts[row], starts[column], kernel, ORANGE)
    image.set_title(f"window {window} of {side**2}")
    _draw_cells(output, (0, 0), (side, side), "white")
    for done in range(window):
        at = divmod(done, side)
        output.add_patch(Rectangle((at[1], at[0]), 1, 1, facecolor=OUTPUT, edgecolor=GREY))
    _draw_window(output, row, column, 1, ORANGE)
    output.set_title(f"output: {window} of {side**2} numbers")
    _draw_counts(uses, counts, side**2)
    uses.set_title("how often each pixel was used")
    for axes, margin in ((image, 0), (output, (size - side) / 2), (uses, 0)):
        limits = (-0.2 - margin, size - margin + 0.2)
        _frame(axes, limits, limits[::-1])
    return figure


def plot_windows(size: int = 5, kernel: int = 3, stride: int = 1, rings: int = 0) -> Figure:
    """Draw the windows on a `size` × `size` image with `rings` of zeros, and the output's size."""
    figure = new_figure()
    axes = figure.subplots()
    outputs = _draw_windows(axes, size, kernel, stride, rings)
    if outputs:
        axes.set_title(f"{size}×{size} → {outputs}×{outputs}")
    else:
        axes.set_title(f"No window fits: {kernel} pixels are more than {size + 2 * rings}")
    return figure


def plot_output_length(
    n: int = 12, kernel: int = 3, stride: int = 1, padding: str = "valid", dilation: int = 1
) -> Figure:
    """Draw the windows along one axis of `n` pixels, one bar for each number of the output.

    The title is the formula with these numbers, or says why there is no output. The first
    window that sticks out at the end is drawn dashed.
    """
    effective = kernel + (kernel - 1) * (dilation - 1)
    before, after = same_padding(n, effective, stride) if padding == "same" else (0, 0)
    try:
        outputs = conv_output_length(n, kernel, stride, padding, dilation)
        title = explain_conv_output(n, kernel, stride, padding, dilation)
    except ValueError as problem:
        outputs, title = 0, f"No output: {problem}"
    figure = new_figure(height=4.2)
    axes = figure.subplots()
    _draw_zeros(axes, (-before, 0), (1, before + n + after))
    _draw_cells(axes, (0, 0), (1, n), PIXEL)
    axes.vlines(np.arange(-before, n + after + 1), 1, 11.6, color=LIGHT_GREY, lw=0.7, zorder=0)
    heights = 1.6 + 10 / max(outputs + 1, 10) * (np.arange(outputs + 1) + 0.5)
    for index, y in enumerate(heights):
        taps = index * stride - before + np.arange(kernel) * dilation + 0.5
        _draw_bar(axes, taps, y, fits=index < outputs)
    right = max(n + after, outputs * stride - before + effective) + 1.5
    axes.plot(np.full(outputs, right), heights[:outputs], "s", color=OUTPUT, ms=10, mec=GREY)
    axes.text(-before - 0.4, 0.5, f"input: {n}", ha="right", va="center")
    axes.text(right, 0.5, f"output: {outputs}", ha="center", va="center")
    axes.set(xlim=(-before - 3.2, max(right + 1.6, 15)), ylim=(11.8, -0.3), title=title)
    axes.set_axis_off()
    return figure


def explore_window_uses() -> None:
    """Play the nine positions of a 3×3 window on a 5×5 image."""
    step_through(plot_window_uses, 9, key_steps=(5, 9))


def explore_padding() -> None:
    """Show `plot_windows` with sliders for image, kernel and rings of zeros; the stride is 1."""

    def draw(size: int, kernel: int, rings: int) -> Figure:
        """A window on an image with rings of zeros around it, and the size of the output."""
        return plot_windows(size, kernel, rings=rings)

    interactive_figure(
        draw,
        size=slider(3, 9, value=6, label="image side"),
        kernel=slider(1, 7, value=5, label="kernel side"),
        rings=slider(0, 4, value=1, label="rings of zeros"),
    )


def explore_strides() -> None:
    """Show `plot_windows` with sliders for image, kernel and stride, without padding."""

    def draw(size: int, kernel: int, stride: int) -> Figure:
        """The first two windows on an image, the centres of all, and the size of the output."""
        return plot_windows(size, kernel, stride)

    interactive_figure(
        draw,
        size=slider(4, 12, value=8, label="image side"),
        kernel=slider(1, 5, value=3, label="kernel side"),
        stride=slider(1, 5, value=2),
    )


def explore_output_length() -> None:
    """Show `plot_output_length` with a control for each of its numbers."""
    interactive_figure(
        plot_output_length,
        n=slider(3, 16, value=12, label="input n"),
        kernel=slider(1, 7, value=3, label="kernel k"),
        stride=slider(1, 5, value=2, label="stride s"),
        padding=choice(["valid", "same"]),
        dilation=slider(1, 3, value=1, label="dilation d"),
    )


def _draw_windows(
    axes: Axes, size: int, kernel: int, stride: int = 1, rings: int = 0, mark: float = 4
) -> int:
    """Draw image, zeros, first two windows, all centres (`mark` points wide), and the output."""
    starts = window_starts(size, kernel, stride, rings)
    padded, outputs = size + 2 * rings, len(starts)
    _draw_zeros(axes, (-rings, -rings), (padded, padded), fontsize=2 * mark)
    _draw_cells(axes, (0, 0), (size, size), PIXEL)
    if outputs:
        for row, column in np.argwhere(use_counts(padded, kernel, stride) == 0):
            corner = (column - rings, row - rings)
            axes.add_patch(Rectangle(corner, 1, 1, fc="#ffffff99", ec=GREY, hatch="xxx"))
    if outputs > 1:
        _draw_window(axes, starts[0], starts[1], kernel, BLUE, style="--")
    _draw_window(axes, -rings, -rings, kernel, ORANGE)
    centres = np.array(starts) + kernel / 2
    axes.plot(*np.meshgrid(centres, centres), "o", color=GREY, ms=mark)
    left, top = max(size + rings, kernel - rings) + 2, (size - outputs) / 2
    arrow = {"arrowstyle": "-|>", "color": GREY}
    ends = {"xytext": (left - 1.6, size / 2), "xy": (left - 0.4, size / 2)}
    axes.annotate("", **ends, arrowprops=arrow)
    _draw_cells(axes, (left, top), (outputs, outputs), OUTPUT)
    over = max(rings, (outputs - size) / 2, kernel - size - rings) + 0.3
    _frame(axes, (-rings - 0.3, left + max(outputs, 1) + 0.3), (size + over, -over))
    return outputs


def _draw_cells(axes: Axes, corner, shape: tuple[int, int], colour: str, **style) -> None:
    for row, column in np.ndindex(*shape):
        at = (corner[0] + column, corner[1] + row)
        axes.add_patch(Rectangle(at, 1, 1, facecolor=colour, edgecolor=GREY, lw=0.8, **style))


def _draw_zeros(axes: Axes, corner, shape: tuple[int, int], fontsize: float = 8) -> None:
    _draw_cells(axes, corner, shape, "white", linestyle=":", zorder=0.8)
    for row, column in np.ndindex(*shape):
        x, y = corner[0] + column + 0.5, corner[1] + row + 0.5
        # Below the patches: the image's own cells cover their zeros.
        axes.text(x, y, "0", ha="center", va="center", color=GREY, fontsize=fontsize, zorder=0.9)


def _draw_window(axes: Axes, top, left, kernel: int, colour: str, style: str = "-") -> None:
    box = {"facecolor": colour + "40", "edgecolor": colour, "linestyle": style, "lw": 2.5}
    axes.add_patch(Rectangle((left, top), kernel, kernel, **box))


def _draw_bar(axes: Axes, taps: np.ndarray, y: float, fits: bool) -> None:
    style = {"color": ORANGE, "mec": GREY} if fits else {"color": BLUE, "mfc": "white", "ls": "--"}
    axes.plot([taps[0] - 0.4, taps[-1] + 0.4], [y, y], **style)
    axes.plot(taps, np.full(len(taps), y), "s", **{**style, "ls": ""}, ms=8)


def _draw_counts(axes: Axes, counts: np.ndarray, largest: int) -> None:
    rows, columns = counts.shape
    axes.imshow(counts, cmap="cividis", vmin=0, vmax=largest, extent=(0, columns, rows, 0))
    for (row, column), count in np.ndenumerate(counts):
        colour = "black" if count > largest / 2 else "white"
        axes.text(column + 0.5, row + 0.5, count, ha="center", va="center", color=colour)


def _frame(axes: Axes, xlim: tuple[float, float], ylim: tuple[float, float]) -> None:
    axes.set(xlim=xlim, ylim=ylim, aspect="equal")
    axes.set_axis_off()
