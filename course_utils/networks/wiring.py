"""One text for all models that compute the same from the same layers.

``Conv2D(..., activation="relu")`` and ``Conv2D(...)`` followed by ``ReLU()`` are wired alike, so
are the two orders of an addition, and Sequential and functional models.
"""

from __future__ import annotations

import hashlib
from typing import Any, NamedTuple

from course_utils.networks.layers import KINDS, position
from course_utils.networks.network import INPUT, LayerCall, Network
from course_utils.networks.options import REQUIRED, read_options

_ACTIVATION_LAYERS = ("Activation", "ReLU", "Softmax")


class Step(NamedTuple):
    """One operation: a layer without its activation, or an activation."""

    label: str
    details: str
    parents: tuple[int, ...]
    is_activation: bool = False


def steps(network: Network) -> tuple[list[Step], tuple[int, ...]]:
    """Return the operations in computing order, and the positions of the outputs."""
    found: list[Step] = []
    result_of: list[int] = []
    for index, call in enumerate(network.calls):
        parents = tuple(result_of[parent] for parent in call.parents)
        if call.name == INPUT:
            found.append(Step(_input_label(index, network), _shape_text(call.shape), ()))
            result_of.append(len(found) - 1)
            continue
        activation = _activation(call)
        if activation is None or call.name not in _ACTIVATION_LAYERS:
            found.append(Step(call.name, _details(call), parents))
            parents = (len(found) - 1,)
        if activation not in (None, "linear"):
            found.append(Step(activation, "", parents, is_activation=True))
            parents = (len(found) - 1,)
        result_of.append(parents[0])
    return found, tuple(result_of[index] for index in network.outputs)


def wiring(network: Network) -> list[str]:
    """Return the model as numbered lines, the same for equal models.

    ``"2 = Conv2D(1; filters=16, kernel_size=3×3, padding=same)"`` takes result 1.
    """
    found, outputs = steps(network)
    digests = _digests(found, plain=False)
    numbers: dict[str, int] = {}
    lines: list[str] = []
    # An explicit stack: networks may be deeper than Python's recursion limit.
    stack = [(index, False) for index in reversed(outputs)]
    while stack:
        index, parents_done = stack.pop()
        if digests[index] in numbers:
            continue
        step, parents = found[index], _ordered(found[index], digests)
        if not parents_done:
            stack.append((index, True))
            stack.extend((parent, False) for parent in reversed(parents))
            continue
        numbers[digests[index]] = len(numbers) + 1
        taken = ", ".join(str(numbers[digests[parent]]) for parent in parents)
        inside = "; ".join(text for text in (taken, step.details) if text)
        lines.append(f"{len(numbers)} = {step.label}({inside})")
    if len(outputs) > 1:
        lines.append("outputs " + ", ".join(str(numbers[digests[index]]) for index in outputs))
    return lines


def skeleton(network: Network) -> str:
    """Return a fingerprint of the classes of layers and their connections, without options."""
    found, outputs = steps(network)
    digests = _digests(found, plain=True)
    return " ".join(digests[index] for index in outputs)


def _activation(call: LayerCall) -> str | None:
    """Return the activation that a call applies last, None for a layer without one."""
    options = call.options
    if call.name == "ReLU" and options == read_options(KINDS["ReLU"].options, {}):
        return "relu"
    if call.name == "Softmax" and _is_last(options["axis"], call.shape):
        return "softmax"
    return options.get("activation")


def _is_last(axis: int, shape: tuple) -> bool:
    return position(axis, len(shape)) == len(shape) - 1


def _details(call: LayerCall) -> str:
    given = {
        name: value
        for name, value in KINDS[call.name].options.items()
        if value is not REQUIRED and name != "strides"
    }
    defaults = {"strides": call.options.get("pool_size", (1, 1)), **read_options(given, {})}
    return ", ".join(
        f"{name}={_text(value)}"
        for name, value in call.options.items()
        if value != defaults.get(name, REQUIRED) and not _is_idle(name, call)
    )


def _is_idle(name: str, call: LayerCall) -> bool:
    """Tell whether an option says nothing: it shows elsewhere, or makes no difference here."""
    if name == "padding":
        return set(call.options.get("kernel_size", call.options.get("pool_size"))) == {1}
    if name == "axis":
        return _is_last(call.options["axis"], call.shape)
    return name == "activation"


def _text(value: Any) -> str:
    return _shape_text(value) if isinstance(value, tuple) else str(value)


def _shape_text(shape: tuple) -> str:
    return "×".join(_text(side) if side is not None else "any" for side in shape) or "()"


def _input_label(index: int, network: Network) -> str:
    if len(network.inputs) == 1:
        return "Input"
    return f"Input {network.inputs.index(index) + 1}" if index in network.inputs else "Input ?"


def _ordered(step: Step, digests: list[str]) -> list[int]:
    if step.label in KINDS and KINDS[step.label].commutes:
        return sorted(step.parents, key=digests.__getitem__)
    return list(step.parents)


def _digests(found: list[Step], plain: bool) -> list[str]:
    """Return a fingerprint of each result; `plain` ones know neither options nor activations."""
    digests: list[str] = []
    for step in found:
        if plain and step.is_activation:
            digests.append(digests[step.parents[0]])
            continue
        below = [digests[parent] for parent in _ordered(step, digests)]
        text = "\n".join([step.label, "" if plain else step.details, *below])
        digests.append(hashlib.sha256(text.encode()).hexdigest()[:24])
    return digests
