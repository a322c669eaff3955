"""The panel of a `LiveTrainer`: start, pause, settings, and the picture of the training.

The browser counts, and at each count the kernel trains for a slice of half a second. So the
kernel is free in between: it notices the pause button and new settings, and runs other cells.
There are no threads (TensorFlow and matplotlib would have to be guarded against two at work on
one model), no loop has to be stopped, and nothing trains on when the page is closed. A browser
that counts faster than the kernel trains waits: ipywidgets sends no count before the last one
was dealt with.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from course_utils.explore.pictures import render, show_panel, show_picture
from course_utils.explore.widget import replace_or_explain, widgets_can_work
from course_utils.plots.live_training import reading_lines

if TYPE_CHECKING:
    from course_utils.live_trainer import LiveTrainer

# Seconds; drawing takes about as long again as is left of an interval.
SLICE, INTERVAL = 0.5, 1.0
_MOST_SLICES = 1_000_000
_SETTINGS = {
    "learning_rate": "learning rate",
    "momentum": "momentum",
    "batch_size": "batch size",
    "l2": "weight decay",
}


def show_live_trainer(trainer: LiveTrainer) -> None:
    """Show a trainer's figure, and in a running notebook the controls above it."""
    png, alt = render(trainer.figure()), _alt_text(trainer)
    if not widgets_can_work():
        show_picture(png, alt)
        return
    _show_with_controls(trainer, png, alt)


def _show_with_controls(trainer: LiveTrainer, png: bytes, alt: str) -> None:
    import ipywidgets

    play = ipywidgets.Play(interval=int(1000 * INTERVAL), min=0, max=_MOST_SLICES, value=0)
    fields = {name: _field(trainer, name, label) for name, label in _SETTINGS.items()}
    status = ipywidgets.HTML()
    row = ipywidgets.HBox([play, *fields.values()], layout={"flex_flow": "row wrap"})
    changeable = ", ".join(_SETTINGS.values())
    caption = f"Run this cell to start and pause the training, and to change {changeable}."
    picture = show_panel(ipywidgets.VBox([row, status]), png, alt, caption)

    def on_count(change: Any) -> None:
        # The stop button counts back to zero: a pause.
        if change["new"] > change["old"]:
            trainer.step_for(SLICE)
            alt = _alt_text(trainer)
            replace_or_explain(picture, status, lambda: render(trainer.figure()), alt)

    play.observe(on_count, names="value")
    for name, field in fields.items():
        field.observe(_setter(trainer, name, status), names="value")


def _field(trainer: LiveTrainer, name: str, label: str) -> Any:
    import ipywidgets

    value = getattr(trainer, name)
    kind = ipywidgets.IntText if name == "batch_size" else ipywidgets.FloatText
    return kind(
        value=0 if value is None else value,
        description=label if value is not None else f"{label} (none)",
        disabled=value is None,
        style={"description_width": "initial"},
        layout={"width": "170px"},
    )


def _setter(trainer: LiveTrainer, name: str, status: Any) -> Any:
    def on_change(change: Any) -> None:
        try:
            setattr(trainer, name, change["new"])
            status.value = ""
        except ValueError as problem:
            change["owner"].value = getattr(trainer, name)
            status.value = (
                f'<span style="color:#8a3b00">Not possible: {escape(str(problem))}</span>'
            )

    return on_change


def _alt_text(trainer: LiveTrainer) -> str:
    read = ", ".join(f"{name} {value}" for name, value in reading_lines(trainer.readings))
    return f"A network in training: readings, loss, filters, test predictions. Shown: {read}"
