"""Exercises whose answer is a trained model: it must be good at examples it has not seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from course_utils.answer_types import Ungradable, Unsuitable
from course_utils.function_examples import Outcome
from course_utils.networks.facts import wrong_shapes
from course_utils.networks.network import read_network
from course_utils.rebuilt_models import require_affordable
from course_utils.unseen import UNSEEN, accuracy, seldom_right
from grader.exercises.definition import Part, Verdict
from grader.exercises.models import OpenModel

DESCRIBE_TRAINED = "course_utils.model_description.describe_trained_model"


@dataclass(frozen=True, eq=False)
class TrainedModel(OpenModel):
    """An open model that must also predict well.

    The student's process hands over layers and weights as plain data. The model is built from
    them again in a process in which no code of the student runs, which gets the examples; their
    labels stay with the grader.

    Parameters
    ----------
    unseen : str
        Examples by their name in ``course_utils.unseen.UNSEEN``.
    at_least : float
        Share of them, 0 to 1, for which the model must be right.
    train : callable
        ``train(model)`` trains a model that Keras has built, as a right answer would: for the
        tests of the tests.
    """

    unseen: str = field(kw_only=True)
    at_least: float = field(kw_only=True)
    train: Callable[[Any], None] = field(kw_only=True)

    @property
    def spec(self) -> dict[str, Any]:  # noqa: D102
        return {**super().spec, "unseen": self.unseen, "at_least": self.at_least}

    def examples(self) -> np.ndarray:
        """Return what the model is asked about; no downloads, as in a runner."""
        return UNSEEN[self.unseen]("offline")[0]

    def refusal(self, outcome: Outcome) -> str | None:
        """Return why the student's model cannot be asked to predict, None if it can."""
        if outcome.error is not None:
            return ""
        try:
            network = read_network(outcome.value)
            require_affordable(network)
        except (Unsuitable, Ungradable) as problem:
            return str(problem)
        return wrong_shapes(self.spec, network) or None

    def grade(self, value: Any) -> Verdict:
        """Return the verdict for a Keras model in this process."""
        from course_utils.model_description import describe_trained_model
        from course_utils.rebuilt_models import predict

        try:
            outcome = Outcome(value=describe_trained_model(value))
        except Unsuitable:
            return super().grade(value)
        if self.refusal(outcome) is not None:
            return self.grade_outcome(outcome)
        return self.grade_predictions(outcome, predict(outcome.value, self.examples()))

    def grade_outcome(self, outcome: Outcome) -> Verdict:
        """Return the verdict for a model that was not asked to predict."""
        return self.grade_predictions(outcome, None)

    def grade_predictions(self, outcome: Outcome, predicted: Any) -> Verdict:
        """Return the verdict for a description of a model, and what it predicts when rebuilt.

        Parameters
        ----------
        predicted : (n, classes) array, or anything else if it could not predict
        """
        verdict = super().grade_outcome(outcome)
        if not verdict.earned:
            return verdict
        found = accuracy(predicted, UNSEEN[self.unseen]("offline")[1])
        good = found >= self.at_least
        name = f"right on {self.at_least:.0%} of {self.unseen} that it has not seen"
        parts = (*verdict.parts, Part(name, good))
        share = sum(part.passed for part in parts) / len(parts)
        verdict = replace(verdict, earned=round(self.points * share, 4), parts=parts)
        if good or verdict.status != "right":
            return verdict
        told = self.refusal(outcome) or seldom_right(found, self.at_least, self.unseen)
        return replace(verdict, status="partly", message=f"Not yet. {told}")
