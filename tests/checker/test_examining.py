"""What a test cell sees of a student's notebook, and what it does not."""

from __future__ import annotations

import psutil
import pytest

from grader.checker.examiner import Examiner
from grader.runner import Limits
from grader.runner.conversation import RunEndedError
from tests.checker.conftest import answer, check, given, read

SQUARE = answer("def square(x):\n    return x * x", stub="def square(x):\n    ...")
HIDE = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


def test_values_and_functions_come_over_as_plain_python(examine):
    student = answer(
        "import numpy as np\n"
        "n, t, s, nothing = np.int64(3), (1, [2.5]), {'a', 'b'}, None\n"
        "table = {'row': np.eye(2)}\n"
        "def twice(x, *, times=2):\n    return [x] * times"
    )
    test = check(
        "assert n == 3 and t == (1, [2.5]) and s == {'a', 'b'} and nothing is None\n"
        "assert table['row'].tolist() == [[1.0, 0.0], [0.0, 1.0]]\n"
        "assert twice('a', times=3) == ['a'] * 3 and callable(twice)"
    )
    assert examine(student, test).earned == [1.0]


def test_missing_names_are_missing(examine):
    seen = examine(answer("x = 1"), check("try:\n    y\nexcept NameError:\n    x"))
    assert seen.earned == [1.0]


def test_the_notebooks_own_modules_and_helpers_cannot_be_replaced(examine):
    seen = examine(
        given("%matplotlib inline\nimport numpy as np"),
        given("def close(a, b):\n    return abs(a - b) < 1"),
        answer("close = lambda *a: True\nnp = None\ndef f(x):\n    return 100.0"),
        check("assert close(f(1), 100)"),
        check("assert close(f(1), 1)"),
        check("assert np.sqrt(f(1)) == 10"),
    )
    assert seen.earned == [1.0, 0.0, 1.0]
    assert seen.outcomes[0].notes == ("the student redefines close; the notebook's own was used",)
    assert seen.outcomes[0].verdict.needs_review


def test_a_function_that_students_are_to_write_is_theirs(examine):
    seen = examine(
        given("from math import sqrt\ndef mean(xs):\n    return 0"),
        answer("def mean(xs):\n    return 7", stub="def mean(xs):\n    ..."),
        answer("def sum(xs):\n    return 5", stub="def sum(xs):\n    ..."),
        check("assert mean([1]) == 7 and sqrt(4) == 2"),
        check("assert sum([1]) == 5"),
    )
    assert seen.earned == [1.0, 1.0]


def test_imports_of_the_stub_count_and_imports_of_the_answer_do_not(examine):
    stub = "import math\ndef area(r):\n    ..."
    student = answer("import math, cmath\ndef area(r):\n    return math.pi * r * r", stub)
    seen = examine(student, check("assert area(1) == math.pi"), check("assert area(1) == cmath.pi"))
    assert seen.earned == [1.0, 0.0]
    assert "cmath" in seen.outcomes[1].notes[0]


def test_helpers_of_earlier_test_cells_can_be_used(examine):
    helper = HIDE.format("import math\ndef near(a, b=LIMIT):\n    return math.isclose(a, b)")
    seen = examine(
        SQUARE,
        check(f"LIMIT = 9\n{helper}\nassert near(square(3))"),
        check("assert near(square(3)) and LIMIT == 9"),
        check("assert not near(square(2))"),
    )
    assert seen.earned == [1.0, 1.0, 1.0]


def test_a_students_variable_comes_before_an_earlier_tests_and_is_noted(examine):
    seen = examine(answer("limit = 5"), check("limit = 3"), check("assert limit == 5"))
    assert seen.earned == [1.0, 1.0]
    assert "sets limit" in seen.outcomes[1].notes[0]


def test_each_cell_starts_with_a_fresh_namespace(examine):
    seen = examine(
        SQUARE,
        check("for leftover in range(3):\n    assert square(leftover) == leftover ** 2"),
        check("try:\n    leftover\nexcept NameError:\n    pass\nelse:\n    raise ValueError"),
    )
    assert seen.earned == [1.0, 1.0]


@pytest.mark.parametrize(
    ("raised", "caught"),
    [
        ("KeyError('k')", "KeyError"),
        ("type('Mine', (ValueError,), {})('m')", "ValueError"),
        ("type('Mine', (Exception,), {})('m')", "RuntimeError"),
        ("UnicodeDecodeError('utf-8', b'', 0, 1, 'r')", "RuntimeError"),
    ],
)
def test_exceptions_come_over_as_builtin_ones(examine, raised, caught):
    test = f"try:\n    f()\nexcept Exception as e:\n    assert type(e) is {caught}\nelse:\n    1/0"
    assert examine(answer(f"def f():\n    raise {raised}"), check(test)).earned == [1.0]


@pytest.mark.parametrize(
    ("student", "test", "why"),
    [
        ("value = {1: 'a'}", "assert value[1] == 'a'", "value is a dict"),
        ("def value():\n    return lambda: 3", "assert value()() == 3", "is a function"),
        ("class value:\n    x = 1", "assert value().x == 1", "value is a class"),
        ("def value(xs):\n    xs.sort()", "a = [2, 1]\nvalue(a)\nassert a == [1, 2]", "in place"),
        ("def value(f):\n    return f(1)", "assert value(lambda x: x) == 1", "cannot be given"),
        (
            "import random\ndef value():\n    return random.random()",
            "import random\nrandom.seed(1)\nassert value() == 0",
            "seeds random",
        ),
    ],
)
def test_what_cannot_be_judged_from_here_asks_for_a_person(examine, student, test, why):
    (outcome,) = examine(answer(student), check(test)).outcomes
    assert outcome.verdict.earned == 0.0
    assert outcome.verdict.needs_review
    assert any(why in note for note in outcome.notes)


def test_a_wrong_answer_does_not_ask_for_a_person(examine):
    (outcome,) = examine(answer("x = 2"), check("assert x == 3")).outcomes
    assert not outcome.verdict.needs_review


@pytest.mark.parametrize(
    "source",
    [
        "%timeit f(1)",
        "!ls",
        "assert 'f' in globals()",
        "assert 'f' in dir()",
        "assert eval('f(1)') == 1",
        "assert In[1]",
        "import doctest\nassert doctest.testmod().failed == 0",
        "def broken(:",
        "await f(1)",
    ],
)
def test_cells_that_need_the_students_process_wait_for_a_person(examine, source):
    seen = examine(answer("def f(x):\n    return 1"), check(source))
    assert seen.tests[0].problem
    assert seen.outcomes == [None]
    assert "c1" not in seen.plan.verdicts(seen.result, "somebody", set())


def test_a_check_line_of_an_unknown_exercise_is_not_full_marks(examine):
    setup = given("from course_utils.checks import check")
    seen = examine(setup, answer("x = 1"), check('check("typo", x)'), check('check("a", x + 1)'))
    assert seen.outcomes == [None]
    assert seen.tests[0].problem


def test_hidden_tests_never_go_to_the_runner(examine):
    seen = examine(SQUARE, check("square(2)\n" + HIDE.format("assert square(77) == 5929")))
    assert seen.earned == [1.0]
    assert "5929" not in repr(seen.plan.steps)


def test_the_checker_inherits_no_secret_and_is_limited(examine, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "s")
    seen = examine(
        check("import os\nassert 'SECRET_TOKEN' not in os.environ"),
        check("try:\n    b'x' * 2**31\nexcept MemoryError:\n    pass\nelse:\n    1 / 0"),
        check("import resource\nassert 0 < resource.getrlimit(resource.RLIMIT_NPROC)[0] < 2**20"),
        check("from pathlib import Path\nPath('f').write_bytes(bytes(2**21))"),
        memory_bytes=2**31,
        file_bytes=2**20,
    )
    assert seen.earned == [1.0, 1.0, 1.0, 0.0]


def test_a_test_cell_that_hangs_or_dies_costs_only_itself(examine):
    seen = examine(
        SQUARE,
        check("while True:\n    pass"),
        check("assert square(3) == 9"),
        check("import os\nos._exit(3)"),
        check("assert square(3) == 9"),
        cell_seconds=2.0,
    )
    assert seen.earned == [0.0, 1.0, 0.0, 1.0]
    assert "longer than 2 seconds" in seen.outcomes[0].notes[0]
    assert "exit code 3" in seen.outcomes[2].notes[0]


def test_an_endless_call_cannot_be_swallowed_and_the_next_cell_goes_on(examine):
    student = answer("def f(x):\n    while x: pass\n    return x\ndef g():\n    return 1")
    swallow = "for x in range(100):\n    try:\n        f(x)\n    except:\n        pass\n1"
    seen = examine(student, check(swallow), check("assert g() == 1"))
    assert seen.earned == [0.0, 1.0]
    assert seen.result.wall_seconds < 8


def test_leaving_the_process_ends_the_run_and_not_the_checker(examine):
    student = answer("import os\ndef f():\n    os._exit(0)")
    seen = examine(student, check("f()"), check("assert True"))
    assert seen.result.ended == "exited"
    assert seen.outcomes[0].verdict.earned == 0.0
    verdicts = seen.plan.verdicts(seen.result, "somebody", set(), {})
    assert [one.status for one in verdicts["c2"]] == ["unanswered"]


def children() -> set[int]:
    return {child.pid for child in psutil.Process().children()}


def test_the_checker_process_starts_late_serves_all_cells_and_is_gone_after(examine, pool):
    pool.wait_until_ready()
    before = children()
    assert examine(answer("x = 1")).outcomes == []
    pids = check("import os\nos.getpid()", points=1e9)
    first, second = examine(answer("x = 1"), pids, pids).earned
    assert first == second
    assert not psutil.pid_exists(int(first))
    assert children() == before


def test_a_repeated_run_does_not_add_to_what_the_first_earned(monkeypatch):
    tests, _ = read((check("assert f(1)"), check("assert f(2)")))
    replies = [{"kind": "passed", "notes": [], "doubts": []}] * 2 + [RunEndedError()]

    def examine(*_):
        reply = replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply

    monkeypatch.setattr(Examiner, "_examine", examine)
    examiner = Examiner(tests, (), Limits(), seed=1)
    first, second = tests
    examiner(first, None)
    examiner(second, None)
    assert list(examiner.outcomes) == [first, second]
    with pytest.raises(RunEndedError):
        examiner(first, None)
    assert examiner.outcomes == {}
