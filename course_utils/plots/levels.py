"""Places for the nodes of a small graph: every node below all that feed it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

# Columns between a box and a line that passes it, and between two lines.
_BESIDE_BOX, _BESIDE_LINE = 0.6, 0.15


class Layout(NamedTuple):
    """Where nodes and lines go, in columns (left to right) and levels (from 0 downwards).

    ``lines`` has, for each (from, to), the points between the two nodes.
    """

    columns: list[float]
    levels: list[int]
    lines: dict[tuple[int, int], list[tuple[float, int]]]


def place_nodes(inputs: Sequence[Sequence[int]]) -> Layout:
    """Return places for nodes so that no line runs through a node.

    Parameters
    ----------
    inputs : sequence of sequences of int
        For each node the nodes that feed it, all of them earlier in the sequence.

    Examples
    --------
    Two nodes in a row, and a line from the first to the third that passes the second:

    >>> layout = place_nodes([(), (0,), (0, 1)])
    >>> layout.columns, layout.levels, layout.lines[0, 2]
    ([0.0, 0.0, 0.0], [0, 1, 2], [(0.6, 1)])
    """
    levels: list[int] = []
    for feeding in inputs:
        levels.append(1 + max((levels[node] for node in feeding), default=-1))
    columns = [0.0] * len(inputs)
    lines: dict[tuple[int, int], list[tuple[float, int]]] = {
        (start, end): [] for end, feeding in enumerate(inputs) for start in feeding
    }
    for level in range(max(levels) + 1):
        nodes = [node for node in range(len(inputs)) if levels[node] == level]
        wished = {n: _mean([columns[node] for node in inputs[n]]) for n in nodes}
        _place_in_row(nodes, wished, columns)
        taken = [(columns[node], _BESIDE_BOX) for node in nodes]
        for (start, end), points in lines.items():
            if levels[start] < level < levels[end]:
                column = _free(points[-1][0] if points else columns[start], taken)
                points.append((column, level))
                taken.append((column, _BESIDE_LINE))
    return Layout(columns, levels, lines)


def _place_in_row(nodes: list[int], wished: dict[int, float], columns: list[float]) -> None:
    """Put nodes at least one column apart; those that wish for the same place go around it."""
    rank = {node: [n for n in nodes if wished[n] == wished[node]] for node in nodes}
    spread = {n: wished[n] + rank[n].index(n) - (len(rank[n]) - 1) / 2 for n in nodes}
    last = float("-inf")
    for node in sorted(nodes, key=lambda n: (spread[n], n)):
        columns[node] = last = max(spread[node], last + 1)


def _free(wish: float, taken: list[tuple[float, float]]) -> float:
    """Return the free column nearest to `wish`, the right one of two."""
    candidates = [wish, *(c + side * room for c, room in taken for side in (1, -1))]
    free = [x for x in candidates if all(abs(x - c) >= room - 1e-9 for c, room in taken)]
    return min(free, key=lambda x: (abs(x - wish), -x))


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.0
