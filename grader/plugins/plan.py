"""From a rebuilt notebook to the runner's steps, and from its answers to trusted verdicts."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from course_utils import function_examples
from course_utils.function_examples import Outcome
from grader.checker.judge import Outcome as Examined
from grader.checker.judge import unreached
from grader.checker.testcell import PlainTest
from grader.exercises import Drill, Exercise, Function, Verdict
from grader.exercises.models import DESCRIBE, ModelExercise
from grader.exercises.result_tables import DESCRIBE_TABLE, Table
from grader.exercises.testcells import CheckLine, check_lines
from grader.exercises.trained import DESCRIBE_TRAINED, TrainedModel
from grader.intake import RebuiltCell
from grader.runner import Answer, AnswerStep, Call, CallResult, CellStep, RunResult, ServeStep

RUN_ROLES = {"solution", "extra", "locked", "plain"}
_PERFORM = "course_utils.function_examples.perform"
_LOG = logging.getLogger("grader")
NOT_JUDGED = "This could not be judged automatically. Your instructor will look at it."
NOT_REACHED = "Not reached: the run ended before this exercise."


@dataclass(frozen=True)
class Test:
    """One test cell: its check lines and the most points the gradebook gives for it."""

    grade_id: str
    lines: tuple[CheckLine, ...]
    points: float


class Plan:
    """The steps of one notebook.

    Parameters
    ----------
    cells : list of RebuiltCell
        Canonical cells, in order.
    tests : dict
        Source of each test cell by grade id.
    points : dict
        Most points by grade id.
    exercises : dict
        Definitions by exercise id.
    plain : dict, optional
        Test cells without check lines, by grade id.

    Attributes
    ----------
    examined : dict
        Those of `plain` that the checker examines; the others wait for a person.
    """

    def __init__(
        self,
        cells: Iterable[RebuiltCell],
        tests: Mapping[str, str],
        points: Mapping[str, float],
        exercises: Mapping[str, Exercise],
        plain: Mapping[str, PlainTest] | None = None,
    ):
        self._exercises = exercises
        self.tests: dict[str, Test] = {}
        self.examined = {id: test for id, test in (plain or {}).items() if not test.problem}
        steps: list[CellStep | AnswerStep | ServeStep] = []
        for cell in cells:
            if cell.role == "test" and cell.grade_id in self.examined:
                steps.append(ServeStep(cell.grade_id, self.examined[cell.grade_id].names))
            elif cell.role == "test" and cell.grade_id in tests:
                lines = [
                    line for line in check_lines(tests[cell.grade_id]) if line.exercise in exercises
                ]
                if lines:
                    test = Test(cell.grade_id, tuple(lines), points[cell.grade_id])
                    self.tests[cell.grade_id] = test
                    steps.extend(self._answer_steps(test))
            elif cell.cell_type == "code" and cell.role in RUN_ROLES:
                steps.append(CellStep(cell.key, cell.source))
        self.steps = tuple(steps)

    def _answer_steps(self, test: Test) -> Iterable[AnswerStep]:
        for line in test.lines:
            calls = _calls(self._exercises[line.exercise])
            yield AnswerStep(_answer_id(test, line), line.name, calls)
            if line.student_id_name:
                yield AnswerStep(_student_step(test, line), line.student_id_name)

    def trained_models(self, result: RunResult) -> dict[str, tuple[TrainedModel, Outcome]]:
        """Return the models that are to predict, with their exercises, by answer id."""
        models = {}
        for test in self.tests.values():
            for line in test.lines:
                exercise, answer = self._exercises[line.exercise], _answer(result, test, line)
                if isinstance(exercise, TrainedModel) and answer and answer.kind == "callable":
                    outcome = _outcome(answer.results[0])
                    if exercise.refusal(outcome) is None:
                        models[_answer_id(test, line)] = exercise, outcome
        return models

    def verdicts(
        self,
        result: RunResult,
        student: str,
        classmates: set[str],
        examined: Mapping[str, Examined] | None = None,
        predicted: RunResult | None = None,
    ) -> Verdicts:
        """Return the verdicts of every test cell, by grade id.

        Parameters
        ----------
        student : str
            Who handed the notebook in.
        classmates : set of str
            The other students: working on a classmate's drill earns nothing.
        examined : dict, optional
            What the checker found in each cell of `self.examined` that was reached.
        predicted : RunResult, optional
            What those of `trained_models` said, under the same answer ids.
        """
        verdicts: Verdicts = {}
        for grade_id, test in self.tests.items():
            verdicts[grade_id] = [
                self._judged(test, line, result, student, classmates, predicted)
                for line in test.lines
            ]
        for grade_id, test in self.examined.items():
            found = (examined or {}).get(grade_id)
            verdicts[grade_id] = [found.verdict if found else unreached(test, NOT_REACHED)]
        return verdicts

    def _judged(self, test: Test, line: CheckLine, *given: Any) -> Verdict:
        """Return the verdict; an answer that a definition fails on must not stop the class."""
        try:
            return self._verdict(test, line, *given)
        except Exception as error:
            _LOG.warning("%s: an answer could not be judged (%r)", line.exercise, error)
            exercise = self._exercises[line.exercise]
            return exercise.verdict("wrong", NOT_JUDGED, needs_review=True)

    def _verdict(
        self,
        test: Test,
        line: CheckLine,
        result: RunResult,
        student: str,
        classmates: set[str],
        predicted: RunResult | None,
    ) -> Verdict:
        exercise = self._exercises[line.exercise]
        answer = _answer(result, test, line)
        if answer is None:
            return exercise.verdict("unanswered", "Not answered.")
        if answer.kind == "not_reached":
            return exercise.verdict("unanswered", NOT_REACHED)
        if isinstance(exercise, Function) and answer.kind == "callable":
            if answer.detail.split(".")[0] in ("course_utils", "grader"):
                message = "That is the course's own function. Write your own here."
                return exercise.verdict("wrong", message, mistake="unsuitable value")
            pairs = zip(exercise.calls, answer.results, strict=False)
            return exercise.grade_outcomes([call.read(_outcome(one)) for call, one in pairs])
        if isinstance(exercise, TrainedModel) and answer.kind == "callable":
            said = _answer(predicted, test, line) if predicted else None
            given = said.results[0].value if said and said.results else None
            verdict = exercise.grade_predictions(_outcome(answer.results[0]), given)
            unsure = predicted is not None and predicted.ended != "finished"
            return replace(verdict, needs_review=verdict.needs_review or unsure)
        if isinstance(exercise, ModelExercise) and answer.kind == "callable":
            return exercise.grade_outcome(_outcome(answer.results[0]))
        if isinstance(exercise, Table) and answer.kind == "unencodable" and answer.results:
            return exercise.grade_outcome(_outcome(answer.results[0]))
        value = _value(answer)
        if isinstance(exercise, Drill):
            claimed = result.answers.get(_student_step(test, line))
            name = _value(claimed) if claimed else None
            if isinstance(name, str) and name != student and name in classmates:
                return exercise.verdict(
                    "wrong", "STUDENT_ID is a classmate's: work on your own variant."
                )
            return exercise.grade(value, name)
        return exercise.grade(value)


Verdicts = dict[str, list[Verdict]]


def earned_points(test_points: float, verdicts: list[Verdict]) -> float:
    """Return the points of a test cell, scaled to what the gradebook gives for it."""
    most = sum(verdict.points for verdict in verdicts)
    earned = sum(verdict.earned for verdict in verdicts)
    if earned == most or not most:
        return test_points if most else 0.0
    return earned if most == test_points else round(test_points * earned / most, 4)


def _answer(result: RunResult, test: Test, line: CheckLine) -> Answer | None:
    return result.answers.get(_answer_id(test, line))


def _answer_id(test: Test, line: CheckLine) -> str:
    return f"{test.grade_id}:{line.exercise}"


def _student_step(test: Test, line: CheckLine) -> str:
    return f"{test.grade_id}:{line.exercise}:student"


class _Other:
    """Stands for a value that never crossed over; only its type's name did."""


def _value(answer: Answer) -> Any:
    if answer.kind == "value":
        return answer.value
    if answer.kind in ("absent", "unanswered"):
        return ...
    return type(answer.type_name or "object", (_Other,), {})()


@lru_cache(maxsize=256)
def _calls(exercise: Exercise) -> tuple[Call, ...]:
    """Return what an answer is called with: for every submission the same objects."""
    if isinstance(exercise, Function):
        return tuple(map(_runner_call, exercise.calls))
    if isinstance(exercise, TrainedModel):
        return (Call(through=DESCRIBE_TRAINED),)
    if isinstance(exercise, ModelExercise):
        return (Call(through=DESCRIBE),)
    if isinstance(exercise, Table):
        return (Call(through=DESCRIBE_TABLE),)
    return ()


def _runner_call(call: function_examples.Call) -> Call:
    if call.is_plain:
        return Call(call.args, call.kwargs)
    return Call(call.staged, through=_PERFORM)


def _outcome(result: CallResult) -> Outcome:
    if result.kind == "value":
        return Outcome(value=result.value)
    if result.kind == "error":
        return Outcome(
            error=result.error_name,
            error_bases=tuple(result.error_bases),
            message=result.message,
        )
    if result.kind in ("timeout", "not_reached"):
        return Outcome(error="Timeout" if result.kind == "timeout" else "NotReached")
    return Outcome(value=None if result.kind == "unanswered" else _Other())
