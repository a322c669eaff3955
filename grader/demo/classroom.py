"""The sample class: who handed in what, and the points an honest marker would give."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from grader.demo import saved
from grader.demo.answers import answered, unanswered, with_answers
from grader.demo.saved import Notebook
from grader.exercises.definition import Exercise
from grader.exercises.values import Written


@dataclass(frozen=True)
class Material:
    """What a sample is made from."""

    student: str
    released: Notebook
    solution: Notebook
    exercises: Mapping[str, Exercise]

    @cached_property
    def right(self) -> Notebook:
        """Return the notebook with every answer right."""
        return answered(self.released, self.solution, self.student)

    def changed(self, **answers: str) -> Notebook:
        """Return the right notebook with other sources in some answer cells."""
        return with_answers(self.right, answers)

    def mistaken(self, exercise: str, label: str) -> str:
        """Return an answer cell that makes a typical mistake of the definition."""
        for mistake in self.exercises[exercise].mistakes:
            if mistake.label == label:
                wrong = mistake.values[0]
                wrong = wrong.tolist() if hasattr(wrong, "tolist") else wrong
                return f"{exercise} = {wrong!r}"
        raise ValueError(f"exercise {exercise!r} has no mistake {label!r}")

    def first_mistake(self, exercise: str) -> str:
        """Return an answer cell that makes the first typical mistake of the definition."""
        return self.mistaken(exercise, self.exercises[exercise].mistakes[0].label)


@dataclass(frozen=True)
class Sample:
    """One submission.

    `lost` names the exercises that earn less, with the points left for each; `blank` means that
    nothing can be graded at all.
    """

    student: str
    assignment: str
    story: str
    submit: Callable[[Material], bytes]
    left: Mapping[str, float] = field(default_factory=dict)
    blank: bool = False
    late: bool = False

    def expected_points(self, exercises: Mapping[str, Exercise]) -> float:
        """Return the automatic points an honest marker gives."""
        if self.blank:
            return 0.0
        return sum(
            self.left.get(name, exercise.points)
            for name, exercise in exercises.items()
            if not isinstance(exercise, Written)
        )


ONE, TWO, THREE = "01_convolution", "02_padding_and_strides", "03_max_pooling"

ENDLESS = """\
def conv_output_length(n, kernel, stride=1, padding="valid", dilation=1):
    while True:
        pass
"""
QUIT = "import os\nos._exit(0)"
PEEK = """\
try:
    with open("../../../../solutions/03_max_pooling/exercises.py") as definitions:
        receptive_field_three_convs = definitions.read()
except OSError:
    receptive_field_three_convs = "nothing to read here"
"""


def _perfect(m: Material) -> bytes:
    return saved.jupyter(m.right)


def _half(m: Material) -> bytes:
    return saved.jupyter(unanswered(m.right, m.released, ["conv2d_single", "im2col_patches"]))


def _one_item(m: Material) -> bytes:
    return saved.jupyter(m.changed(conv_layer_params="conv_layer_params = [320, 18496, 4800]"))


SAMPLES: tuple[Sample, ...] = (
    Sample("ada", ONE, "everything right", _perfect),
    Sample("ada", TWO, "everything right", _perfect),
    Sample("ada", THREE, "everything right", _perfect),
    Sample(
        "blaise", ONE, "the untouched notebook", lambda m: saved.jupyter(m.released), blank=True
    ),
    Sample(
        "carl",
        ONE,
        "two functions not written",
        _half,
        left={"conv2d_single": 0, "im2col_patches": 0},
    ),
    Sample("dora", ONE, "saved by Colab", lambda m: saved.colab(m.right)),
    Sample("emmy", ONE, "saved by VS Code", lambda m: saved.vs_code(m.right)),
    Sample(
        "fritz",
        ONE,
        "flipped the kernel, forgot one bias",
        lambda m: saved.jupyter(
            with_answers(
                m.right,
                {
                    "conv_by_hand": m.first_mistake("conv_by_hand"),
                    "conv_layer_params": "conv_layer_params = [320, 18496, 4800]",
                },
            )
        ),
        left={"conv_by_hand": 0, "conv_layer_params": 2},
    ),
    Sample(
        "grace",
        TWO,
        "pasted a test cell twice",
        lambda m: saved.jupyter(saved.with_duplicate(m.right, "test_stride2_shapes")),
    ),
    Sample(
        "hypatia",
        TWO,
        "deleted a test cell",
        lambda m: saved.jupyter(saved.without(m.right, "test_border_5x5")),
    ),
    Sample(
        "isaac",
        TWO,
        "an answer turned to text",
        lambda m: saved.jupyter(saved.turned_to_text(m.right, "pad_amounts")),
    ),
    Sample("julia", TWO, "the upload broke off", lambda m: saved.cut_off(m.right), blank=True),
    Sample(
        "kurt",
        TWO,
        "a function that never ends",
        lambda m: saved.jupyter(m.changed(conv_output_length=ENDLESS)),
        left={"conv_output_length": 0},
    ),
    Sample(
        "lise",
        TWO,
        "forgot the stride; handed in late",
        lambda m: saved.jupyter(
            m.changed(
                nonsquare_shape="nonsquare_shape = (30, 60, 8)",
                stride2_shapes="stride2_shapes = [26, 28, 3, 5]",
            )
        ),
        left={"nonsquare_shape": 0, "stride2_shapes": 0},
        late=True,
    ),
    Sample(
        "max",
        THREE,
        "os._exit in the last exercise",
        lambda m: saved.jupyter(m.changed(maxout_features=QUIT)),
        left={"maxout_features": 0},
    ),
    Sample(
        "noether",
        THREE,
        "tried to read the solutions",
        lambda m: saved.jupyter(m.changed(receptive_field_three_convs=PEEK)),
        left={"receptive_field_three_convs": 0},
    ),
    Sample(
        "otto",
        THREE,
        "averages instead of maxima, no bias",
        lambda m: saved.jupyter(
            with_answers(
                m.right,
                {
                    "maxpool_4x4": m.first_mistake("maxpool_4x4"),
                    "dense1_params": m.first_mistake("dense1_params"),
                },
            )
        ),
        left={"maxpool_4x4": 0, "dense1_params": 0},
    ),
    Sample(
        "paul",
        THREE,
        "a Colab copy without its answers' ids",
        lambda m: saved.colab(_without_ids(m.right), account="Paul Example"),
    ),
)


def _without_ids(notebook: Notebook) -> Notebook:
    changed: dict[str, Any] = {**notebook, "cells": []}
    for cell in notebook["cells"]:
        changed["cells"].append({**cell, "metadata": {}})
    return changed
