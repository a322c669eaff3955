"""Three networks layer by layer, as in Figure 3 of the paper on residual networks; notebook 08."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from course_utils.arithmetic import conv_macs, dense_params
from course_utils.plots.style import GREY, ORANGE, VERMILION, WIDTH, new_figure


class Stage(NamedTuple):
    """So many equal convolutions, and the height and width of their output."""

    side: int
    filters: int
    convolutions: int
    kernel: int = 3


class Network(NamedTuple):
    """Stages, then Dense layers; ``features`` numbers go into the first of these."""

    stages: Sequence[Stage]
    dense: Sequence[int]
    features: int
    shortcuts: bool = False


_STAGES_34 = (
    Stage(112, 64, 1, 7),
    Stage(56, 64, 6),
    Stage(28, 128, 8),
    Stage(14, 256, 12),
    Stage(7, 512, 6),
)
_STAGES_VGG = (
    Stage(224, 64, 2),
    Stage(112, 128, 2),
    Stage(56, 256, 4),
    Stage(28, 512, 4),
    Stage(14, 512, 4),
)
NETWORKS = {
    "VGG-19": Network(_STAGES_VGG, (4096, 4096, 1000), 7 * 7 * 512),
    "34 layers, plain": Network(_STAGES_34, (1000,), 512),
    "34 layers, residual": Network(_STAGES_34, (1000,), 512, shortcuts=True),
}
_SIDES = (224, 112, 56, 28, 14, 7)
_BOX, _HIGH = 0.155, 0.5


def network_macs(network: Network) -> int:
    """Return the multiply-accumulates for one 224×224 photograph.

    >>> f"{network_macs(NETWORKS['VGG-19']):,}"
    '19,632,062,464'
    """
    total, channels = 0, 3
    for stage in network.stages:
        if network.shortcuts and channels not in (3, stage.filters):
            total += conv_macs(stage.side, 1, channels, stage.filters)
        for _ in range(stage.convolutions):
            total += conv_macs(stage.side, stage.kernel, channels, stage.filters)
            channels = stage.filters
    sizes = [network.features, *network.dense]
    return total + sum(dense_params(*pair, use_bias=False) for pair in pairwise(sizes))


def plot_networks() -> Figure:
    """Draw a narrow box for each layer of three networks, coloured by the side of its output.

    Below each group stand height and width (112² for 112×112) and the channels of its outputs.
    """
    row = 1.5
    figure = new_figure(WIDTH, row * len(NETWORKS), layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, WIDTH), ylim=(row * len(NETWORKS), 0))
    ax.set_axis_off()
    for number, (name, network) in enumerate(NETWORKS.items()):
        ax.text(0.1, row * number + 0.22, name, weight="bold", va="center")
        macs = f"{network_macs(network) / 1e9:.2f} billion multiplications"
        ax.text(WIDTH - 0.1, row * number + 0.22, macs, ha="right", va="center")
        _draw_row(ax, network, row * number + 0.68)
    return figure


def _draw_row(ax: Axes, network: Network, top: float) -> None:
    pitch, x = 0.207, 0.15
    boxes = []
    for stage in network.stages:
        colour = _colour(stage.side)
        first = x
        for _ in range(stage.convolutions):
            box = {"fc": colour, "ec": "white", "lw": 0.5}
            ax.add_patch(Rectangle((x, top), _BOX, _HIGH, **box))
            boxes.append((x + _BOX / 2, stage.filters))
            x += pitch
        width = stage.convolutions * pitch - (pitch - _BOX)
        text = f"{stage.side}²\n{stage.filters}"
        ax.text(first + width / 2, top + _HIGH + 0.05, text, ha="center", va="top", fontsize=9)
        x += 0.1
    first = x
    for _ in network.dense:
        ax.add_patch(Rectangle((x, top), _BOX, _HIGH, fc="white", ec=GREY, hatch="////"))
        x += pitch
    middle = (first + x - (pitch - _BOX)) / 2
    ax.text(middle, top + _HIGH + 0.05, "Dense", ha="center", va="top", fontsize=9)
    if network.shortcuts:
        _draw_shortcuts(ax, boxes, top)


def _draw_shortcuts(ax: Axes, boxes: Sequence[tuple[float, int]], top: float) -> None:
    """Draw an arc over every two convolutions after the first; dotted where channels change."""
    for end in range(2, len(boxes), 2):
        (start_x, before), (end_x, after) = boxes[end - 2], boxes[end]
        changes = before != after
        look = {"color": VERMILION if changes else ORANGE, "ls": ":" if changes else "-"}
        arc = FancyArrowPatch(
            (start_x, top), (end_x, top), connectionstyle="arc3,rad=-0.55", arrowstyle="-|>",
            mutation_scale=6, lw=1.8 if changes else 1.2, shrinkA=0, shrinkB=0, **look,
        )  # fmt: skip
        ax.add_patch(arc)


def _colour(side: int) -> tuple[float, ...]:
    place = _SIDES.index(side) / (len(_SIDES) - 1)
    return colormaps["viridis"](0.95 - 0.85 * place)
