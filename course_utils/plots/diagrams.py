"""A model as boxes: in a row if its layers form a chain, else from top to bottom."""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, NamedTuple

from matplotlib.axes import Axes
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Polygon
from matplotlib.path import Path

from course_utils.arithmetic.graph import layer_calls, output_shape, weight_count
from course_utils.plots.levels import place_nodes
from course_utils.plots.style import WIDTH, new_figure

if TYPE_CHECKING:
    import keras

# Face colours by what a layer does; its name is always written beside the box.
_COLOURS = {
    "learns": "#A9CCE3",
    "shrinks": "#F9D58B",
    "joins": "#E5B8D0",
    "other": "#E3E3E3",
}
_SHRINKS = ("Pooling", "Flatten", "Reshape", "Cropping")
_JOINS = ("Add", "Concatenate", "Multiply", "Average", "Maximum", "Subtract", "Dot")

# Inches. A chain: distance of the blocks, height of the highest, distance of lines of text.
_PITCH, _TALLEST, _LINE = 1.0, 1.3, 0.155
# A graph: size of a box, distance of boxes and of levels.
_BOX, _BOX_GAP, _LEVEL = (1.9, 0.5), 0.25, 0.85
_LONGEST_NAME = 16
_BOLD = {"size": 8, "weight": "bold"}


class _Layer(NamedTuple):
    name: str
    kind: str
    shape: tuple[int | None, ...]
    params: int | None
    inputs: tuple[int, ...]


def plot_model_diagram(
    model: keras.Model, to_file: str | os.PathLike[str] | None = None, show_shapes: bool = True
) -> Figure:
    """Draw a box for each layer, in order, with its name, output shape and number of weights.

    A chain of layers becomes a row of blocks, as many rows as needed: the higher a block, the
    higher the layer's output; the broader, the more channels. A model whose paths branch is
    drawn from top to bottom, with equal boxes and arrows. Layers with weights are blue, pooling
    and reshaping orange, joining layers pink, all others grey.

    Parameters
    ----------
    model : keras.Model
        Sequential, beginning with an ``Input``, or functional.
    to_file : path, optional
        Also save the picture there.
    show_shapes : bool
        Whether to write the output shapes.

    Raises
    ------
    ValueError
        If the model has no layer graph.
    TypeError
        If it is not a Keras model.
    """
    layers = _layers(model)
    is_chain = all(
        layer.inputs == ((index - 1,) if index else ()) for index, layer in enumerate(layers)
    )
    figure = (_draw_chain if is_chain else _draw_graph)(layers, show_shapes)
    if to_file is not None:
        figure.savefig(to_file)
    return figure


def _layers(model: keras.Model) -> list[_Layer]:
    calls = layer_calls(model)
    place = {id(call): index for index, call in enumerate(calls)}
    counted: set[int] = set()
    layers = []
    for call in calls:
        layer = call.operation
        params = weight_count(layer.weights)
        inputs = tuple(place[id(parent)] for parent in call.parent_nodes)
        kind = _kind(type(layer).__name__, params)
        # A layer used twice has its weights once.
        if params and id(layer) in counted:
            params = None
        counted.add(id(layer))
        layers.append(_Layer(layer.name, kind, output_shape(call), params, inputs))
    return layers


def _kind(type_name: str, params: int) -> str:
    if params:
        return "learns"
    if any(word in type_name for word in _SHRINKS):
        return "shrinks"
    return "joins" if type_name in _JOINS else "other"


def _draw_chain(layers: list[_Layer], show_shapes: bool) -> Figure:
    n_rows = -(-len(layers) // int(WIDTH / _PITCH))
    # Rows of nearly the same length.
    per_row = -(-len(layers) // n_rows)
    texts = [
        [_two_lines(layer.name), *([_shape(layer)] if show_shapes else []), _params(layer)]
        for layer in layers
    ]
    n_lines = max(len("\n".join(lines).splitlines()) for lines in texts)
    row_height = _TALLEST + 0.3 + _LINE * n_lines
    figure, ax = _inches(per_row * _PITCH, n_rows * row_height - 0.1)
    blocks = _blocks(layers)
    for index, (layer, block) in enumerate(zip(layers, blocks, strict=True)):
        row, column = divmod(index, per_row)
        x, middle = (column + 0.5) * _PITCH, row * row_height + 0.05 + _TALLEST / 2
        _draw_block(ax, x, middle, block, _COLOURS[layer.kind])
        top = row * row_height + _TALLEST + 0.12
        for number, text in enumerate(texts[index]):
            look = {"size": 7.5, "weight": "normal" if number else "bold"}
            ax.text(x, top, text, ha="center", va="top", **look)
            top += _LINE * (1 + text.count("\n"))
        if index + 1 < len(layers):
            ends_row = column + 1 == per_row
            following = 0 if ends_row else _PITCH / 2 - blocks[index + 1].width / 2
            start = x + block.width / 2 + 0.04
            _arrow(ax, [(start, middle), (x + _PITCH / 2 + following - 0.03, middle)])
    return figure


class _Block(NamedTuple):
    """How a layer's output looks, in inches: front face, and how far it goes to the back."""

    broad: float
    high: float
    deep: float

    @property
    def width(self) -> float:
        return self.broad + self.deep


def _blocks(layers: list[_Layer]) -> list[_Block]:
    shapes = [tuple(side or 1 for side in layer.shape) for layer in layers]
    maps, vectors = [s for s in shapes if len(s) == 3], [s for s in shapes if len(s) != 3]
    tallest = max((shape[0] for shape in maps), default=1)
    deepest = max((shape[2] for shape in maps), default=1)
    longest = max((math.prod(shape) for shape in vectors), default=1)
    blocks = []
    for shape in shapes:
        # Square roots: beside 512 channels one would still see three.
        if len(shape) == 3:
            high = _TALLEST * (0.08 + 0.67 * math.sqrt(shape[0] / tallest))
            blocks.append(_Block(0.05 + 0.4 * math.sqrt(shape[2] / deepest), high, 0.33 * high))
        else:
            high = _TALLEST * (0.1 + 0.9 * math.sqrt(math.prod(shape) / longest))
            blocks.append(_Block(0.12, high, 0.0))
    return blocks


def _draw_graph(layers: list[_Layer], show_shapes: bool) -> Figure:
    layout = place_nodes([layer.inputs for layer in layers])
    pitch = _BOX[0] + _BOX_GAP
    used = [*layout.columns, *(x for points in layout.lines.values() for x, _ in points)]
    # Also a line needs a margin, but a small one.
    left = min(min(layout.columns) - 0.5, min(used) - 0.1)
    right = max(max(layout.columns) + 0.5, max(used) + 0.1)
    height = (max(layout.levels) + 1) * _LEVEL - (_LEVEL - _BOX[1]) + 0.1
    figure, ax = _inches((right - left) * pitch, height)
    places = [
        ((column - left) * pitch, level * _LEVEL + 0.05)
        for column, level in zip(layout.columns, layout.levels, strict=True)
    ]
    for (start, end), points in layout.lines.items():
        corners = [(places[start][0], places[start][1] + _BOX[1])]
        for column, level in points:
            x, top = (column - left) * pitch, level * _LEVEL + 0.05
            corners += [(x, top), (x, top + _BOX[1])]
        _arrow(ax, [*corners, places[end]])
    for layer, (x, top) in zip(layers, places, strict=True):
        _draw_box(ax, x, top, _COLOURS[layer.kind])
        ax.text(x, top + 0.07, _short(layer.name, 26), ha="center", va="top", **_BOLD)
        facts = [_shape(layer)] if show_shapes else []
        text = " · ".join([*facts, _params(layer)])
        ax.text(x, top + 0.28, text, ha="center", va="top", size=8)
    return figure


def _inches(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure whose data coordinates are inches from its top left corner."""
    figure = new_figure(width, height, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.set_axis_off()
    return figure, ax


def _shape(layer: _Layer) -> str:
    return "×".join("?" if side is None else str(side) for side in layer.shape)


def _params(layer: _Layer) -> str:
    return "the same params" if layer.params is None else f"{layer.params:,} params"


def _short(name: str, longest: int) -> str:
    return name if len(name) <= longest else name[: longest - 1] + "…"


def _two_lines(name: str) -> str:
    """Break a long name after an underscore."""
    if len(name) <= _LONGEST_NAME:
        return name
    at = name.rfind("_", 0, _LONGEST_NAME) + 1 or _LONGEST_NAME
    return f"{name[:at]}\n{_short(name[at:], _LONGEST_NAME)}"


def _draw_block(ax: Axes, x: float, middle: float, block: _Block, colour: str) -> None:
    left, right = x - block.width / 2, x - block.width / 2 + block.broad
    # The back lies to the upper right.
    back = 0.5 * block.deep
    top, bottom = middle - block.high / 2 + back / 2, middle + block.high / 2 + back / 2
    away = (block.deep, -back)
    outline = {"edgecolor": "#555555", "linewidth": 0.8, "joinstyle": "round"}
    faces = [
        ([(left, top), (right, top), (right, bottom), (left, bottom)], 1.0),
        ([(left, top), (right, top), *_moved([(right, top), (left, top)], away)], 0.6),
        ([(right, top), (right, bottom), *_moved([(right, bottom), (right, top)], away)], 0.8),
    ]
    for corners, strength in faces[: 3 if block.deep else 1]:
        ax.add_patch(Polygon(corners, facecolor=_paler(colour, strength), **outline))


def _moved(points: list[tuple[float, float]], by: tuple[float, float]) -> list[tuple[float, float]]:
    return [(x + by[0], y + by[1]) for x, y in points]


def _paler(colour: str, strength: float) -> tuple[float, ...]:
    return tuple(1 - strength * (1 - part) for part in to_rgb(colour))


def _draw_box(ax: Axes, x: float, top: float, colour: str) -> None:
    look = {"facecolor": colour, "edgecolor": "#555555", "linewidth": 0.8, "zorder": 2}
    style = "round,pad=0,rounding_size=0.06"
    ax.add_patch(FancyBboxPatch((x - _BOX[0] / 2, top), *_BOX, boxstyle=style, **look))


def _arrow(ax: Axes, corners: list[tuple[float, float]]) -> None:
    look = {"arrowstyle": "-|>", "mutation_scale": 9, "color": "#555555", "linewidth": 1.0}
    ax.add_patch(FancyArrowPatch(path=Path(corners), **look, joinstyle="round", zorder=1))
