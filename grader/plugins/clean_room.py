"""Predictions of students' models, made where no code of the student runs.

A run of its own, from the same pool: its only cell is ours, and models come into it as plain
data. It follows the student's run as soon as that has ended.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import replace

from grader.plugins.plan import Plan
from grader.plugins.stored_runs import StoredRuns
from grader.runner import AnswerStep, Call, CellStep, Job, Limits, RunResult

_CELL = CellStep("clean room", "from course_utils.rebuilt_models import predict")
_SECONDS = 60.0
_ANSWER_BYTES = 2**20


class CleanRoom:
    """Asks the trained models that students' runs handed over.

    Parameters
    ----------
    runs : StoredRuns
    limits : Limits
        Of a student's run; here they are tighter.
    seed : int
    """

    def __init__(self, runs: StoredRuns, limits: Limits, seed: int):
        self._runs = runs
        self._limits = replace(
            limits,
            wall_seconds=min(_SECONDS, limits.wall_seconds),
            call_seconds=min(_SECONDS, limits.wall_seconds),
            answer_bytes=_ANSWER_BYTES,
        )
        self._seed = seed

    def after(self, path: str, plan: Plan, future: Future[RunResult]) -> Future[RunResult | None]:
        """Return what the models say that the run of `plan` gives; None if it gives none."""
        said: Future[RunResult | None] = Future()

        def ask(done: Future[RunResult]) -> None:
            try:
                self._ask(path, plan, done.result(), said)
            except BaseException as error:  # whoever waits must learn of it
                said.set_exception(error)

        future.add_done_callback(ask)
        return said

    def _ask(
        self, path: str, plan: Plan, result: RunResult, said: Future[RunResult | None]
    ) -> None:
        steps = [
            AnswerStep(id, "predict", (Call((outcome.value, exercise.examples())),))
            for id, (exercise, outcome) in plan.trained_models(result).items()
        ]
        if not steps:
            said.set_result(None)
            return
        job = Job((_CELL, *steps), self._limits, self._seed)

        def tell(done: Future[RunResult]) -> None:
            error = done.exception()
            said.set_exception(error) if error else said.set_result(done.result())

        self._runs.submit(f"{path} (predictions)", job).add_done_callback(tell)
