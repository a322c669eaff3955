"""What can be said about a network, as short texts: hints are found under them.

Each fact is ``kind:text``. Equal networks share all facts; a typical mistake has one of its own.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from course_utils.answer_types import Ungradable, Unsuitable
from course_utils.networks.layers import Shape
from course_utils.networks.network import Network, read_network, takes
from course_utils.networks.wiring import skeleton, steps, wiring

UNREADABLE = "layers that cannot be checked automatically"
SHAPES = "input and output shape"


def facts(network: Network) -> list[str]:
    """Return everything a mistake may be recognised by, the most specific first.

    ``wiring:`` the whole model, ``params:`` and ``trainable:`` numbers of weights, ``output:``
    and ``input:`` shapes, ``family:`` Sequential or Functional, ``edge:A > B`` where B takes the
    result of A, ``count:3 Conv2D``, ``has:Flatten``, ``last:softmax``. Activations count as
    operations of their own.
    """
    found, outputs = steps(network)
    counts = Counter(step.label for step in found)
    edges = {f"{found[p].label} > {step.label}" for step in found for p in step.parents}
    return [
        wiring_fact(network),
        f"params:{network.params}",
        f"trainable:{network.trainable}",
        f"output:{shapes_text(network.output_shapes)}",
        f"input:{shapes_text(network.input_shapes)}",
        f"family:{network.family}",
        *sorted(f"edge:{edge}" for edge in edges),
        *sorted(f"count:{number} {label}" for label, number in counts.items()),
        *sorted(f"has:{label}" for label in counts),
        *(f"last:{found[index].label}" for index in outputs),
    ]


def wiring_fact(network: Network) -> str:
    """Return the fact that says everything about layers, options and connections."""
    return "wiring:" + " ".join(wiring(network))


def shapes_text(shapes: tuple[Shape, ...]) -> str:
    """Return shapes as a student writes them.

    >>> shapes_text(((28, 28, 1),)), shapes_text(((None, None, 3), (10,)))
    ('(28, 28, 1)', '(None, None, 3) and (10,)')
    """
    return " and ".join(str(tuple(shape)) for shape in shapes)


def part_keys(network: Network) -> dict[str, str]:
    """Return, by the name of each part that a model is graded by, the text equal models share.

    The number of weights counts together with the layers that hold them.
    """
    holders = Counter(call.name for call in network.calls if _holds_weights(call.name))
    held = ", ".join(f"{number} {name}" for name, number in sorted(holders.items()))
    return {
        SHAPES: f"{shapes_text(network.input_shapes)} to {shapes_text(network.output_shapes)}",
        "layers and their connections": skeleton(network),
        "options of the layers": wiring_fact(network),
        "number of weights": f"{network.params}, trained {network.trainable}, in {held}",
    }


def _holds_weights(name: str) -> bool:
    return "Conv2D" in name or name in ("Dense", "BatchNormalization")


def block_facts(description: Any, *_: Any, only: int | None = None) -> list[str]:
    """Return output shape, number of weights, operations and wiring of what a function built.

    With `only`, the fact at that position alone.
    """
    try:
        network = read_network(description)
    except Ungradable:
        return [UNREADABLE]
    except Unsuitable:
        return ["no Keras tensor or model"]
    counts = Counter(step.label for step in steps(network)[0])
    described = [
        f"output shape {shapes_text(network.output_shapes)}",
        f"{network.params:,} weights",
        "the operations " + ", ".join(f"{n} {label}" for label, n in sorted(counts.items())),
        "the wiring " + ", ".join(wiring(network)),
    ]
    return described if only is None else [described[only]]


def block_shape(description: Any, *_: Any) -> list[str]:
    """Return only the output shape of what a function built."""
    return block_facts(description, only=0)


def block_weights(description: Any, *_: Any) -> list[str]:
    """Return only the number of weights of what a function built."""
    return block_facts(description, only=1)


def right_key(network: Network, functional: bool) -> str:
    """Return the text that all right models share; `functional` if Sequential ones are wrong."""
    texts = list(part_keys(network).values())
    return "right:" + " | ".join([*texts, network.family] if functional else texts)


def part_key(name: str, text: str) -> str:
    """Return the text under which one part of a model is known to be right."""
    return f"part {name}:{text}"


def met_parts(spec: dict[str, Any], network: Network) -> dict[str, bool]:
    """Return, by name, what an exercise with many right models asks for, and whether it is there.

    Parameters
    ----------
    spec : dict
        ``inputs`` and ``outputs`` (shapes) and ``requirements``: each has a ``name`` and some of
        ``needs`` (facts, one of which must hold), ``forbids`` (facts of which none may),
        ``fewer_weights_than`` and ``takes`` (shapes for which it must give a result).
    """
    known = set(facts(network))
    met = {SHAPES: not wrong_shapes(spec, network)}
    for one in spec["requirements"]:
        met[one["name"]] = (
            (not one.get("needs") or not known.isdisjoint(one["needs"]))
            and known.isdisjoint(one.get("forbids", ()))
            and network.params < one.get("fewer_weights_than", float("inf"))
            and all(takes(network, tuple(shape)) for shape in one.get("takes", ()))
        )
    return met


def wrong_shapes(spec: dict[str, Any], network: Network) -> str:
    """Return a sentence about input or output shapes that differ from the asked ones, or ``""``."""
    for what, got in (("input", network.input_shapes), ("output", network.output_shapes)):
        expected = tuple(tuple(shape) for shape in spec[f"{what}s"])
        if expected != got:
            wanted, given = shapes_text(expected), shapes_text(got)
            return f"Expected {what} shape {wanted}, got {given} (without the batch axis)."
    return ""
