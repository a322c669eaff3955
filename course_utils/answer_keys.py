"""The texts under which a sealed message is stored and looked up."""

from __future__ import annotations

from typing import Any

from course_utils.answer_types import canonical


def value_key(value: Any) -> str:
    """Return the key of a whole answer."""
    return "value:" + canonical(value)


def shape_key(shape: tuple[int, ...]) -> str:
    """Return the key of "any array of this shape"."""
    return "shape:" + canonical(shape)


def item_key(index: int, value: Any) -> str:
    """Return the key of element `index` of a list answer."""
    return f"item {index}:" + canonical(value)


def example_key(index: int, outcome: str) -> str:
    """Return the key of a function's outcome on visible example `index`."""
    return f"example {index}:{outcome}"


def step_key(step: int) -> str:
    """Return the key of a number with a tolerance: its value in whole steps."""
    return f"step:{step}"


def cell_key(row: str, column: str, value: Any) -> str:
    """Return the key of one cell of a table."""
    return f"cell {row} {column}:" + canonical(value)


def claim_key(broken: list[str]) -> str:
    """Return the key of a table in which these claims, and no others, do not hold."""
    return "broken:" + "|".join(sorted(broken))
