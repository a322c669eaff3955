"""Points of a test cell, and what its student is told."""

from __future__ import annotations

import pytest

from tests.checker.conftest import answer, check, given

HIDDEN = "### BEGIN HIDDEN TESTS\n{}\n### END HIDDEN TESTS"


@pytest.mark.parametrize(
    ("last", "earned", "noted"),
    [
        ("2 / 3", 2 / 3, False),
        ("0", 0.0, False),
        ("2", 2.0, False),
        ("np.float32(0.5)", 0.5, False),
        ("np.array(1)", 1.0, False),
        ("None", 2.0, False),
        ("print('fine')", 2.0, False),
        ("'all tests passed'", 2.0, False),
        ("display(1)", 2.0, False),
        ("x = 1", 2.0, False),
        ("0.5;", 2.0, False),
        ("(0.5) ; # quiet", 2.0, False),
        ("True", 2.0, False),
        ("2.5", 2.0, True),
        ("-1", 0.0, True),
        ("float('nan')", 0.0, True),
        ("float('inf')", 0.0, True),
        ("10 ** 400", 0.0, True),
        ("1j", 2.0, False),
        ("abs(-1) == 2", 0.0, True),
        ("str(2)", 0.0, True),
        ("[2]", 0.0, True),
    ],
)
def test_points_are_those_of_the_last_expression(examine, last, earned, noted):
    (outcome,) = examine(given("import numpy as np"), check(last, points=2.0)).outcomes
    assert outcome.verdict.earned == earned
    assert outcome.verdict.needs_review is bool(outcome.notes) is noted


def message(examine, student, test, *before):
    outcomes = examine(answer(student), *before, check(test)).outcomes
    return outcomes[-1].verdict


def test_a_released_test_is_shown_with_its_message(examine):
    verdict = message(examine, "x = 2", "y = 3\nassert x == y, f'x is {x}'")
    assert verdict.message == "This test failed: assert x == y, f'x is {x}' (x is 2)."
    assert verdict.status == "wrong"


def test_a_statement_inside_a_loop_is_shown_alone(examine):
    verdict = message(examine, "x = 2", "for y in (2, 3):\n    assert x == y\n    x + y")
    assert verdict.message == "This test failed: assert x == y."


def test_what_a_students_function_raised_is_shown(examine):
    verdict = message(examine, "def f():\n    raise type('Odd', (KeyError,), {})('k')", "f()")
    assert verdict.message == "This test failed: f() (Odd: 'k')."


def test_nothing_there_counts_as_unanswered(examine):
    assert message(examine, "", "assert f() == 1").status == "unanswered"
    stub = "def f():\n    raise NotImplementedError('f')"
    assert message(examine, stub, "assert f() == 1").status == "unanswered"


@pytest.mark.parametrize(
    "test",
    [
        HIDDEN.format("assert f(4321) == 1234, 'no 1234'"),
        HIDDEN.format("print(4321)\nraise ValueError(4321)"),
        # a released helper, called by a hidden line
        "def same(a, b):\n    assert f(a) == b, f'{a} {b}'\n" + HIDDEN.format("same(4321, 1234)"),
        # a hidden helper, called by a released line
        HIDDEN.format("def same(a, b=4321):\n    assert f(b) == a, b") + "\nsame(1)",
        # the student tries to tell
        HIDDEN.format("f(4321)"),
    ],
)
def test_of_a_hidden_test_nothing_is_shown(examine, test):
    student = "def f(x):\n    if x == 4321: raise ValueError(x)"
    verdict = message(examine, student, test)
    assert verdict.earned == 0.0
    assert verdict.message == "A hidden test failed."
    assert "4321" not in repr(verdict)


def test_a_message_after_a_hidden_block_is_not_shown(examine):
    after = HIDDEN.format("wanted = 4321") + "\nassert f() == wanted, f'not {wanted}'"
    verdict = message(examine, "def f():\n    return 1", after)
    assert verdict.message == "This test failed: assert f() == wanted, f'not {wanted}'."
    fixed = HIDDEN.format("wanted = 4321") + "\nassert f() == wanted, 'try again'"
    assert "(try again)" in message(examine, "def f():\n    return 1", fixed).message


def test_a_hidden_helper_of_an_earlier_cell_stays_hidden(examine):
    before = check(HIDDEN.format("def same(a):\n    assert a == 4321, 'want 4321'"))
    verdict = message(examine, "x = 1", "same(x)", before)
    assert verdict.message == "A hidden test failed."


def test_messages_are_short_and_on_one_line(examine):
    verdict = message(examine, "x = 'a\\n\\x1b[31m' * 5000", "assert not x, x")
    assert len(verdict.message) < 500
    assert verdict.message.isprintable()


def test_a_call_that_takes_too_long_is_named(examine):
    verdict = message(examine, "def f():\n    while True: pass", "f()")
    assert verdict.message == "This test failed: f() (f took too long)."
