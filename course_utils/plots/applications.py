"""Pretrained networks: what their parameters buy."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from matplotlib.figure import Figure

from course_utils.datasets.applications import Application
from course_utils.plots.style import BLUE, GREY, VERMILION, WIDTH, new_figure

# Where a label stands beside its point, in points (1/72 inch): right unless it would be covered.
_PLACES = {
    "VGG16": (-6, -13, "right"),
    "VGG19": (6, 3, "left"),
    "ResNet50": (-5, -12, "center"),
    "ResNet101": (0, -14, "center"),
    "ResNet152": (6, -9, "left"),
    "ResNet50V2": (-6, -4, "right"),
    "ResNet101V2": (6, 0, "left"),
    "ResNet152V2": (6, -2, "left"),
    "ResNeXt50": (6, -8, "left"),
    "ResNeXt101": (-6, 4, "right"),
    "InceptionV3": (-6, -1, "right"),
    "DenseNet169": (-6, 3, "right"),
    "DenseNet201": (-6, -4, "right"),
    "Xception": (-6, 3, "right"),
    "MobileNet": (6, -8, "left"),
    "MobileNetV2": (-6, 5, "center"),
}


def plot_params_vs_accuracy(table: Iterable[Application], highlight: Sequence[str] = ()) -> Figure:
    """Draw top-1 accuracy over the number of parameters (logarithmic), one labelled point a row.

    Parameters
    ----------
    table : list of Application
        ``datasets.applications.applications_table()`` or some of its rows.
    highlight : sequence of str
        Models drawn larger and in another colour and shape.

    Raises
    ------
    ValueError
        If a name in `highlight` is in no row.
    """
    rows = list(table)
    unknown = set(highlight) - {row.model for row in rows}
    if unknown:
        raise ValueError(f"no row of the table is named {', '.join(sorted(unknown))}")
    figure = new_figure(WIDTH, 5.2)
    ax = figure.add_subplot()
    for row in rows:
        marked = row.model in highlight
        colour, marker, size = (VERMILION, "D", 70) if marked else (BLUE, "o", 32)
        ax.scatter(row.params, row.top1, c=colour, marker=marker, s=size, zorder=3)
        right, up, side = _PLACES.get(row.model, (6, 3, "left"))
        ax.annotate(
            row.model,
            (row.params, row.top1),
            (right, up),
            textcoords="offset points",
            ha=side,
            fontsize=9,
            weight="bold" if marked else "normal",
        )
    ax.set_xscale("log")
    ticks = [3e6, 5e6, 1e7, 2e7, 5e7, 1e8]
    ax.set_xticks(ticks, [f"{tick / 1e6:g} M" for tick in ticks])
    ax.minorticks_off()
    ax.set_xlim(2.4e6, 2.3e8)
    ax.set_xlabel("parameters (logarithmic)")
    ax.set_ylabel("ImageNet top-1 accuracy")
    ax.grid(color=GREY, alpha=0.2)
    return figure
