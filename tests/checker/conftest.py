"""Examine test cells against a real runner that imports little."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import pytest

from grader.checker.examiner import Examiner
from grader.checker.judge import Outcome
from grader.checker.testcell import PlainTest, plain_tests
from grader.intake import RebuiltCell, Skeleton
from grader.intake.bindings import bound_names
from grader.plugins.plan import Plan
from grader.plugins.skeletons import without_hidden_tests
from grader.runner import Job, Limits, RunnerPool, RunResult, describe_isolation

LIGHT = ("numpy", "matplotlib.pyplot", "IPython", "ipywidgets")
STUB = "# YOUR CODE HERE\nraise NotImplementedError()"


@dataclass(frozen=True)
class Cell:
    """One cell of a notebook: given by the course, a test, or an answer with its stub."""

    source: str
    role: str = "plain"
    points: float = 1.0
    stub: str = STUB


def given(source: str) -> Cell:
    return Cell(source)


def answer(source: str, stub: str = STUB) -> Cell:
    return Cell(source, "solution", stub=stub)


def check(source: str, points: float = 1.0) -> Cell:
    return Cell(source, "test", points)


@dataclass(frozen=True)
class Examined:
    """Outcomes of the tests of a notebook, in order, and what led to them."""

    outcomes: list[Outcome | None]
    tests: list[PlainTest]
    plan: Plan
    result: RunResult

    @property
    def earned(self) -> list[float | None]:
        return [one and one.verdict.earned for one in self.outcomes]


def read(cells: tuple[Cell, ...]) -> tuple[dict[str, PlainTest], list[RebuiltCell]]:
    released, rebuilt = [], []
    tests, points = {}, {}
    for number, cell in enumerate(cells):
        grade_id = f"c{number}"
        source = cell.stub if cell.role == "solution" else without_hidden_tests(cell.source)
        nbgrader = {"grade_id": grade_id, "solution": cell.role == "solution"}
        nbgrader |= {"grade": cell.role == "test", "points": cell.points}
        metadata = {} if cell.role == "plain" else {"nbgrader": nbgrader}
        released.append({"cell_type": "code", "source": source, "metadata": metadata})
        own = cell.source if cell.role == "solution" else source
        rebuilt.append(RebuiltCell(grade_id, cell.role, "code", own, grade_id))
        if cell.role == "test":
            tests[grade_id], points[grade_id] = cell.source, cell.points
    skeleton = Skeleton.from_notebook({"cells": released})
    return plain_tests(skeleton, tests, points), rebuilt


@pytest.fixture(scope="package")
def pool() -> Iterator[RunnerPool]:
    problem = describe_isolation().problem
    if problem:
        pytest.skip(f"this machine cannot isolate processes: {problem}")
    with RunnerPool(1, preload=LIGHT) as pool:
        yield pool


@pytest.fixture
def examine(pool: RunnerPool) -> Callable[..., Examined]:
    def examine(*cells: Cell, **limits: float) -> Examined:
        tests, rebuilt = read(cells)
        points = {grade_id: test.points for grade_id, test in tests.items()}
        sources = {grade_id: test.source for grade_id, test in tests.items()}
        plan = Plan(rebuilt, sources, points, {}, tests)
        bounds = replace(Limits(call_seconds=1.0, cell_seconds=10.0), **limits)
        written = frozenset().union(
            *(bound_names(cell.source) for cell in rebuilt if cell.role == "solution")
        )
        examiner = Examiner(plan.examined, written, bounds, seed=1)
        future = pool.submit("somebody", Job(plan.steps, bounds), examiner)
        result = future.result(60)
        examiner.close()
        outcomes = [examiner.outcomes.get(grade_id) for grade_id in tests]
        return Examined(outcomes, list(tests.values()), plan, result)

    return examine
