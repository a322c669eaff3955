"""Architecture search: NASNet's choices, and a toy search that needs no GPU.

``NASNET_OPERATIONS``, `sample_block` and `search_space_size` describe the search space of Zoph,
Vasudevan, Shlens and Le, "Learning transferable architectures for scalable image recognition"
(arXiv:1707.07012). The toy space is much smaller: two operations in a row, 36 networks, all of
them trained beforehand. So `random_search` and `reinforce_search` look an accuracy up in
`nas_table` where a real search would train a network.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib import resources
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from course_utils.arithmetic.arguments import whole_number

NASNET_OPERATIONS = (
    "identity",
    "1×7 then 7×1 convolution",
    "3×3 average pooling",
    "5×5 max pooling",
    "1×1 convolution",
    "3×3 depthwise-separable convolution",
    "7×7 depthwise-separable convolution",
    "1×3 then 3×1 convolution",
    "3×3 dilated convolution",
    "3×3 max pooling",
    "7×7 max pooling",
    "3×3 convolution",
    "5×5 depthwise-separable convolution",
)
COMBINATIONS = ("add", "concatenate")
TOY_OPERATIONS = (
    "identity",
    "3×3 max pooling",
    "1×1 convolution",
    "3×3 separable convolution",
    "3×3 convolution",
    "3×3 dilated convolution",
)

_SEPARABLE = "depthwise-separable convolution"


class Block(NamedTuple):
    """One block of a cell: the five choices that a controller makes for it.

    Inputs are hidden states: 0 is the output of the cell before the last one, 1 that of the
    last one, 2 and more are the blocks of this cell, in order.
    """

    inputs: tuple[int, int]
    operations: tuple[str, str]
    combination: str


# The best cells that the search found, as keras.applications.nasnet builds them.
NASNET_A_NORMAL = (
    Block((1, 0), (f"5×5 {_SEPARABLE}", f"3×3 {_SEPARABLE}"), "add"),
    Block((0, 0), (f"5×5 {_SEPARABLE}", f"3×3 {_SEPARABLE}"), "add"),
    Block((1, 0), ("3×3 average pooling", "identity"), "add"),
    Block((0, 0), ("3×3 average pooling", "3×3 average pooling"), "add"),
    Block((1, 1), (f"3×3 {_SEPARABLE}", "identity"), "add"),
)
NASNET_A_REDUCTION = (
    Block((1, 0), (f"5×5 {_SEPARABLE}", f"7×7 {_SEPARABLE}"), "add"),
    Block((1, 0), ("3×3 max pooling", f"7×7 {_SEPARABLE}"), "add"),
    Block((1, 0), ("3×3 average pooling", f"5×5 {_SEPARABLE}"), "add"),
    Block((2, 3), ("3×3 average pooling", "identity"), "add"),
    Block((2, 1), (f"3×3 {_SEPARABLE}", "3×3 max pooling"), "add"),
)


class NasTable(NamedTuple):
    """All networks of the toy space, by first and second operation.

    ``accuracy`` and ``parameters`` have shape (6, 6); both axes are in the order of
    ``operations``.
    """

    operations: tuple[str, ...]
    accuracy: np.ndarray
    parameters: np.ndarray


class Search(NamedTuple):
    """What a search tried, one row per network, in order.

    ``choices`` (n, 2) are indices of operations, ``rewards`` (n,) the accuracies, and
    ``probabilities`` (n, 2, 6) what the choices were drawn from.
    """

    choices: np.ndarray
    rewards: np.ndarray
    probabilities: np.ndarray

    @property
    def best_so_far(self) -> np.ndarray:
        """Return the best accuracy after each network, (n,)."""
        return np.maximum.accumulate(self.rewards)


def sample_block(rng: np.random.Generator, b: int) -> Block:
    """Draw block number `b` (1, 2, ...) of a NASNet cell, every choice with equal probability.

    Examples
    --------
    >>> block = sample_block(np.random.default_rng(0), b=1)
    >>> block.inputs, block.combination
    ((1, 1), 'add')
    """
    states = whole_number("b", b) + 1
    return Block(
        inputs=(int(rng.integers(states)), int(rng.integers(states))),
        operations=tuple(
            NASNET_OPERATIONS[int(rng.integers(len(NASNET_OPERATIONS)))] for _ in range(2)
        ),
        combination=COMBINATIONS[int(rng.integers(len(COMBINATIONS)))],
    )


def search_space_size(blocks: int) -> int:
    """Return how many cells of `blocks` blocks there are; order counts.

    Block b has b + 1 hidden states to read from, twice, two operations and a combination:
    the product over b of ``(b + 1)² · 13² · 2``.

    Examples
    --------
    >>> search_space_size(1)
    1352
    """
    per_block = len(NASNET_OPERATIONS) ** 2 * len(COMBINATIONS)
    size = 1
    for b in range(1, whole_number("blocks", blocks) + 1):
        size *= (b + 1) ** 2 * per_block
    return size


@lru_cache(maxsize=1)
def nas_table() -> NasTable:
    """Return the measured accuracies of the 36 toy networks.

    Each was trained once on 1,200 of scikit-learn's 8×8 digits and scored on the other 597;
    ``benchmarks/nas_table.py`` in the repository made the table. Other seeds move an accuracy
    by several percentage points.
    """
    text = (resources.files("course_utils") / "nas_table.csv").read_text(encoding="utf-8")
    size = (len(TOY_OPERATIONS),) * 2
    accuracy, parameters = np.full(size, np.nan), np.zeros(size, int)
    for row in csv.DictReader(text.splitlines()):
        place = TOY_OPERATIONS.index(row["first"]), TOY_OPERATIONS.index(row["second"])
        accuracy[place] = float(row["accuracy"])
        parameters[place] = int(row["parameters"])
    return NasTable(TOY_OPERATIONS, accuracy, parameters)


def random_search(accuracy: ArrayLike, n_samples: int = 120, seed: int = 0) -> Search:
    """Try `n_samples` networks, every operation with equal probability each time.

    Parameters
    ----------
    accuracy : (n_ops, n_ops) array
        Reward of each network, by first and second operation: ``nas_table().accuracy``.
    n_samples : int
    seed : int

    Raises
    ------
    ValueError
        If `accuracy` is not square.
    """
    return _search(accuracy, n_samples, seed, lr=0.0, decay=0.0)


def reinforce_search(
    accuracy: ArrayLike, n_samples: int = 120, seed: int = 0, lr: float = 1.0, decay: float = 0.9
) -> Search:
    """Try `n_samples` networks and make operations of good networks more probable.

    The policy gradient REINFORCE (R. J. Williams, 1992): after each network with reward R the
    logits grow by ``lr · (R - baseline) · (one-hot of the choice - probabilities)``. In place of
    a recurrent controller each of the two positions has its own logits.

    Parameters
    ----------
    accuracy, n_samples, seed
        As in `random_search`.
    lr : float
        Step length of the logits; 0 is a random search.
    decay : float
        Memory of the baseline, a running mean of the rewards; it starts at the first reward.
    """
    return _search(accuracy, n_samples, seed, lr, decay)


def _search(accuracy: ArrayLike, n_samples: int, seed: int, lr: float, decay: float) -> Search:
    accuracy = np.asarray(accuracy, float)
    if accuracy.ndim != 2 or accuracy.shape[0] != accuracy.shape[1]:
        raise ValueError(f"accuracy must be (n_ops, n_ops), got shape {accuracy.shape}")
    n_samples = whole_number("n_samples", n_samples)
    n_ops = len(accuracy)
    rng = np.random.default_rng(seed)
    logits, baseline = np.zeros((2, n_ops)), None
    choices, rewards = np.zeros((n_samples, 2), int), np.zeros(n_samples)
    probabilities = np.zeros((n_samples, 2, n_ops))
    for n in range(n_samples):
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities[n] = odds / odds.sum(axis=1, keepdims=True)
        choices[n] = [rng.choice(n_ops, p=row) for row in probabilities[n]]
        rewards[n] = reward = accuracy[tuple(choices[n])]
        baseline = reward if baseline is None else baseline
        logits += lr * (reward - baseline) * (np.eye(n_ops)[choices[n]] - probabilities[n])
        baseline = decay * baseline + (1 - decay) * reward
    return Search(choices, rewards, probabilities)
