"""Tables of results as answers: named columns, named rows, one number or word in each cell."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from typing import Any

from course_utils.answer_types import Unanswered, Unsuitable, is_number

Cells = dict[str, dict[str, Any]]
"""Row label -> column -> value."""

_MOST_ROWS, _MOST_COLUMNS = 1000, 50
_KINDS = {
    "whole": "a whole number",
    "fraction": "a number from 0 to 1",
    "positive": "a number from 0 on",
    "text": "text",
    "flag": "True or False",
}


def describe_table(value: Any) -> dict[str, Any]:
    """Return a table as plain data: ``{"columns": {name: [value, ...]}, "index": [label, ...]}``.

    Parameters
    ----------
    value : pandas.DataFrame, dict of lists or of ``{label: value}``, or list of dicts, one a row

    Raises
    ------
    Unsuitable
        If it is none of them.

    >>> describe_table({"depth": [2, 8]})
    {'columns': {'depth': [2, 8]}, 'index': [0, 1]}
    """
    pandas = sys.modules.get("pandas")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        columns = {str(name): value[name].tolist() for name in value.columns}
        if isinstance(value.index.name, str):  # a column that was made the index
            columns.setdefault(value.index.name, value.index.tolist())
        return {"columns": columns, "index": value.index.tolist()}
    if isinstance(value, list | tuple) and value and all(isinstance(row, dict) for row in value):
        value = {name: [row.get(name) for row in value] for name in value[0]}
    if isinstance(value, dict) and value:
        index = next((list(items) for items in value.values() if isinstance(items, dict)), None)
        columns = {str(name): _column(name, items, index) for name, items in value.items()}
        if len({len(items) for items in columns.values()}) > 1:
            raise Unsuitable("The columns of the table have different lengths.")
        return {
            "columns": columns,
            "index": index or list(range(len(next(iter(columns.values()))))),
        }
    article = "an" if type(value).__name__[0] in "aeiou" else "a"
    raise Unsuitable(f"Expected a table (pandas.DataFrame), got {article} {type(value).__name__}.")


def read_table(spec: dict[str, Any], described: Any) -> Cells:
    """Return the asked-for cells of a described table; more rows or columns are passed over.

    Parameters
    ----------
    spec : dict
        ``columns`` ({name: kind}), ``rows`` (labels) and ``key``: the column that holds the
        labels, or None when they are the index.

    Raises
    ------
    Unanswered
        If a cell still holds ``...``.
    Unsuitable
        If a row or column is missing, or a cell cannot be right.
    """
    columns, index = _checked(described)
    missing = [name for name in spec["columns"] if name not in columns]
    if missing:
        have = ", ".join(map(repr, columns)) or "none"
        raise Unsuitable(f"The table has no column {missing[0]!r}; its columns: {have}."[:300])
    labels = [_label(item) for item in (columns[spec["key"]] if spec["key"] else index)]
    cells: Cells = {}
    for row in spec["rows"]:
        places = [place for place, label in enumerate(labels) if label == _label(row)]
        where = f"whose {spec['key']} is {row}" if spec["key"] else f"with the label {row!r}"
        if len(places) != 1:
            raise Unsuitable(f"The table has {len(places) or 'no'} rows {where}; one is needed.")
        cells[row] = {
            name: _cell(kind, columns[name][places[0]], f"Row {row}, column {name}")
            for name, kind in spec["columns"].items()
        }
    return cells


def _column(name: Any, items: Any, index: list[Any] | None) -> list[Any]:
    if isinstance(items, dict) and index is not None:
        return [items.get(label) for label in index]
    if hasattr(items, "tolist"):
        items = items.tolist()
    if not isinstance(items, list | tuple):
        raise Unsuitable(f"Column {name!r} of the table is no list.")
    return list(items)


def _checked(described: Any) -> tuple[dict[str, list[Any]], list[Any]]:
    """Return columns and index; what a process claims need not be a table at all."""
    columns = described.get("columns") if isinstance(described, Mapping) else None
    index = described.get("index") if isinstance(described, Mapping) else None
    if not isinstance(columns, Mapping) or not isinstance(index, list | tuple):
        raise Unsuitable("Expected a table (pandas.DataFrame).")
    if len(columns) > _MOST_COLUMNS or len(index) > _MOST_ROWS:
        raise Unsuitable("That table is too large.")
    named = {name: items for name, items in columns.items() if isinstance(name, str)}
    if any(not isinstance(i, list | tuple) or len(i) != len(index) for i in named.values()):
        raise Unsuitable("Expected a table (pandas.DataFrame).")
    return {name: list(items) for name, items in named.items()}, list(index)


def _label(value: Any) -> str:
    if is_number(value) and math.isfinite(value) and float(value).is_integer():
        return str(int(value))
    return value.strip().lower() if isinstance(value, str) else repr(value)[:50]


def _cell(kind: str, value: Any, where: str) -> Any:
    if value is None or value is Ellipsis:
        raise Unanswered(f"{where}: not answered yet.")
    problem = Unsuitable(f"{where}: expected {_KINDS[kind]}.")
    if kind == "text":
        if not isinstance(value, str):
            raise problem
        return value.strip()
    if kind == "flag":
        if value not in (True, False):
            raise problem
        return bool(value)
    if not is_number(value):
        raise problem
    if not math.isfinite(value):
        raise Unsuitable(f"{where}: the number is not finite. Did the training diverge?")
    number = float(value)
    if number < 0 or (kind == "fraction" and number > 1):
        raise problem
    if kind == "whole":
        if not number.is_integer():
            raise problem
        return int(value)
    return number
