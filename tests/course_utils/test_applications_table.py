"""The printed table of pretrained networks, and its figure."""

from __future__ import annotations

import doctest

import pytest

from course_utils.datasets import applications
from course_utils.datasets.applications import applications_table
from course_utils.plots.applications import plot_params_vs_accuracy


def test_twenty_rows_with_plausible_numbers():
    rows = applications_table()
    assert len({row.model for row in rows}) == 20
    assert doctest.testmod(applications).failed == 0
    for row in rows:
        assert 0.7 <= row.top1 < row.top5 < 1
        # A weight takes four bytes; files are a little larger than their weights.
        assert 0.9 < row.size_mb * 2**20 / (4 * row.params) < 1.2


def test_every_network_is_a_labelled_point():
    figure = plot_params_vs_accuracy(applications_table(), highlight=["DenseNet121", "ResNet50"])
    (ax,) = figure.axes
    assert len(ax.collections) == 20
    assert {text.get_text() for text in ax.texts} == {row.model for row in applications_table()}
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in ax.texts]
    clashes = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1 :] if a.overlaps(b)]
    assert clashes == []


def test_unknown_names_are_refused():
    with pytest.raises(ValueError, match="NoNet"):
        plot_params_vs_accuracy(applications_table(), highlight=["NoNet"])
