"""From a run's answers to verdicts."""

from __future__ import annotations

from types import SimpleNamespace

from grader.exercises import Number
from grader.plugins.plan import NOT_JUDGED, Plan
from grader.runner import Answer, RunResult


class Broken(Number):
    def grade(self, value):
        raise ValueError("a definition that fails on this answer")


def test_an_answer_that_a_definition_fails_on_waits_for_a_person():
    cells = [SimpleNamespace(role="test", grade_id=id, cell_type="code") for id in ("a", "b")]
    exercises = {"x": Broken("x", points=1, answer=3), "y": Number("y", points=1, answer=3)}
    sources = {"a": 'check("x", x)', "b": 'check("y", y)'}
    plan = Plan(cells, sources, {"a": 1, "b": 1}, exercises)
    answers = {step.id: Answer("value", 3) for step in plan.steps}
    verdicts = plan.verdicts(RunResult({}, answers, "finished"), "ada", set())
    (failed,), (right,) = verdicts["a"], verdicts["b"]
    assert (failed.earned, failed.message, failed.needs_review) == (0, NOT_JUDGED, True)
    assert (right.earned, right.needs_review) == (1, False)
