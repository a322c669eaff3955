"""The confusion matrix: which class was taken for which."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from course_utils.plots.style import new_figure


def plot_confusion_matrix(
    y_true: ArrayLike, y_pred: ArrayLike, class_names: Sequence[str]
) -> Figure:
    """Draw how often each class (row) was taken for each class (column).

    The diagonal holds the right answers; zeros are left empty.

    Parameters
    ----------
    y_true, y_pred : arrays of int
        Class indices.
    class_names : sequence of str

    Raises
    ------
    ValueError
        If the two have different lengths, or a class has no name.
    """
    y_true, y_pred = np.asarray(y_true), np.asarray(y_pred)
    if y_true.shape != y_pred.shape or y_true.ndim != 1:
        raise ValueError(
            f"need one prediction for each label, got shapes {y_true.shape} and {y_pred.shape}"
        )
    n = len(class_names)
    for classes in (y_true, y_pred):
        if classes.size and not (classes.min() >= 0 and classes.max() < n):
            raise ValueError(f"classes must be 0 to {n - 1}, got {classes.min()}, {classes.max()}")
    counts = np.zeros((n, n), int)
    np.add.at(counts, (y_true, y_pred), 1)
    side = 1.2 + 0.42 * n
    figure = new_figure(side, side)
    ax = figure.subplots()
    # Square roots: a single error is seen beside hundreds of right answers.
    ax.imshow(np.sqrt(counts), cmap="Blues")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if count > 0.3 * counts.max() else "black"
            ax.text(column, row, f"{count:,}", ha="center", va="center", color=colour, size=9)
    ax.set(xticks=range(n), yticks=range(n), xticklabels=class_names, yticklabels=class_names)
    ax.set(xlabel="predicted", ylabel="true", title=f"{np.trace(counts)} of {counts.sum()} right")
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return figure
