"""What the networks of the lecture's table look like in today's Keras: counted, not quoted.

``count_network``    builds one network, without its trained weights, and counts
``measured_counts``  the counts of all 20, from a file that ``benchmarks/applications_counts.py``
                     writes and the tests count again
"""

from __future__ import annotations

import csv
from importlib import resources
from typing import TYPE_CHECKING, NamedTuple

from course_utils.architectures.resnext import BLOCKS_50, BLOCKS_101, resnext
from course_utils.datasets.applications import applications_table

if TYPE_CHECKING:
    import keras

COUNTS_FILE = "applications_counts.csv"
# No longer in keras.applications: built here from their description.
_REBUILT = {"ResNeXt50": BLOCKS_50, "ResNeXt101": BLOCKS_101}


class NetworkCounts(NamedTuple):
    """What was counted in one network; whole numbers but for the first two.

    ``source`` is ``keras.applications`` or ``rebuilt``; ``without_top`` are the weights below the
    layers that turn the last map into 1,000 classes; ``macs`` multiply-accumulates for one
    image; ``layers`` is ``len(model.layers)``; ``longest_path`` counts layers from input to
    output, ``weight_layers`` only convolutions and Dense layers, see ``arithmetic.models``.
    """

    model: str
    source: str
    params: int
    trainable: int
    without_top: int
    macs: int
    layers: int
    longest_path: int
    weight_layers: int


def build_network(name: str) -> keras.Model:
    """Return a network of the table with random weights; the large ones take 2 GB of memory.

    Raises
    ------
    ValueError
        If the table has no such network.
    """
    import keras

    if name in _REBUILT:
        return resnext(_REBUILT[name])
    known = [row.model for row in applications_table()]
    if name not in known:
        raise ValueError(f"the table has {', '.join(known)}, not {name!r}")
    return getattr(keras.applications, name)(weights=None)


def count_network(name: str) -> NetworkCounts:
    """Build a network and count; its memory is given back."""
    import keras

    from course_utils.arithmetic.models import count_macs, count_params, longest_path

    model = build_network(name)
    counts = NetworkCounts(
        name,
        "rebuilt" if name in _REBUILT else "keras.applications",
        params=count_params(model),
        trainable=count_params(model, trainable=True),
        without_top=_below_the_top(model),
        macs=count_macs(model),
        layers=len(model.layers),
        longest_path=longest_path(model),
        weight_layers=longest_path(model, weighted_only=True),
    )
    del model
    keras.backend.clear_session()
    return counts


def measured_counts() -> dict[str, NetworkCounts]:
    """Return the stored counts by name, in the order of the lecture's table.

    >>> measured_counts()["VGG16"].params
    138357544
    """
    file = resources.files("course_utils") / COUNTS_FILE
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return {row["model"]: _counts(**row) for row in rows}


def _counts(model: str, source: str, **numbers: str) -> NetworkCounts:
    return NetworkCounts(model, source, **{name: int(text) for name, text in numbers.items()})


def _below_the_top(model: keras.Model) -> int:
    """Return the weights up to the last layer whose output still has height and width."""
    from course_utils.arithmetic.graph import layer_calls, output_shape, weight_count

    below, pending = 0, 0
    for call in layer_calls(model):
        pending += weight_count(call.operation.weights)
        shape = output_shape(call)
        if len(shape) == 3 and shape[0] > 1:
            below, pending = below + pending, 0
    return below
