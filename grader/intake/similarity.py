"""When two texts count as the same cell, and how alike two different ones are."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

ALIKE = 0.8
# Work is counted in products of text lengths. An ordinary notebook needs well under a percent
# of this; one made to keep the comparison busy stays within about half a second.
_BUDGET = 5_000_000_000
_COST_OF_A_PAIR = 2_000


def normalised(source: str) -> str:
    r"""Return `source` without what editors change: line ends, trailing spaces, blank ends.

    >>> normalised("x = 1  \r\ny = 2\n\n")
    'x = 1\ny = 2'
    """
    return "\n".join(line.rstrip() for line in source.splitlines()).strip("\n")


def ratio(first: str, second: str) -> float:
    """Return how alike two texts are, from 0 to 1 (twice the common characters over all).

    >>> ratio("abcd", "abcx")
    0.75
    """
    return fuzz.ratio(first, second) / 100


def alike_pairs(
    wanted: Iterable[tuple[int, str]], candidates: Iterable[tuple[int, str]]
) -> list[tuple[int, int]]:
    """Return pairs (wanted key, candidate key) whose texts are alike, the most alike first.

    >>> alike_pairs([(0, "model.fit(x, y)")], [(7, "print(1)"), (8, "model.fit(x, y2)")])
    [(0, 8)]
    """
    by_length = sorted(((len(text), key, text) for key, text in candidates), key=lambda c: c[:2])
    found, work = [], 0
    for key, text in wanted:
        # 2 * shorter / (shorter + longer) bounds the ratio from above.
        shortest = len(text) * ALIKE / (2 - ALIKE)
        longest = len(text) * (2 - ALIKE) / ALIKE
        near = {k: t for length, k, t in by_length if shortest <= length <= longest}
        cost = sum(len(text) * len(t) + _COST_OF_A_PAIR for t in near.values())
        if work + cost > _BUDGET:
            continue
        work += cost
        for _, score, other in process.extract(
            text, near, scorer=fuzz.ratio, score_cutoff=100 * ALIKE, limit=None
        ):
            found.append((-score, abs(other - key), key, other))
    return [(key, other) for _, _, key, other in sorted(found)]
