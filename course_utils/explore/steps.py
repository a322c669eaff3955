"""A figure played step by step, like a film with a slider."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from matplotlib.figure import Figure

from course_utils.explore.pictures import render, show_panel, show_picture, tile
from course_utils.explore.widget import replace_or_explain, title_of, widgets_can_work

_MAX_KEY_STEPS = 4


def step_through(
    draw: Callable[[int], Figure],
    n_steps: int,
    key_steps: Sequence[int] | None = None,
    interval: int = 800,
) -> None:
    """Show ``draw(1)`` to ``draw(n_steps)`` as a film that can be played, paused and dragged.

    Before it is played, and for ever in the saved notebook, readers see an overview: the key
    steps side by side, two in a row if each is at most half a notebook (4.4 inches) wide.

    Parameters
    ----------
    draw : callable
        Takes a step, counted from 1, and returns a matplotlib ``Figure``. The first line of
        its docstring becomes the picture's description.
    n_steps : int
        At least 2.
    key_steps : sequence of int, optional
        Steps of the overview; by default four, evenly spaced from the first to the last.
    interval : int
        Milliseconds per step.

    Raises
    ------
    ValueError
        If there are fewer than two steps or a key step does not exist.
    Exception
        Whatever `draw` raises for a key step.
    """
    if n_steps < 2:
        raise ValueError(f"a film needs at least 2 steps, got {n_steps}")
    keys = list(_evenly_spaced(n_steps) if key_steps is None else key_steps)
    if not keys or not all(1 <= step <= n_steps for step in keys):
        raise ValueError(f"key_steps must lie between 1 and {n_steps}, got {keys}")
    frame = lru_cache(maxsize=None)(lambda step: render(draw(step)))
    overview = tile([frame(step) for step in keys], [f"step {k} of {n_steps}" for k in keys])
    alt = f"{title_of(draw)} Shown: steps {', '.join(map(str, keys))} of {n_steps}"
    if widgets_can_work():
        _show_with_player(frame, title_of(draw), n_steps, interval, (overview, alt))
    else:
        show_picture(overview, alt)


def _evenly_spaced(n_steps: int) -> list[int]:
    count = min(n_steps, _MAX_KEY_STEPS)
    return [1 + round(index * (n_steps - 1) / (count - 1)) for index in range(count)]


def _show_with_player(
    frame: Callable[[int], bytes],
    title: str,
    n_steps: int,
    interval: int,
    overview: tuple[bytes, str],
) -> None:
    import ipywidgets

    limits = {"min": 0, "max": n_steps, "value": 0}
    play = ipywidgets.Play(interval=interval, **limits)
    slider = ipywidgets.IntSlider(
        description="step (0: overview)",
        style={"description_width": "initial"},
        layout={"width": "420px"},
        **limits,
    )
    # Linked in the browser: the film does not wait for the kernel to count.
    ipywidgets.jslink((play, "value"), (slider, "value"))
    status = ipywidgets.HTML()
    panel = ipywidgets.VBox([ipywidgets.HBox([play, slider]), status])
    picture = show_panel(panel, *overview, f"Run this cell to play all {n_steps} steps.")

    def on_change(change: Any) -> None:
        step = change["new"]
        if step:
            alt = f"{title} Shown: step {step} of {n_steps}"
            replace_or_explain(picture, status, lambda: frame(step), alt)
        else:
            picture.replace(*overview)

    slider.observe(on_change, names="value")
