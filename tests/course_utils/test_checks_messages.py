"""What the immediate check says: in words that fit the kind of answer, and no more than is true."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

import course_utils.checks as checks
from course_utils.checks import examine
from course_utils.function_examples import Call
from grader.exercises import (
    Array,
    Choice,
    Choices,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
)
from grader.exercises.tables import answer_table


def relu_and_grad(x):
    return np.maximum(x, 0), (x > 0).astype(float)


HINT = "The filter has to stay inside the image."
GUESS = Prediction("guess", points=0)
GRAD = Function(
    "grad",
    points=1,
    reference=relu_and_grad,
    examples=(Call((np.array([-1.0, 2.0]),)),),
    probes=lambda rng: {"others": [Call((rng.normal(size=5),))]},
)
EXERCISES = (
    Number("count", points=1, answer=7),
    NumberList(
        "sizes",
        points=3,
        answer=[26, 28, 12],
        mistakes=(Mistake("no loss", HINT, values=([28, 30, 14],)),),
    ),
    NumberList("one_size", points=1, answer=[26]),
    Array("grid", points=1, answer=np.eye(2)),
    Choice("letter", points=1, options=("A", "B"), answer="A"),
    Choices("letters", points=1, options=("A", "B"), answer={"A"}),
    GUESS,
    GRAD,
)


@pytest.fixture(scope="module")
def sealed():
    return answer_table(EXERCISES)


@pytest.fixture(autouse=True)
def _table(monkeypatch, sealed):
    monkeypatch.setattr(checks, "_table", lambda: sealed)


def told(exercise, value):
    return examine(exercise, value).message


@pytest.mark.parametrize("letter", ["A", "B"])
def test_a_choice_is_recorded_and_says_when_and_why_not_now(letter):
    assert told("letter", letter) == (
        f"Recorded: {letter}. Right or wrong is told when your work is graded: with so few "
        "options, guessing would find it."
    )


def test_an_empty_set_of_letters_is_named():
    assert told("letters", set()).startswith("Recorded: no letter.")


def test_a_number_of_no_typical_mistake_is_told_what_holds_for_every_question():
    message = told("count", 8)
    assert message.startswith("Not yet.")
    assert "smaller case" not in message


def test_an_array_of_the_right_shape_is_told_so():
    message = told("grid", np.ones((2, 2)))
    assert "The shape (2, 2) is right, the values are not" in message


def test_a_hint_for_several_items_is_given_once():
    assert told("sizes", [26, 30, 14]) == f"Right so far: item 1 of 3. Items 2, 3: {HINT}"


def test_right_examples_are_not_all_of_it():
    result = examine("grad", relu_and_grad)
    assert result.status == "right"
    assert "when your work is graded" in result.message


@pytest.mark.parametrize(("given", "wanted"), [([1, 2], "1 number,"), (3, "1 number,")])
def test_one_item_is_a_number_and_not_numbers(given, wanted):
    assert wanted in told("one_size", given)


@pytest.mark.parametrize(
    "guess", [7, 0.5, "cat", True, [1, 2], (1, 2), np.array([1, 2]), np.float32(3)]
)
def test_a_guess_may_be_a_number_a_word_or_several(guess):
    assert examine("guess", guess).status == "recorded"
    assert GUESS.grade(guess).status == "right"


@pytest.mark.parametrize(("guess", "kind"), [(len, "a function"), (int, "a class"), ({}, "a dict")])
def test_another_kind_of_guess_is_told_what_fits(guess, kind):
    message = f"A prediction is a number, a word or a list of them, not {kind}."
    assert told("guess", guess) == message
    assert GUESS.grade(guess).message == message


@pytest.mark.parametrize(
    ("guess", "actual", "message"),
    [
        ("ten", 10, "You predicted 'ten', which is text; a number was asked for. It is 10."),
        ([3], 10, "You predicted [3], which is a list; a number was asked for. It is 10."),
        (True, 10, "You predicted True, which is True or False; a number was asked for. It is 10."),
        (9, 10, "You predicted 9. It is 10."),
        (np.array(10), 10, "and so it is"),
    ],
)
def test_a_guess_of_another_kind_than_the_outcome_is_told_so(capsys, guess, actual, message):
    checks.compare("guess", guess, actual)
    assert message in capsys.readouterr().out


@pytest.mark.parametrize("kind", [bool, int, float])
def test_truth_values_count_as_zeros_and_ones_in_the_check_as_in_the_grade(kind):
    def written(x):
        return np.maximum(x, 0), (x > 0).astype(kind)

    assert examine("grad", written).status == "right"
    assert GRAD.grade(written).status == "right"


def test_a_function_that_never_ends_is_told_so_after_a_while(monkeypatch):
    monkeypatch.setattr(checks, "SECONDS_PER_CALL", 0.2)

    def never_yields(x):
        while True:
            with contextlib.suppress(Exception):
                x = x + 0

    result = examine("grad", never_yields)
    assert result.status == "wrong"
    assert "did not finish in time" in result.message


def test_the_stop_button_stops_a_check():
    def stopped(x):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        examine("grad", stopped)
