"""Turn matplotlib figures into small PNG pictures."""

from __future__ import annotations

import io
from typing import Any

from .outputs import MAX_PNG, MAX_PNG_SIDE

MAX_FIGURES = 8
_DPI = 80.0


def to_png(figure: Any) -> bytes:
    """Return `figure` as PNG of at most `MAX_PNG` bytes, coarser if needed, or b""."""
    longest = max(*figure.get_size_inches(), 1e-3)
    dpi = min(_DPI, figure.dpi, MAX_PNG_SIDE / 2 / longest)
    for _ in range(3):
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=dpi, bbox_inches="tight")
        if buffer.tell() <= MAX_PNG:
            return buffer.getvalue()
        dpi /= 2
    return b""


class OpenFigures:
    """Shows figures that a cell drew but did not display, then closes them."""

    def __init__(self, pyplot: Any, show: Any) -> None:
        self._pyplot = pyplot
        self._show = show
        self._shown = 0

        def show_now(*_args: Any, **_kwargs: Any) -> None:
            self.flush()

        pyplot.show = show_now

    def start_cell(self) -> None:
        """Forget figures that belong to no cell; allow the next one its own `MAX_FIGURES`."""
        self._pyplot.close("all")
        self._shown = 0

    def flush(self) -> None:
        """Show and close every open figure."""
        for number in self._pyplot.get_fignums():
            if self._shown < MAX_FIGURES:
                self._show(self._pyplot.figure(number))
                self._shown += 1
        self._pyplot.close("all")
