"""The immediate check of a Keras model: right, a typical mistake, or what is right so far."""

from __future__ import annotations

from typing import Any

from course_utils.networks.facts import (
    facts,
    met_parts,
    part_key,
    part_keys,
    right_key,
    wrong_shapes,
)
from course_utils.networks.network import Network
from course_utils.sealed import unseal
from course_utils.unseen import accuracy_here, seldom_right


def examine_model(entry: dict[str, Any], network: Network, model: Any) -> tuple[str, str]:
    """Return a status and a sentence for the student; see ``checks.Result``.

    Parameters
    ----------
    entry : dict
        The exercise in the sealed table. Its spec tells which kinds of facts have hints.
    network : Network
        What there is to know about the layers of `model`.
    """
    spec = entry["spec"]

    def opened(key: str) -> dict[str, Any]:
        return unseal(entry["salt"], key, entry["sealed"]) or {}

    many_are_right = "requirements" in spec
    parts = met_parts(spec, network) if many_are_right else {}
    if all(parts.values()) if many_are_right else opened(right_key(network, spec["functional"])):
        return examine_predictions(spec, model) if "unseen" in spec else ("right", "Right.")
    for fact in facts(network):
        if fact.split(":")[0] in spec["facts"] and (message := opened(fact)):
            return "hint", message["hint"]
    problem = wrong_shapes(spec, network)
    if problem:
        return "wrong", f"Not yet. {problem}"
    if many_are_right:
        missing = [name for name, met in parts.items() if not met]
        return "wrong", f"Not yet. Missing: {', '.join(missing)}."
    parts = {name: opened(part_key(name, text)) for name, text in part_keys(network).items()}
    found = [name for name, is_right in parts.items() if is_right]
    # The later parts follow from the earlier ones: the first that is wrong is where to look.
    wrong = [name for name, is_right in parts.items() if not is_right]
    right = f"Right so far: {', '.join(found)}. " if found else ""
    if not wrong:
        return "wrong", f"Not yet. {right}Build it with the functional API: Model(inputs, outputs)."
    return "wrong", f"Not yet. {right}Look again at: {wrong[0]}."


def examine_predictions(spec: dict[str, Any], model: Any) -> tuple[str, str]:
    """Return a status and a sentence about a model whose layers are right; see ``unseen``."""
    found = accuracy_here(model, spec["unseen"])
    if found < spec["at_least"]:
        return "wrong", f"Not yet. {seldom_right(found, spec['at_least'], spec['unseen'])}"
    return "right", "Right."
