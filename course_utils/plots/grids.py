"""Small arrays as grids of numbers, with windows marked: for calculations by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from course_utils.plots.style import (
    AROUND_ZERO,
    BLUE,
    GREEN,
    GREY,
    LIGHT_GREY,
    ORANGE,
    PINK,
    SKY,
    VERMILION,
    WIDTH,
    new_figure,
)

WINDOW_COLOURS = (ORANGE, BLUE, GREEN, PINK, VERMILION, SKY)
# A cell in inches; the rest in cells.
_CELL, _GAP, _TITLE = 0.44, 1.1, 0.85


class Window(NamedTuple):
    """A rectangle of cells: its first row and column, counted from 0, and its size."""

    row: int
    col: int
    height: int = 1
    width: int = 1


def number_grid(
    ax: Axes,
    array: ArrayLike,
    highlight: Window | Iterable[Window] = (),
    fmt: str = "{:g}",
    title: str = "",
    muted: ArrayLike | None = None,
    cmap: str | None = None,
    limits: tuple[float, float] | None = None,
    indices: bool = False,
) -> None:
    """Draw a small array on `ax` as a grid of numbers; highlighted windows are framed and tinted.

    Parameters
    ----------
    ax : matplotlib Axes
    array : (rows, columns) array
        NaN leaves a cell empty: not computed yet.
    highlight : Window or several
        In this order orange, blue, green, pink, vermilion, sky blue, then again.
    fmt : str
        Format of a number.
    title : str
    muted : (rows, columns) array of bool, optional
        Cells drawn grey and dotted, such as zeros added at the border.
    cmap : str, optional
        Colour map for the cells' backgrounds; white without it. "RdBu_r" puts zero at white.
    limits : (low, high), optional
        Numbers at the ends of the colour map; by default the smallest and the largest.
    indices : bool
        Also write row and column numbers at the edges.

    Raises
    ------
    ValueError
        If `array` is not two-dimensional or a window leaves it.
    """
    array = _two_dimensional(array)
    rows, cols = array.shape
    box = ax.get_position()
    inches = ax.figure.get_size_inches() * (box.width, box.height)
    cell = min(inches[0] / (cols + 1), inches[1] / (rows + 1))
    _draw_cells(ax, array, (0, 0), _faces(array, cmap, limits), _texts(array, fmt), cell, muted)
    _draw_windows(ax, highlight, array.shape, (0, 0))
    if indices:
        for row in range(rows):
            _write(ax, -0.75, row, row, color=GREY, size=8)
        for col in range(cols):
            _write(ax, col, -0.75, col, color=GREY, size=8)
    # A little room, so that frames at the edge are not cut.
    margin = 0.85 if indices else 0.08
    ax.set(xlim=(-margin, cols + 0.08), ylim=(rows + 0.08, -margin), aspect="equal", title=title)
    ax.set_axis_off()


def plot_number_grids(
    grids: Mapping[str, ArrayLike],
    signs: Sequence[str] = (),
    highlight: Mapping[str, Window | Iterable[Window]] | None = None,
    fmt: str = "{:g}",
    cmap: Mapping[str, str] | None = None,
) -> Figure:
    """Draw small arrays in a row as grids of numbers, with cells of the same size.

    For example an image, a kernel and the output, with signs between them, and with the window
    and the output cell it gives in the same colour.

    Parameters
    ----------
    grids : dict
        Title and (rows, columns) array.
    signs : sequence of str
        What stands between neighbours: ``("*", "=")``.
    highlight, cmap : dict, optional
        For some of the titles, as in `number_grid`.
    fmt : str

    Raises
    ------
    ValueError
        As `number_grid`; or if there are more signs than gaps or a title is unknown.
    """
    arrays = {title: _two_dimensional(array) for title, array in grids.items()}
    highlight, cmap = highlight or {}, cmap or {}
    unknown = (set(highlight) | set(cmap)) - set(arrays)
    if unknown or len(signs) >= len(arrays):
        raise ValueError(f"grids are {list(arrays)}, got signs {signs} and titles {list(unknown)}")
    # In cells. Narrow grids get the room their titles need.
    widths = [max(a.shape[1], 0.24 * len(t), 1.5) for t, a in arrays.items()]
    width = sum(widths) + _GAP * (len(arrays) - 1) + 0.2
    tallest = max(array.shape[0] for array in arrays.values())
    height = tallest + _TITLE + 0.1
    cell = min(_CELL, WIDTH / width)
    figure = new_figure(width * cell, height * cell, layout="none")
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set(xlim=(-0.1, width - 0.1), ylim=(tallest + 0.1, -_TITLE))
    ax.set_axis_off()
    left = 0.0
    for index, ((title, array), room) in enumerate(zip(arrays.items(), widths, strict=True)):
        rows, cols = array.shape
        corner = (left + (room - cols) / 2, (tallest - rows) / 2)
        faces = _faces(array, cmap.get(title), None)
        _draw_cells(ax, array, corner, faces, _texts(array, fmt), cell)
        _draw_windows(ax, highlight.get(title, ()), array.shape, corner)
        middle = left + room / 2
        ax.text(middle, corner[1] - 0.25, title, ha="center", va="bottom", size=11)
        if index < len(signs):
            sign = {"ha": "center", "va": "center", "size": 16}
            ax.text(left + room + _GAP / 2, tallest / 2, signs[index], **sign)
        left += room + _GAP
    return figure


def _two_dimensional(array: ArrayLike) -> np.ndarray:
    array = np.asarray(array)
    if array.ndim != 2:
        raise ValueError(f"a grid needs rows and columns, got shape {array.shape}")
    return array


def _texts(array: np.ndarray, fmt: str) -> np.ndarray:
    texts = ["" if np.isnan(value) else fmt.format(value) for value in array.flat]
    return np.array(texts).reshape(array.shape)


def _faces(array: np.ndarray, cmap: str | None, limits: tuple[float, float] | None) -> np.ndarray:
    if cmap is None:
        return np.ones((*array.shape, 4))
    low, high = limits or (np.nanmin(array), np.nanmax(array))
    if cmap == AROUND_ZERO and limits is None:
        # Wider than the numbers: their darkest colours would hide the text.
        high = 1.5 * (max(abs(low), abs(high)) or 1)
        low = -high
    return matplotlib.colormaps[cmap](Normalize(low, high)(np.nan_to_num(array)))


def _readable_on(face: np.ndarray) -> str:
    red, green, blue = face[:3]
    return "black" if 0.299 * red + 0.587 * green + 0.114 * blue > 0.5 else "white"


def _draw_cells(
    ax: Axes,
    array: np.ndarray,
    corner: tuple[float, float],
    faces: np.ndarray,
    texts: np.ndarray,
    cell: float,
    muted: ArrayLike | None = None,
) -> None:
    """Draw a grid whose top left corner is at `corner`; a cell is `cell` inches wide."""
    quiet_cells = np.zeros(array.shape, bool) if muted is None else np.asarray(muted, bool)
    # A digit is about 0.62 of its size wide.
    longest = max((len(text) for text in texts.flat), default=1) or 1
    size = float(np.clip(0.85 * cell * 72 / (0.62 * longest), 6, 11))
    for (row, col), quiet in np.ndenumerate(quiet_cells):
        x, y, face = corner[0] + col, corner[1] + row, faces[row, col]
        look = {"facecolor": face, "edgecolor": GREY, "linewidth": 0.8, "zorder": 1}
        if quiet:
            look |= {"facecolor": "white", "edgecolor": LIGHT_GREY, "linestyle": ":", "zorder": 0.9}
        ax.add_patch(Rectangle((x, y), 1, 1, **look))
        colour = GREY if quiet else _readable_on(face)
        _write(ax, x, y, texts[row, col], color=colour, size=size, zorder=4)


def _draw_windows(
    ax: Axes,
    highlight: Window | Iterable[Window],
    shape: tuple[int, ...],
    corner: tuple[float, float],
) -> None:
    windows = [highlight] if isinstance(highlight, Window) else list(highlight)
    for index, window in enumerate(windows):
        row, col, height, width = window
        if min(row, col) < 0 or row + height > shape[0] or col + width > shape[1]:
            raise ValueError(f"{window} leaves the grid of shape {shape}")
        colour = WINDOW_COLOURS[index % len(WINDOW_COLOURS)]
        box = {"xy": (corner[0] + col, corner[1] + row), "width": width, "height": height}
        ax.add_patch(Rectangle(**box, facecolor=colour, alpha=0.3, linewidth=0, zorder=2))
        ax.add_patch(Rectangle(**box, fill=False, edgecolor=colour, linewidth=2.5, zorder=3))


def _write(ax: Axes, x: float, y: float, text: object, **style: object) -> None:
    ax.text(x + 0.5, y + 0.5, str(text), ha="center", va="center", **style)
