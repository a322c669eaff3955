"""One figure of a network in training: readings, loss, filters, predictions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from course_utils.plots.images import draw_picture
from course_utils.plots.style import BLUE, GREY, LIGHT_GREY, VERMILION, new_figure, without_ticks

if TYPE_CHECKING:
    from course_utils.live_trainer import Readings

SMOOTHED = 25
_ROWS, _HUGE, _HIGHEST_LOSS = 2, 1e4, 10.0


def plot_live_training(
    readings: Readings,
    losses: Sequence[float],
    filters: np.ndarray,
    images: np.ndarray,
    labels: np.ndarray,
    probabilities: np.ndarray,
    class_names: Sequence[str],
) -> Figure:
    """Draw the panel of a network in training.

    Parameters
    ----------
    readings : Readings
        Numbers that are not known yet are shown as a dash.
    losses : sequence of float
        One for each step.
    filters : (height, width, channels, n) array
        Of the first convolution; each is shown from its smallest weight to its largest.
    images, labels : (n, H, W, C) and (n,) arrays
        Test images and their true classes.
    probabilities : (n, classes) array
        What the network says to them.
    class_names : sequence of str
    """
    figure = new_figure(9, 5)
    top, bottom = figure.subfigures(2, 1, height_ratios=(1, 1))
    text, curve = top.subplots(1, 2, width_ratios=(1, 1.35))
    _write_readings(text, readings)
    _draw_losses(curve, losses)
    left, right = bottom.subfigures(1, 2, width_ratios=(1, 2.1))
    _draw_filters(left.subplots(), filters)
    panels = right.subplots(_ROWS, -(-len(images) // _ROWS), squeeze=False).flat
    for ax, image, label, said in zip(panels, images, labels, probabilities, strict=False):
        _draw_prediction(ax, image, int(label), said, class_names)
    right.suptitle("test images and what the network says", size=11)
    return figure


def reading_lines(readings: Readings) -> list[tuple[str, str]]:
    """Return the name and the value of each reading, as text."""
    formats = {
        "forward time per example": (readings.forward_ms, "{:.2f} ms"),
        "backprop time per example": (readings.backward_ms, "{:.2f} ms"),
        "classification loss": (readings.classification_loss, "{:.5f}"),
        "L2 weight decay loss": (readings.l2_loss, "{:.5f}"),
        "training accuracy": (readings.train_accuracy, "{:.2f}"),
        "validation accuracy": (readings.validation_accuracy, "{:.2f}"),
        "examples seen": (readings.examples_seen, "{:,}"),
    }
    return [(name, _number(value, text)) for name, (value, text) in formats.items()]


def _number(value: float, text: str) -> str:
    if math.isnan(value):
        return "–"
    # A loss may explode.
    return f"{value:.3g}" if isinstance(value, float) and value > _HUGE else text.format(value)


def _write_readings(ax: Axes, readings: Readings) -> None:
    ax.set_axis_off()
    lines = reading_lines(readings)
    for index, (name, value) in enumerate(lines):
        height = 1 - (index + 0.5) / len(lines)
        ax.text(0, height, name, va="center", size=10, transform=ax.transAxes)
        ax.text(
            0.97, height, value, ha="right", va="center", size=11, weight="bold",
            transform=ax.transAxes,
        )  # fmt: skip


def _draw_losses(ax: Axes, losses: Sequence[float]) -> None:
    values = np.asarray(losses, float)
    steps = np.arange(1, len(values) + 1)
    ax.plot(steps, values, color=LIGHT_GREY, linewidth=0.8)
    if len(values) >= SMOOTHED:
        smooth = np.convolve(values, np.full(SMOOTHED, 1 / SMOOTHED), mode="valid")
        ax.plot(steps[SMOOTHED - 1 :], smooth, color=BLUE, linewidth=2)
    ax.set(xlabel="step", title=f"classification loss (grey), average of {SMOOTHED} steps (blue)")
    ax.set_xlim(0, max(len(values), 10))
    # A few batches that go wrong must not hide all others.
    highest = np.percentile(values, 98) if np.isfinite(values).all() and len(values) else 0.0
    ax.set_ylim(0, min(max(2.5, 1.05 * highest), _HIGHEST_LOSS))


def _draw_filters(ax: Axes, filters: np.ndarray) -> None:
    height, width, channels, count = filters.shape
    columns = math.ceil(math.sqrt(count))
    rows = -(-count // columns)
    # Three channels are a colour; of other numbers the first is shown.
    colours = filters if channels == 3 else filters[:, :, :1].repeat(3, axis=2)
    sheet = np.ones((rows * (height + 1) + 1, columns * (width + 1) + 1, 3))
    for index in range(count):
        top, left = (height + 1) * (index // columns) + 1, (width + 1) * (index % columns) + 1
        sheet[top : top + height, left : left + width] = _stretched(colours[..., index])
    ax.imshow(sheet)
    without_ticks(ax)
    ax.set_title(f"{count} filters {height}×{width}")


def _stretched(weights: np.ndarray) -> np.ndarray:
    """Return weights from 0 (the smallest) to 1; grey where they are no numbers any more."""
    low, extent = weights.min(), np.ptp(weights)
    if not (np.isfinite(weights).all() and extent > 0):
        return np.full_like(weights, 0.5)
    return (weights - low) / extent


def _draw_prediction(
    ax: Axes, image: np.ndarray, label: int, said: np.ndarray, class_names: Sequence[str]
) -> None:
    draw_picture(ax, image)
    if not np.isfinite(said).all():
        ax.set_title("?", size=9, color=GREY, pad=3)
        return
    best = int(said.argmax())
    mark, colour = ("✓", BLUE) if best == label else ("✗", VERMILION)
    ax.set_title(f"{mark} {class_names[best]}\n{said[best]:.0%}", size=9, color=colour, pad=3)
