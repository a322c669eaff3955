"""From the description of a model to a `Network` with shapes and weights.

A description is plain data that anybody may have written: every type and size is checked, and
every number about shapes and weights is computed here, from the layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from course_utils.answer_types import Ungradable, Unsuitable
from course_utils.networks.layers import KINDS, Shape, Weights
from course_utils.networks.options import Options, read_options

INPUT = "InputLayer"
MOST_CALLS = 2000
MOST_EDGES = 20_000
LONGEST_SIDE = 10**9
MOST_WEIGHTS = 10**12


@dataclass(frozen=True)
class LayerCall:
    """One layer applied to the results of earlier calls (its `parents`, by position).

    Calls with the same number `layer` share their weights.
    """

    name: str
    options: Options
    parents: tuple[int, ...]
    layer: int
    trainable: bool
    shape: Shape


@dataclass(frozen=True)
class Network:
    """A model as data: its calls in computing order; `inputs` and `outputs` are positions."""

    family: str
    calls: tuple[LayerCall, ...]
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    params: int
    trainable: int

    @property
    def input_shapes(self) -> tuple[Shape, ...]:
        """Shapes without the batch axis."""
        return tuple(self.calls[index].shape for index in self.inputs)

    @property
    def output_shapes(self) -> tuple[Shape, ...]:
        """Shapes without the batch axis."""
        return tuple(self.calls[index].shape for index in self.outputs)


def read_network(description: Any) -> Network:
    """Return the network that a description describes.

    Parameters
    ----------
    description : dict
        ``family``, ``inputs``, ``outputs`` (positions) and ``calls``, each with ``class``,
        ``options``, ``parents`` (positions), ``layer`` and ``trainable``.

    Raises
    ------
    Ungradable
        If it holds a layer that this package has no arithmetic for.
    Unsuitable
        If no Keras model has such a description.
    """
    calls = _sequence(_entry(description, "calls"), MOST_CALLS)
    if not calls:
        raise Ungradable(
            "This model shows no layers: it cannot be checked automatically, and your "
            "instructor will look at it. Sequential and functional models can be checked."
        )
    read: list[LayerCall] = []
    weights: dict[int, tuple[LayerCall, Weights]] = {}
    edges = 0
    for entry in calls:
        call, own = _read_call(entry, read)
        edges += len(call.parents)
        first, known = weights.setdefault(call.layer, (call, own))
        as_before = (first.name, first.options, first.trainable, known)
        if edges > MOST_EDGES or as_before != (call.name, call.options, call.trainable, own):
            raise Unsuitable("This is no model that Keras could have built.")
        read.append(call)
    params = sum(every for _, (every, _) in weights.values())
    trainable = sum(trained for call, (_, trained) in weights.values() if call.trainable)
    if params > MOST_WEIGHTS:
        raise Unsuitable("The model is implausibly large.")
    family = _entry(description, "family")
    inputs, outputs = (_positions(_entry(description, key), len(read)) for key in _ENDS)
    if type(family) is not str or not outputs or any(read[i].name != INPUT for i in inputs):
        raise Unsuitable("This is no model that Keras could have built.")
    return Network(family[:40], tuple(read), inputs, outputs, params, trainable)


_ENDS = ("inputs", "outputs")


def _entry(record: Any, key: str) -> Any:
    if type(record) is not dict or key not in record:
        raise Unsuitable("Expected a Keras model.")
    return record[key]


def _sequence(value: Any, most: int) -> Sequence[Any]:
    if type(value) not in (list, tuple):
        raise Unsuitable("Expected a Keras model.")
    if len(value) > most:
        raise Unsuitable(f"The model has more than {most} layers.")
    return value


def _positions(value: Any, below: int) -> tuple[int, ...]:
    positions = tuple(_sequence(value, MOST_CALLS))
    if any(type(index) is not int or not 0 <= index < below for index in positions):
        raise Unsuitable("This is no model that Keras could have built.")
    return positions


def _read_call(entry: Any, before: list[LayerCall]) -> tuple[LayerCall, Weights]:
    name, options = _entry(entry, "class"), _entry(entry, "options")
    layer, trainable = _entry(entry, "layer"), _entry(entry, "trainable")
    parents = _positions(_entry(entry, "parents"), len(before))
    if type(name) is not str or type(options) is not dict or type(trainable) is not bool:
        raise Unsuitable("This is no model that Keras could have built.")
    if type(layer) is not int:
        raise Unsuitable("This is no model that Keras could have built.")
    if name == INPUT:
        shape = _input_shape(options.get("shape"))
        return LayerCall(name, {}, (), layer, trainable, shape), (0, 0)
    if name not in KINDS:
        raise Ungradable(
            f"The model uses {_short(name)}: it cannot be checked automatically, and your "
            "instructor will look at it."
        )
    shapes = [before[index].shape for index in parents]
    try:
        options = read_options(KINDS[name].options, options)
        shape, own = shape_and_weights(name, options, shapes)
    except (ValueError, TypeError) as problem:
        raise Unsuitable(f"The layer {name} cannot be read: {_short(str(problem))}.") from None
    return LayerCall(name, options, parents, layer, trainable, shape), own


def shape_and_weights(name: str, options: Options, shapes: list[Shape]) -> tuple[Shape, Weights]:
    """Return the output shape and the weights of a layer called on tensors of `shapes`.

    Raises
    ------
    ValueError
        If Keras would refuse these shapes.
    """
    kind = KINDS[name]
    if len(shapes) < 2 if kind.merges else len(shapes) != 1:
        raise ValueError(f"it is called on {len(shapes)} tensors")
    shape = kind.shape(options, shapes if kind.merges else shapes[0])
    if any(side is not None and side > LONGEST_SIDE for side in shape):
        raise ValueError("its output is implausibly large")
    return shape, kind.weights(options, shapes[0])


def takes(network: Network, shape: Shape) -> bool:
    """Return whether a network with one input makes something of a tensor of `shape`.

    Open sides (None) of its input are filled in, and every layer is asked again: on a small image
    a window may find nothing to slide over.
    """
    if len(network.inputs) != 1:
        return False
    shapes: list[Shape] = []
    for index, call in enumerate(network.calls):
        if index in network.inputs:
            open_or_equal = (own in (None, n) for own, n in zip(call.shape, shape, strict=False))
            if len(call.shape) != len(shape) or not all(open_or_equal):
                return False
            shapes.append(shape)
        elif call.name == INPUT:
            shapes.append(call.shape)
        else:
            given = [shapes[parent] for parent in call.parents]
            try:
                shapes.append(shape_and_weights(call.name, call.options, given)[0])
            except (ValueError, TypeError):
                return False
    return True


def _input_shape(shape: Any) -> Shape:
    sides = tuple(_sequence(shape, 8))
    for side in sides:
        if side is not None and (type(side) is not int or not 0 < side <= LONGEST_SIDE):
            raise Unsuitable("The input shape of the model cannot be read.")
    return sides


def _short(text: str) -> str:
    shown = "".join(c if c.isprintable() else "?" for c in text[:80])
    return shown or "a layer without a name"
