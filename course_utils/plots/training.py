"""Training curves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from course_utils.plots.style import BLACK, PALETTE, WIDTH, new_figure


def plot_training_curves(
    history: Any, metrics: Sequence[str] = ("loss", "accuracy"), title: str | None = None
) -> Figure:
    """Draw one panel per metric: training as a solid line, validation as a dashed one, by epoch.

    With several runs each has its colour.

    Parameters
    ----------
    history : History, TrainingRun, dict, or dict of these
        What ``model.fit`` or `fit_quietly` returned, or its ``history``; to compare runs,
        ``{"Dense": run, "convnet": other_run}``.
    metrics : sequence of str
        Names without "val_". A run that lacks a metric is left out of its panel.
    title : str, optional

    Raises
    ------
    ValueError
        If no run has one of the metrics.
    """
    runs = _runs(history)
    for metric in metrics:
        if not any(metric in run for run in runs.values()):
            known = sorted({name for run in runs.values() for name in run})
            raise ValueError(f"no run has the metric {metric!r}; there are {', '.join(known)}")
    figure = new_figure(WIDTH if len(metrics) > 1 else 0.6 * WIDTH, 3.6)
    axes = figure.subplots(1, len(metrics), squeeze=False)[0]
    for ax, metric in zip(axes, metrics, strict=True):
        _draw_metric(ax, runs, metric)
    lines = _legend(runs, metrics)
    figure.legend(handles=lines, loc="outside lower center", ncols=min(len(lines), 5))
    if title:
        figure.suptitle(title)
    return figure


def _runs(history: Any) -> dict[str, Mapping[str, Sequence[float]]]:
    content = getattr(history, "history", history)
    if all(
        isinstance(value, Sequence) and not hasattr(value, "history") for value in content.values()
    ):
        return {"": content}
    return {name: getattr(run, "history", run) for name, run in content.items()}


def _draw_metric(ax: Axes, runs: Mapping[str, Any], metric: str) -> None:
    for colour, run in zip(_colours(runs), runs.values(), strict=True):
        for name, line in ((metric, "-"), (f"val_{metric}", "--")):
            values = run.get(name, ())
            # A single epoch is a point, not an invisible line.
            marker = "o" if len(values) <= 10 else ""
            epochs = range(1, len(values) + 1)
            ax.plot(epochs, values, line, color=colour, marker=marker, markersize=4)
    last = max(len(run.get(metric, ())) for run in runs.values())
    ax.set(xlabel="epoch", title=metric, xlim=(0.5, last + 0.5))
    ax.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    ax.grid(axis="y", alpha=0.3)


def _legend(runs: Mapping[str, Any], metrics: Sequence[str]) -> list[Line2D]:
    colour = BLACK if len(runs) > 1 else PALETTE[0]
    lines = [Line2D([], [], color=colour, label="training")]
    if any(f"val_{metric}" in run for run in runs.values() for metric in metrics):
        lines.append(Line2D([], [], color=colour, linestyle="--", label="validation"))
    if len(runs) > 1:
        named = zip(_colours(runs), runs, strict=True)
        lines = [Line2D([], [], color=c, linewidth=4, label=name) for c, name in named] + lines
    return lines


def _colours(runs: Mapping[str, Any]) -> list[str]:
    return [PALETTE[index % len(PALETTE)] for index in range(len(runs))]
