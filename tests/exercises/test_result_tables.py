"""Answers that are tables of results."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from course_utils.answer_keys import cell_key
from course_utils.answer_tables import describe_table
from course_utils.answer_types import Unsuitable
from course_utils.function_examples import Outcome
from course_utils.table_checks import examine_table
from grader.exercises import Claim, Mistake, Table
from grader.exercises.tables import answer_table

RUNS = Table(
    "depth_runs",
    points=3,
    columns={"depth": "whole", "train": "fraction", "val": "fraction"},
    rows=("2", "30"),
    key="depth",
    answer={"depth": [2, 30], "train": [0.99, 0.1], "val": [0.95, 0.1]},
    claims=(
        Claim("depth 2 learns", ("2", "val"), at_least=0.85),
        Claim("depth 30 is worse", ("30", "val"), at_most=("2", "val"), margin=0.3),
        Claim("depth 30 fails", ("30", "val"), at_most=0.5),
    ),
    mistakes=(
        Mistake(
            "the deep ones learn",
            "Did you leave the shortcuts in?",
            values=({"depth": [2, 30], "train": [1.0, 1.0], "val": [0.9, 0.9]},),
        ),
        Mistake(
            "nothing learns",
            "Are the pixels scaled?",
            values=({"depth": [2, 30], "train": [0.1, 0.1], "val": [0.1, 0.1]},),
        ),
    ),
)
COUNTS = Table(
    "layer_counts",
    points=2,
    columns={"weights": "whole", "known": "flag"},
    rows=("dense", "conv"),
    answer={"weights": {"dense": 110, "conv": 280}, "known": {"dense": True, "conv": True}},
    exact=("weights", "known"),
    mistakes=(
        Mistake(
            "no biases",
            "Biases are weights, too.",
            values=(
                {"weights": {"dense": 100, "conv": 270}, "known": {"dense": True, "conv": True}},
            ),
        ),
    ),
)


def frame(**changes):
    return pd.DataFrame(RUNS.answer).assign(**changes)


def told(exercise, value):
    """What the immediate check says."""
    entry = answer_table([exercise])[exercise.id]
    from course_utils.answer_types import normalise

    return examine_table(entry, normalise(entry["spec"], value))


def test_right_tables_earn_everything_in_any_order():
    assert RUNS.grade(frame()).earned == 3
    assert RUNS.grade(frame().iloc[::-1]).earned == 3
    assert RUNS.grade(frame(depth=[2.0, 30.0], note="mine")).earned == 3
    assert COUNTS.grade(pd.DataFrame(COUNTS.answer)).earned == 2
    assert told(RUNS, frame()) == ("right", "Right.")
    assert told(COUNTS, pd.DataFrame(COUNTS.answer)) == ("right", "Right.")


def test_a_column_that_was_made_the_index_still_counts():
    table = pd.DataFrame(RUNS.answer).set_index("depth")
    assert RUNS.grade(table).earned == 3
    unnamed = table.rename_axis(None)
    assert "no column 'depth'" in RUNS.grade(unnamed).message


def test_each_claim_and_each_exact_column_earns_its_share():
    verdict = RUNS.grade(frame(val=[0.8, 0.1]))
    assert verdict.earned == pytest.approx(2)
    assert [part.name for part in verdict.parts if not part.passed] == ["depth 2 learns"]
    wrong = pd.DataFrame(COUNTS.answer).assign(weights=[111, 280])
    assert COUNTS.grade(wrong).earned == 1
    assert told(COUNTS, wrong) == ("wrong", "Not yet. Look again at row dense, column weights.")
    assert told(RUNS, frame(val=[0.8, 0.1])) == (
        "wrong",
        "Not yet. This does not hold: depth 2 learns.",
    )


@pytest.mark.parametrize("exercise", [RUNS, COUNTS], ids=lambda one: one.id)
def test_typical_tables_draw_their_hints(exercise):
    for mistake in exercise.mistakes:
        (wrong,) = mistake.values
        verdict = exercise.grade(wrong)
        assert verdict.mistake == mistake.label
        assert mistake.hint in verdict.message
        assert verdict.earned < exercise.points
        assert told(exercise, wrong) == ("hint", mistake.hint)


def test_the_shipped_table_does_not_show_exact_values():
    entry = answer_table([COUNTS])["layer_counts"]
    assert "280" not in str(entry["spec"])
    assert cell_key("conv", "weights", 280) not in str(entry)


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (3, "Expected a table (pandas.DataFrame), got an int."),
        ({}, "Expected a table (pandas.DataFrame), got a dict."),
        ([], "Expected a table (pandas.DataFrame), got a list."),
        ({"depth": [2, 30], "train": [1]}, "The columns of the table have different lengths."),
        (frame().drop(columns="val"), "The table has no column 'val'"),
        (frame(depth=[2, 8]), "The table has no rows whose depth is 30; one is needed."),
        (frame(depth=[2, 2]), "The table has 2 rows whose depth is 2; one is needed."),
        (frame(val=[0.9, np.nan]), "Row 30, column val: the number is not finite."),
        (frame(val=[95.0, 10.0]), "Row 2, column val: expected a number from 0 to 1."),
        (frame(val=["0.9", "0.1"]), "Row 2, column val: expected a number from 0 to 1."),
        (frame(val=[True, False]), "Row 2, column val: expected a number from 0 to 1."),
    ],
)
def test_what_cannot_be_right_is_refused_with_a_sentence(value, message):
    verdict = RUNS.grade(value)
    assert verdict.earned == 0
    assert message in verdict.message


def test_unanswered_cells_are_unanswered():
    assert RUNS.grade(frame(val=[..., ...])).status == "unanswered"
    assert RUNS.grade(...).status == "unanswered"


@pytest.mark.parametrize(
    "claimed",
    [
        None,
        3,
        {},
        {1: 2},
        {"columns": 1, "index": []},
        {"columns": {"depth": 3}, "index": [1]},
        {"columns": {"depth": [2], "train": [1], "val": [[]]}, "index": [0]},
        {"columns": {"depth": [1] * 2000}, "index": [1] * 2000},
    ],
)
def test_nothing_a_process_may_claim_raises(claimed):
    assert RUNS.grade_outcome(Outcome(value=claimed)).earned == 0


def test_descriptions_are_plain_data():
    described = describe_table(frame())
    assert described == {"columns": RUNS.answer, "index": [0, 1]}
    assert all(
        type(item) in (int, float) for column in described["columns"].values() for item in column
    )
    with pytest.raises(Unsuitable):
        describe_table(object())


def test_a_claim_compares_to_one_side():
    with pytest.raises(ValueError, match="at_least or at_most"):
        Claim("both", ("2", "val"), at_least=0.1, at_most=0.9)
