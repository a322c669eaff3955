"""Student functions that are called through a function of the course."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.example_files import Blocks
from course_utils.function_examples import Call as CourseCall
from grader.exercises import Function
from grader.plugins.plan import Plan
from grader.runner import AnswerStep, Call

LOADER = """
import numpy as np
from PIL import Image

def load(path):
    return np.asarray(Image.open(path)).shape
"""
ENDLESS = """
def count(start):
    while True:
        yield start
        start += 1
"""


def results(run, source, name, *calls):
    return run(source, AnswerStep("a", name, calls)).answers["a"].results


def perform(call):
    return Call(call.staged, through="course_utils.function_examples.perform")


def test_the_named_function_gets_the_students_function_and_the_arguments(run):
    source = "def double(n): return 2 * n"
    (got,) = results(run, source, "double", Call((4,), through="operator.call"))
    assert (got.kind, got.value) == ("value", 8)


def test_the_first_items_of_an_endless_generator_arrive(run):
    (got,) = results(run, ENDLESS, "count", perform(CourseCall((5,), first=3)))
    assert got.value == [5, 6, 7]


def test_a_list_is_no_generator(run):
    source = "def count(start): return [start]"
    (got,) = results(run, source, "count", perform(CourseCall((5,), first=3)))
    assert (got.kind, got.error_name) == ("error", "NotAGenerator")
    assert "TypeError" in got.error_bases


def test_a_generator_that_never_yields_times_out(run):
    source = "def count(start):\n    while True: pass\n    yield"
    step = AnswerStep("a", "count", (perform(CourseCall((5,), first=3)),))
    assert run(source, step, call_seconds=0.5).answers["a"].results[0].kind == "timeout"


def test_files_are_there_during_the_call_only(run):
    calls = [
        perform(CourseCall(("a.jpg",), files={"a.jpg": Blocks([[0, 1, 2]] * 3, 30, 60)})),
        perform(CourseCall(("a.jpg",), files={"b.jpg": Blocks([[0, 1, 2]] * 3, 30, 60)})),
    ]
    there, gone = results(run, LOADER, "load", *calls)
    assert there.value == (30, 60)
    assert gone.error_name == "FileNotFoundError"


SHUFFLED = """
import numpy as np

def pairs(x, y):
    while True:
        order = np.random.permutation(len(x))
        yield x[order], y[order]
"""


@pytest.mark.parametrize(
    ("source", "status"),
    [(SHUFFLED, "right"), (SHUFFLED.replace("y[order]", "y"), "wrong"), ("pairs = len", "wrong")],
)
def test_a_generator_is_graded_by_what_all_right_ones_share(run, source, status):
    x = np.arange(20)
    exercise = Function(
        "pairs",
        points=1,
        reference=_shuffled,
        examples=(CourseCall((x, x), first=2, reading="batches"),),
        probes=lambda rng: {"more": [CourseCall((x, x + 1), first=1, reading="batches")]},
    )
    cell = SimpleNamespace(role="test", grade_id="t", cell_type="code")
    plan = Plan([cell], {"t": 'check("pairs", pairs)'}, {"t": 1}, {"pairs": exercise})
    result = run(source, *plan.steps)
    (verdict,) = plan.verdicts(result, "somebody", set())["t"]
    assert verdict.status == status


def _shuffled(x, y):
    rng = np.random.default_rng(0)
    while True:
        order = rng.permutation(len(x))
        yield x[order], y[order]


def test_a_table_is_read_through_the_course(run):
    source = "import pandas as pd\nruns = pd.DataFrame({'depth': [2, 30], 'val': [0.9, 0.1]})"
    step = AnswerStep("a", "runs", (Call(through="course_utils.answer_tables.describe_table"),))
    answer = run(source, step).answers["a"]
    assert (answer.kind, answer.type_name) == ("unencodable", "pandas.DataFrame")
    assert answer.results[0].value == {
        "columns": {"depth": [2, 30], "val": [0.9, 0.1]},
        "index": [0, 1],
    }


def test_what_is_no_table_is_told_so(run):
    step = AnswerStep("a", "runs", (Call(through="course_utils.answer_tables.describe_table"),))
    (result,) = run("runs = object()", step).answers["a"].results
    assert (result.error_name, result.message) == (
        "Unsuitable",
        "Expected a table (pandas.DataFrame), got an object.",
    )
