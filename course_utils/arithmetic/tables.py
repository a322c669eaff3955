"""The layer table: a list of rows that shows itself as an HTML table or as aligned text."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import Any

_HEADERS = {
    "name": "Layer",
    "type": "Type",
    "output_shape": "Output shape",
    "params": "Parameters",
    "macs": "Multiply-accumulates",
}
_NUMBERS = ("params", "macs")


class LayerTable(list):
    """Rows of ``layer_table``: a list of dicts with name, type, output_shape, params, macs.

    Parameters
    ----------
    rows : iterable of dict
    title : str
        Name of the model, the table's caption.

    Examples
    --------
    >>> LayerTable([{"name": "conv", "type": "Conv2D", "output_shape": (26, 26, 32),
    ...              "params": 320, "macs": 194688}], title="tiny")
    tiny
    Layer   Type     Output shape   Parameters   Multiply-accumulates
    conv    Conv2D   (26, 26, 32)          320                194,688
    Total                                  320                194,688
    """

    def __init__(self, rows: Iterable[dict[str, Any]], title: str):
        super().__init__(rows)
        self.title = title

    def total(self, column: str) -> int | None:
        """Return the sum of "params" or "macs"; None if a row's number is undefined."""
        values = [row[column] for row in self]
        return None if None in values else sum(values)

    def __repr__(self) -> str:
        lines = [list(_HEADERS.values()), *map(_texts, self), _texts(self._total_row())]
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        numeric = [key in _NUMBERS for key in _HEADERS]
        aligned = (
            "   ".join(
                text.rjust(width) if right else text.ljust(width)
                for text, width, right in zip(line, widths, numeric, strict=True)
            ).rstrip()
            for line in lines
        )
        return "\n".join([self.title, *aligned])

    def _repr_html_(self) -> str:
        head = "".join(_cell("th", text, key, "col") for key, text in _HEADERS.items())
        body = "".join(_html_row(row) for row in self)
        return (
            f"<table><caption>Layers of {escape(self.title)}</caption>"
            f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
            f"<tfoot>{_html_row(self._total_row())}</tfoot></table>"
        )

    def _total_row(self) -> dict[str, Any]:
        totals = {column: self.total(column) for column in _NUMBERS}
        return {"name": "Total", "type": "", "output_shape": "", **totals}


def _texts(row: dict[str, Any]) -> list[str]:
    return [_text(row[key]) for key in _HEADERS]


def _text(value: Any) -> str:
    if value is None:
        return "depends on input size"
    return f"{value:,}" if isinstance(value, int) else str(value)


def _html_row(row: dict[str, Any]) -> str:
    first, *rest = _HEADERS
    cells = "".join(_cell("td", _text(row[key]), key) for key in rest)
    return f"<tr>{_cell('th', _text(row[first]), first, 'row')}{cells}</tr>"


def _cell(tag: str, text: str, key: str, scope: str = "") -> str:
    # Numbers line up by their last digit; Jupyter right-aligns all cells, so text says left.
    align = "right" if key in _NUMBERS else "left"
    scope = f' scope="{scope}"' if scope else ""
    return f'<{tag}{scope} style="text-align: {align}">{escape(text)}</{tag}>'
