"""One DenseNet, seen three ways; figures of notebook 10.

``plot_two_views``      how Keras connects a dense block, and how we understand it
``plot_layer_strip``    all layers of a model in computing order, as ``plot_model`` lists them
``plot_physical_view``  the stages of a DenseNet: channels over depth, sizes of the maps;
                        ``explore_physical_view`` for other networks
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon, Rectangle

from course_utils.architectures.densenet import LAYERS, Stage, classifier_params, densenet_stages
from course_utils.arithmetic.graph import layer_calls
from course_utils.explore.controls import choice, slider
from course_utils.explore.dense_networks import INPUT_COLOUR, layer_colour
from course_utils.explore.widget import interactive_figure
from course_utils.plots.style import (
    BLACK,
    BLUE,
    GREY,
    LIGHT_GREY,
    ORANGE,
    PINK,
    SKY,
    VERMILION,
    WIDTH,
    new_figure,
)

if TYPE_CHECKING:
    import keras

# What a layer does, by words in its class name; the first that fits counts.
_KINDS = {
    "convolutions": (BLUE, ("Conv",)),
    "concatenations": (PINK, ("Concatenate",)),
    "poolings": (ORANGE, ("Pool",)),
    "dense layer": (BLACK, ("Dense",)),
    "batch normalisations": (SKY, ("BatchNorm",)),
    "ReLUs": (LIGHT_GREY, ("ReLU", "Activation")),
    "others": ("white", ("",)),
}
_PER_COLUMN = 48
_STEM, _BLOCK, _TRANSITION = 0.8, 1.55, 0.6
_TALL, _FLOOR = 2.2, -0.9


def plot_two_views(n_layers: int = 3) -> Figure:
    """Draw one dense block twice: as Keras' chain of concatenations, and with all connections."""
    figure = new_figure(WIDTH, 3.3)
    chain, dense = figure.subplots(2, 1, height_ratios=(1.3, 1.8))
    _draw_chain(chain, n_layers)
    _draw_all(dense, n_layers)
    chain.set_title("as Keras connects it: a chain of concatenations", fontsize=10, loc="left")
    dense.set_title("as we understand it: every layer reads all before it", fontsize=10, loc="left")
    for ax in (chain, dense):
        ax.set(xlim=(-0.7, 2 * n_layers + 0.9), xticks=[], yticks=[], frame_on=False)
    return figure


def plot_layer_strip(model: keras.Model) -> Figure:
    """Draw every layer of a model as a small box, in computing order, column by column.

    The colour says what the layer does; concatenations also stick out to the left.
    """
    kinds = [_kind(type(call.operation).__name__) for call in layer_calls(model)]
    n_columns = -(-len(kinds) // _PER_COLUMN)
    figure = new_figure(WIDTH, 4.6)
    ax = figure.subplots()
    for index, kind in enumerate(kinds):
        column, row = divmod(index, _PER_COLUMN)
        left = column - (0.12 if kind == "concatenations" else 0)
        look = {"fc": _KINDS[kind][0], "ec": GREY, "lw": 0.4}
        ax.add_patch(Rectangle((left, row), column + 0.6 - left, 0.9, **look))
    for column in range(n_columns):
        first = column * _PER_COLUMN
        last = min(first + _PER_COLUMN, len(kinds))
        ax.text(column + 0.3, -0.6, f"{first + 1} to {last}", ha="center", fontsize=8.5)
    used = [kind for kind in _KINDS if kind in kinds]
    boxes = [Rectangle((0, 0), 1, 1, fc=_KINDS[kind][0], ec=GREY) for kind in used]
    names = [f"{kinds.count(kind)} {kind}" for kind in used]
    figure.legend(boxes, names, loc="outside lower center", ncols=4)
    ax.set(xlim=(-0.2, n_columns - 0.3), ylim=(_PER_COLUMN + 0.2, -2))
    ax.set_axis_off()
    return figure


def plot_physical_view(stages: Sequence[Stage], classes: int = 1000) -> Figure:
    """Draw stem, dense blocks, transitions and classifier from left to right.

    The height is the number of channels: each layer of a block is a step up, each transition a
    fall. Squares show the size of the maps, numbers above the channels that leave a stage.

    Parameters
    ----------
    stages : list of Stage
        As of ``architectures.densenet.densenet_stages``.
    classes : int
    """
    most = max(stage.shape[2] for stage in stages)
    figure = new_figure(WIDTH, 4.4)
    ax = figure.subplots()
    x, before = 0.3, 0.0
    largest = max(stage.shape[0] for stage in stages)
    for stage in stages:
        width = _width(stage)
        high = _TALL * stage.shape[2] / most
        if stage.name.startswith("block"):
            _draw_steps(ax, x, width, before, high, stage.n_layers)
        else:
            colour = ORANGE if stage.name.startswith("transition") else LIGHT_GREY
            corners = [(x, 0), (x, before or high), (x + width, high), (x + width, 0)]
            ax.add_patch(Polygon(corners, fc=colour, ec=GREY, lw=0.8))
        _write_stage(ax, x + width / 2, stage)
        if not stage.name.startswith("transition"):
            # The stem is flat; a block has its number of channels at its end only.
            place = x + (width / 2 if stage.name == "stem" else width)
            ax.text(place, high + 0.06, stage.shape[2], ha="center", va="bottom", fontsize=9)
            _draw_map(ax, x + width / 2, stage.shape[0], largest)
        x, before = x + width, high
    channels = stages[-1].shape[2]
    _draw_classifier(ax, x, before, classes)
    total = sum(stage.params for stage in stages) + classifier_params(channels, classes)
    ax.set_title(f"{total:,} weights; the height is the number of channels", fontsize=10)
    ax.set(xlim=(0, x + 1.85), ylim=(_FLOOR - 1.15, _TALL + 0.3), aspect="equal")
    ax.set_axis_off()
    return figure


def explore_physical_view() -> None:
    """Show `plot_physical_view` with controls for the network, k and the side of the image."""

    def show(blocks: tuple[int, ...], growth_rate: int, side: int) -> Figure:
        """Stages of a DenseNet: channels over depth, and the sizes of the maps."""
        return plot_physical_view(densenet_stages(blocks, growth_rate, (side, side, 3)))

    interactive_figure(
        show,
        blocks=choice(LAYERS, label="network"),
        growth_rate=choice({str(n): n for n in (12, 24, 32, 48)}, value="32", label="k"),
        side=slider(96, 448, value=224, step=32, label="side of the image"),
    )


def _draw_chain(ax: Axes, n_layers: int) -> None:
    for layer in range(1, n_layers + 1):
        x = 2 * layer - 1
        # From the concatenation before (or the input) to the layer, and past it.
        look = {"arrowstyle": "-|>", "mutation_scale": 9, "color": GREY, "lw": 1.3}
        ax.add_patch(FancyArrowPatch((x - 0.55, 0), (x - 0.42, 0), **look))
        ax.add_patch(FancyArrowPatch((x + 0.4, 0), (x + 0.55, 0), **look))
        ends = (x - 0.85, 0.3), (x + 0.85, 0.3)
        arc = {**look, "connectionstyle": "arc3,rad=-0.32", "shrinkA": 0, "shrinkB": 0}
        ax.add_patch(FancyArrowPatch(*ends, **arc))
        _layer_box(ax, x, layer)
        _box(ax, x + 1, 0.9, f"concat {layer}", PINK, face="#f5e3ee")
    _box(ax, 0, 0.9, "input", INPUT_COLOUR)
    ax.set_ylim(-0.4, 0.9)


def _draw_all(ax: Axes, n_layers: int) -> None:
    # As broad as the chain above it.
    pitch, out = 2 * n_layers / (n_layers + 1), 2 * n_layers
    places = [pitch * layer for layer in range(n_layers + 1)]
    for source, start in enumerate(places):
        for end in [*places[source + 1 :], out]:
            near = end - start < 1.5 * pitch
            edge, height, bend = (0.44, 0, 0) if near else (0.12, 0.3, -0.2)
            look = {"arrowstyle": "-|>", "mutation_scale": 9, "lw": 1.3, "shrinkA": 0, "shrinkB": 0}
            look |= {"color": layer_colour(source), "connectionstyle": f"arc3,rad={bend}"}
            ends = (start + edge, height), (end - edge, height)
            line = (0, (3, 2)) if source == 0 else "-"
            ax.add_patch(FancyArrowPatch(*ends, linestyle=line, **look))
    _box(ax, 0, 0.9, "input", INPUT_COLOUR)
    for layer in range(1, n_layers + 1):
        _layer_box(ax, places[layer], layer)
    _box(ax, out, 0.9, "next stage", GREY)
    ax.set_ylim(-0.4, 1.4)


def _layer_box(ax: Axes, x: float, layer: int) -> None:
    _box(ax, x, 0.8, f"layer {layer}", layer_colour(layer))


def _box(ax: Axes, x: float, width: float, text: str, colour: str, face: str = "white") -> None:
    look = {"boxstyle": "round,pad=0,rounding_size=0.08", "fc": face, "ec": colour, "lw": 1.6}
    ax.add_patch(FancyBboxPatch((x - width / 2, -0.28), width, 0.56, **look, zorder=3))
    ax.text(x, 0, text, ha="center", va="center", fontsize=9, zorder=4)


def _kind(class_name: str) -> str:
    return next(
        kind for kind, (_, words) in _KINDS.items() if any(word in class_name for word in words)
    )


def _width(stage: Stage) -> float:
    if stage.name.startswith("block"):
        return _BLOCK
    return _TRANSITION if stage.name.startswith("transition") else _STEM


def _draw_steps(ax: Axes, x: float, width: float, low: float, high: float, n: int) -> None:
    """Draw a block: the channels it got, grey, and one more column of colour for each layer."""
    step, rise = width / n, (high - low) / n
    for layer in range(n):
        left = x + layer * step
        ax.add_patch(Rectangle((left, 0), step, low, fc=INPUT_COLOUR, lw=0))
        colour = {"fc": BLUE, "ec": "white", "lw": 0.3}
        ax.add_patch(Rectangle((left, low), step, (layer + 1) * rise, **colour))


def _write_stage(ax: Axes, x: float, stage: Stage) -> None:
    name = stage.name
    if name.startswith("transition"):
        ax.text(x, -0.1, f"T{name.split()[1]}", ha="center", va="top", fontsize=9, weight="bold")
        ax.text(x, -0.38, f"to {stage.shape[2]}", ha="center", va="top", fontsize=9)
        return
    lines = [f"{stage.n_layers} layers"] if name.startswith("block") else ["7×7 /2", "pool /2"]
    ax.text(x, -0.1, name, ha="center", va="top", fontsize=9, weight="bold")
    ax.text(x, -0.38, "\n".join(lines), ha="center", va="top", fontsize=9)


def _draw_map(ax: Axes, x: float, side: int, largest: int) -> None:
    size = 0.75 * side / largest
    corner = (x - size / 2, _FLOOR - 0.4 - size / 2)
    ax.add_patch(Rectangle(corner, size, size, fc="white", ec=VERMILION, lw=1.5))
    ax.text(x, _FLOOR - 0.85, f"{side}×{side}", ha="center", va="top", fontsize=9)


def _draw_classifier(ax: Axes, x: float, high: float, classes: int) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 11, "color": GREY}
    ax.add_patch(FancyArrowPatch((x + 0.02, high / 2), (x + 0.4, high / 2), **look))
    middle = x + 1.1
    lines = ["final layers:", "BN, ReLU,", "global average,", f"dense {classes}"]
    ax.text(middle, high / 2, "\n".join(lines), ha="center", va="center", fontsize=8.5)
