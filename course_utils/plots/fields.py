"""Receptive fields, drawn on the input."""

from __future__ import annotations

from collections.abc import Iterable

from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from course_utils.arithmetic import receptive_field_trace
from course_utils.plots.style import LIGHT_GREY, PALETTE, new_figure


def plot_receptive_field(layers: Iterable[tuple[int, int, int]], size: int) -> Figure:
    """Draw size × size input pixels and, in the middle, the window one output of each layer sees.

    The windows lie inside each other, the last layer's outermost; a list beside the drawing
    gives their sizes. A window that is larger than the input is cut at its border.

    Parameters
    ----------
    layers : iterable of (kernel, stride, dilation)
        From the input upwards, at least one.
    size : int
        Height and width of the input.

    Raises
    ------
    ValueError
        If there are no layers, a layer is not possible or `size` is below 1.
    """
    layers = list(layers)
    fields = [field for field, _ in receptive_field_trace(layers)]
    if not fields or size < 1:
        raise ValueError(f"need at least one layer and one pixel, got {layers} and size {size}")
    figure = new_figure(8.2, max(3.8, 0.24 * len(fields) + 0.8))
    ax, beside = figure.subplots(1, 2, width_ratios=(1, 1.1))
    for line in range(size + 1):
        width = 0.6 if size <= 40 or line % 10 == 0 else 0
        ax.plot([0, size], [line, line], color=LIGHT_GREY, linewidth=width, zorder=1)
        ax.plot([line, line], [0, size], color=LIGHT_GREY, linewidth=width, zorder=1)
    for index, ((kernel, stride, dilation), field) in enumerate(zip(layers, fields, strict=True)):
        colour = PALETTE[index % len(PALETTE)]
        seen = min(field, size)
        start = (size - seen) // 2
        box = {"xy": (start, start), "width": seen, "height": seen}
        # Later, larger windows below earlier ones.
        order = 2 + (len(fields) - index) / len(fields)
        ax.add_patch(Rectangle(**box, facecolor="white", linewidth=0, zorder=order))
        ax.add_patch(Rectangle(**box, facecolor=colour, alpha=0.25, linewidth=0, zorder=order))
        ax.add_patch(Rectangle(**box, fill=False, edgecolor=colour, linewidth=2, zorder=4))
        name = f"{index + 1}. {kernel}×{kernel}"
        name += f", stride {stride}" if stride > 1 else ""
        name += f", dilation {dilation}" if dilation > 1 else ""
        share = f"all {size}×{size}" if field >= size else f"{100 * field**2 / size**2:.2g} %"
        label = f"{name}: sees {field}×{field} pixels ({share})"
        y = 1 - (index + 0.5) / max(len(fields), 8)
        beside.text(0.07, y, label, va="center", transform=beside.transAxes, size=10)
        beside.plot(0.03, y, "s", color=colour, markersize=9, transform=beside.transAxes)
    ax.set(xlim=(-0.3, size + 0.3), ylim=(size + 0.3, -0.3), aspect="equal")
    ax.set(title=f"input, {size}×{size} pixels")
    beside.set_title("what one output of each layer sees", loc="left")
    ax.set_axis_off()
    beside.set_axis_off()
    return figure
