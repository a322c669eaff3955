"""Exercises whose answer is a Keras model, or a function that builds a part of one.

The grader never imports TensorFlow: it gets the layers, options and connections of the student's
model as plain data and computes shapes and weights itself, for the definition's model likewise.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from course_utils.answer_types import Unanswered, Ungradable, Unsuitable, normalise
from course_utils.function_examples import Call, Outcome
from course_utils.networks.facts import (
    SHAPES,
    UNREADABLE,
    facts,
    met_parts,
    part_key,
    part_keys,
    right_key,
    shapes_text,
)
from course_utils.networks.network import Network, read_network
from grader.exercises import paper
from grader.exercises.definition import Exercise, Mistake, Part, Verdict
from grader.exercises.functions import Function

DESCRIBE = "course_utils.model_description.describe_model"
_DESCRIBE_BLOCK = "course_utils.model_description.describe_block"
_FAMILY_PART = "built with the functional API"


@dataclass(frozen=True, eq=False)
class ModelExercise(Exercise):
    """An exercise whose answer is a Keras model.

    Parameters
    ----------
    build : callable
        ``build(keras)`` returns the answer; `keras` is Keras or ``grader.exercises.paper``.

    A mistake's `function` is such a builder too. A model is recognised when it equals it, when
    it has as many weights (and the answer has not), or by the mistake's `values` (numbers of
    weights), `shape` (of the output) or `facts`.
    """

    build: Callable[[Any], Any] = field(kw_only=True)

    @cached_property
    def network(self) -> Network:
        """The answer."""
        return on_paper(self.build)

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {
            "type": "model",
            "inputs": [list(shape) for shape in self.network.input_shapes],
            "outputs": [list(shape) for shape in self.network.output_shapes],
            "facts": sorted({fact.split(":")[0] for fact in self.hints}),
        }

    @cached_property
    def hints(self) -> dict[str, Mistake]:
        """Return the mistakes by the fact that gives them away."""
        told = {}
        for mistake in self.mistakes:
            for fact in _own_facts(mistake):
                told.setdefault(fact, mistake)
        right = set(facts(self.network)[:2])
        for mistake in self.mistakes:
            if mistake.function:
                for fact in facts(on_paper(mistake.function))[:2]:
                    if fact not in right:
                        told.setdefault(fact, mistake)
        return told

    def grade(self, value: Any) -> Verdict:
        """Return the verdict for a Keras model in this process."""
        return self._grade(lambda: normalise(self.spec, value))

    def grade_outcome(self, outcome: Outcome) -> Verdict:
        """Return the verdict for what came of asking the runner for a description."""
        if outcome.error in ("Timeout", "NotReached"):
            return self.verdict("wrong", "Your model could not be read in time.")
        if outcome.error is not None:
            return self.verdict("wrong", outcome.message, mistake="unsuitable value")
        return self._grade(lambda: read_network(outcome.value))

    def _grade(self, read: Callable[[], Network]) -> Verdict:
        try:
            network = read()
        except Unanswered:
            return self.verdict("unanswered", "Not answered.")
        except Ungradable as problem:
            return self.verdict("wrong", str(problem), mistake=UNREADABLE, needs_review=True)
        except Unsuitable as problem:
            return self.verdict("wrong", str(problem), mistake="unsuitable value")
        return self._verdict(network, self.parts(network))

    def _verdict(self, network: Network, parts: dict[str, bool]) -> Verdict:
        if not any(parts[name] for name in self.substance):
            parts = dict.fromkeys(parts, False)
        listed = tuple(Part(name, met) for name, met in parts.items())
        if all(parts.values()):
            return self.verdict("right", "Right.", share=1.0, parts=listed)
        share = sum(parts.values()) / len(parts)
        mistake = self.recognise(network)
        return self.verdict(
            "partly" if share else "wrong",
            f"Not yet. {mistake.hint}" if mistake else "Not yet.",
            share=share,
            mistake=mistake.label if mistake else None,
            parts=listed,
        )

    def parts(self, network: Network) -> dict[str, bool]:
        """Return by name what is asked for, and whether `network` has it."""
        raise NotImplementedError

    @property
    def substance(self) -> list[str]:
        """Return the parts of which one must be right, since any model may have the others."""
        raise NotImplementedError

    def recognise(self, network: Network) -> Mistake | None:
        """Return the typical mistake that `network` shows, the most specific one."""
        return next((self.hints[fact] for fact in facts(network) if fact in self.hints), None)

    def messages(self) -> dict[str, dict[str, Any]]:
        """Return what the immediate check says, by fact."""
        return {fact: {"hint": mistake.hint} for fact, mistake in self.hints.items()}


@dataclass(frozen=True, eq=False)
class Model(ModelExercise):
    """One model is right, however it is written; right parts of it earn their share.

    Parameters
    ----------
    functional : bool
        A Sequential model does not do.
    """

    functional: bool = field(default=False, kw_only=True)

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {**super().spec, "functional": self.functional}

    def parts(self, network: Network) -> dict[str, bool]:  # noqa: D102
        expected, got = part_keys(self.network), part_keys(network)
        parts = {name: got[name] == text for name, text in expected.items()}
        if self.functional:
            parts[_FAMILY_PART] = network.family == self.network.family
        return parts

    @property
    def substance(self) -> list[str]:  # noqa: D102
        return [name for name in part_keys(self.network) if name != SHAPES]

    def messages(self) -> dict[str, dict[str, Any]]:  # noqa: D102
        right = right_key(self.network, self.functional)
        parts = [part_key(name, text) for name, text in part_keys(self.network).items()]
        return {**super().messages(), **{key: {"right": True} for key in [right, *parts]}}


@dataclass(frozen=True)
class Requirement:
    """Something an open exercise asks for; its prompt says it, so students may see it.

    Parameters
    ----------
    name : str
        As in "Missing: at least one convolution".
    needs : tuple of str
        Facts of ``course_utils.networks.facts``, one of which must hold.
    forbids : tuple of str
        Facts of which none may hold.
    fewer_weights_than : int, optional
    takes : tuple of shapes
        Shapes without the batch axis for which the network must give a result; for networks
        whose input has open sides (None).
    """

    name: str
    needs: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    fewer_weights_than: int | None = None
    takes: tuple[tuple[int, ...], ...] = ()

    @property
    def spec(self) -> dict[str, Any]:
        """Return it as JSON."""
        spec = {"name": self.name, "needs": list(self.needs), "forbids": list(self.forbids)}
        if self.fewer_weights_than is not None:
            spec["fewer_weights_than"] = self.fewer_weights_than
        if self.takes:
            spec["takes"] = [list(shape) for shape in self.takes]
        return spec


@dataclass(frozen=True, eq=False)
class OpenModel(ModelExercise):
    """Many models are right: those with the shapes of `build`'s that meet the requirements."""

    requirements: tuple[Requirement, ...] = field(kw_only=True)

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {**super().spec, "requirements": [one.spec for one in self.requirements]}

    def parts(self, network: Network) -> dict[str, bool]:  # noqa: D102
        return met_parts(self.spec, network)

    @property
    def substance(self) -> list[str]:  # noqa: D102
        return [one.name for one in self.requirements if one.needs]


@dataclass(frozen=True, eq=False)
class Block(Function):
    """A function that builds a part of a network, or a whole model.

    `reference` and mutants are written ``function(keras, x, ...)`` and called by the student as
    ``function(x, ...)``. Calls give a shape for `x`; the function gets a Keras tensor of that
    shape. What it builds is compared by shape, number of weights and wiring, with a call's
    `reading` ``"block shape"`` or ``"block weights"`` by that alone.
    """

    def __post_init__(self) -> None:
        hidden = self.probes
        object.__setattr__(self, "examples", tuple(map(_described, self.examples)))
        object.__setattr__(self, "probes", partial(_described_probes, hidden))

    def defined(self, one: Call, function: Callable[..., Any]) -> Outcome:  # noqa: D102
        return super().defined(one, partial(paper.describe_block, function))

    def as_written(self, function: Callable[..., Any]) -> Callable[..., Any]:  # noqa: D102
        import keras

        return partial(function, keras)

    def grade_outcomes(self, outcomes: list[Outcome]) -> Verdict:  # noqa: D102
        verdict = super().grade_outcomes(outcomes)
        unread = any(outcome.value == [UNREADABLE] for outcome in outcomes)
        return replace(verdict, needs_review=unread and verdict.status != "right")


def on_paper(build: Callable[[Any], Any]) -> Network:
    """Return what `build` builds, without Keras."""
    return read_network(build(paper.keras).description)


def _own_facts(mistake: Mistake) -> list[str]:
    told = [f"params:{number}" for number in mistake.values]
    if mistake.shape is not None:
        told.append(f"output:{shapes_text((tuple(mistake.shape),))}")
    return [*mistake.facts, *told]


def _described(one: Call) -> Call:
    return replace(one, through=_DESCRIBE_BLOCK, reading=one.reading or "block")


def _described_probes(
    hidden: Callable[[np.random.Generator], dict[str, list[Call]]], rng: np.random.Generator
) -> dict[str, list[Call]]:
    return {name: list(map(_described, calls)) for name, calls in hidden(rng).items()}
