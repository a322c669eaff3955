"""A figure that is redrawn whenever a control moves."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from html import escape
from typing import Any

from matplotlib.figure import Figure

from course_utils.environment import kernel_is_running
from course_utils.explore.controls import Control
from course_utils.explore.pictures import close_pyplot_figures, render, show_panel, show_picture


def interactive_figure(draw: Callable[..., Figure], **controls: Control) -> None:
    """Show ``draw(...)`` with a control for each of its arguments.

    The figure in its default state stays in the saved notebook as an ordinary picture, so
    readers on a web page, in a print-out or without a kernel see it too. Where no widget can
    work, that picture is all there is.

    Parameters
    ----------
    draw : callable
        Returns a matplotlib ``Figure``. Called with one keyword argument per control. The
        first line of its docstring becomes the picture's description for those who cannot
        see it.
    **controls
        Made with `slider`, `choice` or `switch`, one per argument.

    Raises
    ------
    TypeError
        If a control is something else, or `draw` returns no ``Figure``.
    Exception
        Whatever `draw` raises in the default state. Later errors are shown under the controls.

    Examples
    --------
    >>> from course_utils.explore import interactive_figure, slider
    >>> from course_utils.plots import plot_window
    >>> def show(row):
    ...     '''A window on a picture.'''
    ...     return plot_window([[0, 1], [2, 3], [4, 5]], row, 0, size=2)
    >>> interactive_figure(show, row=slider(0, 1))
    A window on a picture. Shown: row = 0
    """
    for name, control in controls.items():
        if not isinstance(control, Control):
            raise TypeError(
                f"control {name!r} must be made with slider, choice or switch, got {control!r}"
            )
    start = {name: control.start for name, control in controls.items()}
    png = render(draw(**_arguments(controls, start)))
    alt = _alt_text(draw, controls, start)
    if controls and widgets_can_work():
        _show_with_controls(draw, controls, png, alt)
    else:
        show_picture(png, alt)


def widgets_can_work() -> bool:
    """Tell whether this code runs in a notebook's kernel with ipywidgets installed."""
    try:
        import ipywidgets  # noqa: F401
    except ImportError:
        return False
    return kernel_is_running()


def title_of(draw: Callable[..., Figure]) -> str:
    """Return the first line of a drawing function's docstring."""
    return (inspect.getdoc(draw) or "Interactive figure.").splitlines()[0]


def replace_or_explain(picture: Any, status: Any, png: Callable[[], bytes], alt: str) -> None:
    """Replace a shown picture, or say in `status` why this state cannot be drawn."""
    try:
        picture.replace(png(), alt)
        status.value = ""
    # A live callback has nowhere else to report to: front ends hide its traceback in a log.
    except Exception as problem:
        close_pyplot_figures()
        status.value = f'<span style="color:#8a3b00">Not possible: {escape(str(problem))}</span>'


def _show_with_controls(
    draw: Callable[..., Figure], controls: Mapping[str, Control], png: bytes, alt: str
) -> None:
    import ipywidgets

    widgets = {name: control.widget(name) for name, control in controls.items()}
    row = ipywidgets.HBox(list(widgets.values()), layout={"flex_flow": "row wrap"})
    status = ipywidgets.HTML()
    described = "; ".join(control.describe(name) for name, control in controls.items())
    panel = ipywidgets.VBox([row, status])
    picture = show_panel(panel, png, alt, f"Run this cell to change {described}.")

    def on_change(_: Any) -> None:
        state = {name: widget.value for name, widget in widgets.items()}
        alt = _alt_text(draw, controls, state)
        arguments = _arguments(controls, state)
        replace_or_explain(picture, status, lambda: render(draw(**arguments)), alt)

    for widget in widgets.values():
        widget.observe(on_change, names="value")


def _arguments(controls: Mapping[str, Control], state: Mapping[str, Any]) -> dict[str, Any]:
    return {name: control.read(state[name]) for name, control in controls.items()}


def _alt_text(
    draw: Callable[..., Figure], controls: Mapping[str, Control], state: Mapping[str, Any]
) -> str:
    shown = ", ".join(f"{controls[name].label or name} = {state[name]}" for name in controls)
    return f"{title_of(draw)} Shown: {shown}"
