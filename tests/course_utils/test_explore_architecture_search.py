"""The figures of notebook 11 on architecture search."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from course_utils import nas
from course_utils.explore import architecture_search as figures
from tests.course_utils.figures import assert_fits_a_notebook, words

TABLE = nas.nas_table()


def random_cell(seed: int) -> list[nas.Block]:
    rng = np.random.default_rng(seed)
    return [nas.sample_block(rng, b) for b in range(1, 6)]


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(figures).failed == 0


def test_every_operation_has_a_short_name_of_its_own():
    names = [figures.short_name(operation) for operation in nas.NASNET_OPERATIONS]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 8


@pytest.mark.parametrize("seed", range(5))
def test_a_cell_shows_every_choice(seed):
    blocks = random_cell(seed)
    said = words(figures.plot_cell(blocks))
    for number, block in enumerate(blocks, start=1):
        assert f"{number}: {block.combination}" in said
        for operation in block.operations:
            assert figures.short_name(operation) in said
    assert sum("cell" in text for text in said) == 2


def test_blocks_stand_above_those_they_read():
    heights = {
        text.get_text(): text.get_position()[1]
        for text in figures.plot_cell(nas.NASNET_A_REDUCTION).axes[0].texts
    }
    assert heights["4: add"] == heights["5: add"] > heights["1: add"] == heights["3: add"]


def test_only_unread_blocks_go_to_the_output():
    # Blocks 1 and 2 of the reduction cell are read by blocks 4 and 5.
    ax = figures.plot_cell(nas.NASNET_A_REDUCTION).axes[0]
    top = max(text.get_position()[1] for text in ax.texts)
    to_output = {line.get_xdata()[-1] for line in ax.lines if line.get_ydata()[-1] == top}
    assert to_output == {4.5, 6.5, 8.5}


def test_the_table_shows_all_accuracies_and_frames_the_best():
    figure = figures.plot_nas_table(TABLE)
    ax = figure.axes[0]
    shown = sorted(float(text.get_text()) for text in ax.texts)
    assert shown == pytest.approx(sorted(TABLE.accuracy.ravel()), abs=0.0051)
    (frame,) = ax.patches
    column, row = (round(corner + 0.47) for corner in frame.get_xy())
    assert TABLE.accuracy[row, column] == TABLE.accuracy.max()


def test_searches_are_drawn_as_means():
    runs = {
        "random search": [nas.random_search(TABLE.accuracy, 20, seed) for seed in range(3)],
        "REINFORCE": [nas.reinforce_search(TABLE.accuracy, 20, seed) for seed in range(3)],
    }
    tried, best = figures.plot_searches(runs).axes
    assert tried.lines[1].get_ydata()[-1] == pytest.approx(
        np.mean([run.rewards[-1] for run in runs["REINFORCE"]])
    )
    assert (np.diff(best.lines[0].get_ydata()) >= 0).all()


@pytest.mark.parametrize("n", [1, 60, 120])
def test_a_search_shows_its_state_after_n_networks(n):
    search = nas.reinforce_search(TABLE.accuracy, 120, seed=1)
    curve, odds = figures.plot_search(TABLE, search, n).axes
    assert len(curve.lines[0].get_ydata()) == n
    drawn = [bar.get_width() for bar in odds.patches]
    assert drawn == pytest.approx(search.probabilities[n - 1].ravel())


@pytest.mark.parametrize(
    "figure",
    [
        figures.plot_search_loop,
        lambda: figures.plot_cell(nas.NASNET_A_NORMAL, [0, 2, 3, 4, 5, 6], "normal cell"),
        lambda: figures.plot_cell(nas.NASNET_A_REDUCTION),
        lambda: figures.plot_cell(random_cell(113)),
        lambda: figures.plot_nas_table(TABLE),
    ],
)
def test_figures_fit_a_notebook(figure):
    assert_fits_a_notebook(figure())


def test_the_exploration_describes_itself_without_a_notebook(capsys):
    figures.explore_search(TABLE)
    assert "learning rate = 1.0" in capsys.readouterr().out
