"""How much computing a network asks for, before anything of it is built."""

from __future__ import annotations

import math

from course_utils.networks.network import INPUT, Network, shape_and_weights


def multiply_adds(network: Network) -> int:
    """Return an upper bound on the multiplications and additions for one example.

    Every position of a layer's output is counted with all the layer's weights; without weights,
    every number it reads and writes counts once.

    Raises
    ------
    ValueError
        If a height or width is open (None): then it depends on the example.
    """
    total = 0
    for call in network.calls:
        if None in call.shape:
            raise ValueError("the amount of computing depends on the size of the example")
        if call.name == INPUT:
            continue
        shapes = [network.calls[parent].shape for parent in call.parents]
        weights = shape_and_weights(call.name, call.options, shapes)[1][0]
        positions = math.prod(call.shape[:-1])
        total += positions * weights + math.prod(call.shape) + sum(map(math.prod, shapes))
        total += math.prod(call.options.get("pool_size", ())) * math.prod(call.shape)
    return total
