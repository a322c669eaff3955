"""A pool that imports little, shared by the tests that do not need TensorFlow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from grader.runner import CellStep, Job, Limits, RunnerPool, RunResult, describe_isolation

LIGHT = ("numpy", "matplotlib.pyplot", "IPython", "ipywidgets")
Run = Callable[..., RunResult]


@pytest.fixture(scope="session")
def needs_isolation() -> None:
    report = describe_isolation()
    if not report.namespaces:  # what holds at a lower level is in test_levels
        pytest.skip(f"this machine gives no namespaces: {report.problem or report.level}")


@pytest.fixture(scope="package")
def pool(needs_isolation: None) -> Iterator[RunnerPool]:
    with RunnerPool(2, preload=LIGHT) as pool:
        yield pool


@pytest.fixture
def run(pool: RunnerPool) -> Run:
    """Run cells (strings) and other steps; cell ids are their positions."""

    def run(*steps: object, examiner: Callable | None = None, **limits: float) -> RunResult:
        numbered = tuple(
            CellStep(str(position), step) if isinstance(step, str) else step
            for position, step in enumerate(steps)
        )
        return pool.submit("test", Job(numbered, Limits(**limits)), examiner).result(120)

    return run


@pytest.fixture
def shown(run: Run) -> Callable[[str], str]:
    """Run one cell and return the text it showed."""
    return lambda source: text_of(run(source), "0")


def text_of(result: RunResult, cell: str) -> str:
    """Return everything a cell showed, as text."""
    parts = []
    for output in result.cells[cell].outputs:
        parts.append(output.get("text", "") or output.get("data", {}).get("text/plain", ""))
        parts += output.get("traceback", [])
    return "\n".join(parts)
