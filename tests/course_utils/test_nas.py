"""The toy architecture search: the space, the table, and what the searches do with it."""

from __future__ import annotations

import doctest
import importlib.util
from itertools import product

import numpy as np
import pytest

from course_utils import nas
from grader.exercises.catalogue import load_exercises
from tests.conftest import ROOT

CELLS = {"normal": nas.NASNET_A_NORMAL, "reduction": nas.NASNET_A_REDUCTION}


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(nas).failed == 0


@pytest.mark.parametrize("b", [1, 2, 5])
def test_blocks_read_states_that_exist_already_and_all_of_them(b):
    rng = np.random.default_rng(0)
    blocks = [nas.sample_block(rng, b) for _ in range(300)]
    assert {state for block in blocks for state in block.inputs} == set(range(b + 1))
    assert {o for block in blocks for o in block.operations} == set(nas.NASNET_OPERATIONS)
    assert {block.combination for block in blocks} == set(nas.COMBINATIONS)


@pytest.mark.parametrize("b", [0, -1])
def test_there_is_no_block_zero(b):
    with pytest.raises(ValueError, match=f"b must be at least 1, got {b}"):
        nas.sample_block(np.random.default_rng(0), b)


def test_the_size_of_the_space_counts_every_block():
    ops = nas.NASNET_OPERATIONS
    first = list(product(range(2), range(2), ops, ops, nas.COMBINATIONS))
    assert nas.search_space_size(1) == len(first)
    assert nas.search_space_size(2) == len(first) * 3**2 * len(ops) ** 2 * 2


@pytest.mark.parametrize("name", CELLS)
def test_the_best_cells_lie_in_the_search_space(name):
    for number, block in enumerate(CELLS[name], start=1):
        assert set(block.inputs) <= set(range(number + 1))
        assert set(block.operations) <= set(nas.NASNET_OPERATIONS)
        assert block.combination in nas.COMBINATIONS


def test_the_best_cells_are_those_of_keras():
    import keras

    model = keras.applications.NASNetMobile(weights=None)
    for name, suffix in (("normal", "_1"), ("reduction", "_reduce_4")):
        sizes = sorted(
            layer.kernel_size[0]
            for layer in model.layers
            if isinstance(layer, keras.layers.SeparableConv2D)
            and layer.name.endswith(suffix)
            and name in layer.name
        )
        ours = [
            int(operation[0])
            for block in CELLS[name]
            for operation in block.operations
            if "separable" in operation
        ]
        # NASNet applies every separable convolution twice.
        assert sizes == sorted(2 * ours)


def test_the_table_is_complete_and_its_networks_differ():
    table = nas.nas_table()
    assert table.operations == nas.TOY_OPERATIONS
    assert table.accuracy.shape == table.parameters.shape == (6, 6)
    assert ((table.accuracy > 0) & (table.accuracy < 1)).all()
    assert table.accuracy.max() > 5 * table.accuracy.min()


@pytest.fixture(scope="module")
def script():
    path = ROOT / "benchmarks" / "nas_table.py"
    spec = importlib.util.spec_from_file_location("nas_table", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_script_builds_the_networks_of_the_table(script):
    table = nas.nas_table()
    for i, first in enumerate(nas.TOY_OPERATIONS):
        for j in {i, 5 - i}:
            network = script.child_network(first, nas.TOY_OPERATIONS[j])
            assert network.output_shape == (None, 10)
            assert network.count_params() == table.parameters[i, j]


def test_training_again_gives_an_accuracy_near_that_of_the_table(script):
    from course_utils.datasets import load_digits_images

    table = nas.nas_table()
    best = np.unravel_index(table.accuracy.argmax(), table.accuracy.shape)
    network = script.child_network(*(nas.TOY_OPERATIONS[i] for i in best))
    accuracy = script.held_out_accuracy(network, load_digits_images(size=8))
    # Other versions of TensorFlow round differently.
    assert accuracy == pytest.approx(table.accuracy[best], abs=0.15)


ACCURACY = np.linspace(0.1, 0.9, 9).reshape(3, 3)


@pytest.mark.parametrize("search", [nas.random_search, nas.reinforce_search])
def test_a_search_reports_what_it_tried(search):
    result = search(ACCURACY, n_samples=50, seed=3)
    assert result.choices.shape == (50, 2)
    assert result.probabilities.shape == (50, 2, 3)
    assert np.array_equal(result.rewards, ACCURACY[tuple(result.choices.T)])
    assert result.probabilities.sum(axis=2) == pytest.approx(1)
    assert result.best_so_far[-1] == result.rewards.max()
    again = search(ACCURACY, n_samples=50, seed=3)
    assert np.array_equal(again.choices, result.choices)


def test_random_search_never_changes_its_mind():
    assert (nas.random_search(ACCURACY, 40).probabilities == 1 / 3).all()
    assert np.array_equal(
        nas.random_search(ACCURACY, 40, seed=1).choices,
        nas.reinforce_search(ACCURACY, 40, seed=1, lr=0.0).choices,
    )


def test_reinforce_takes_the_steps_that_the_exercise_asks_for():
    step = load_exercises(ROOT, "11_other_convolutions")["reinforce_step"].reference
    search = nas.reinforce_search(ACCURACY, 30, seed=2, lr=1.5, decay=0.5)
    theta, baseline = np.zeros((2, 3)), search.rewards[0]
    for choices, reward, probabilities in zip(*search, strict=True):
        odds = np.exp(theta)
        assert probabilities == pytest.approx(odds / odds.sum(axis=1, keepdims=True))
        theta = step(theta, choices, reward, baseline, 1.5)
        baseline = 0.5 * baseline + 0.5 * reward


def test_reinforce_learns_and_random_search_finds_good_networks_all_the_same():
    accuracy = nas.nas_table().accuracy

    def means(search):
        runs = [search(accuracy, 120, seed) for seed in range(20)]
        late = np.mean([run.rewards[-30:].mean() for run in runs])
        return late, np.mean([run.best_so_far[39] for run in runs])

    (random_late, random_best), (late, best) = means(nas.random_search), means(nas.reinforce_search)
    assert late > random_late + 0.2
    assert abs(best - random_best) < 0.02


def test_a_search_needs_a_square_of_accuracies():
    with pytest.raises(ValueError, match=r"got shape \(2, 3\)"):
        nas.random_search(np.ones((2, 3)))
