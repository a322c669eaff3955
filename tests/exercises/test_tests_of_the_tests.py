"""For every exercise of the course: right is right, each typical mistake draws its hint."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from course_utils.answer_keys import item_key
from course_utils.answer_types import canonical
from course_utils.checks import examine
from course_utils.drills import draw
from grader.exercises import (
    Array,
    Choice,
    Choices,
    Drill,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
    Shape,
    ShapeList,
    Table,
    Text,
    Written,
)
from grader.exercises.catalogue import assignments, load_exercises
from grader.exercises.models import ModelExercise
from tests.conftest import ROOT
from tests.exercises.model_proofs import (
    prove_hints_keep_the_answer,
    prove_mistakes,
    prove_reference,
)

ALL = [
    pytest.param(name, exercise, id=exercise.id)
    for name in assignments(ROOT)
    for exercise in load_exercises(ROOT, name).values()
]
AUTOMATIC = [p for p in ALL if not isinstance(p.values[1], Written)]
VALUES = [p for p in ALL if hasattr(p.values[1], "answer")]
FUNCTIONS = [p for p in ALL if isinstance(p.values[1], Function)]
MODELS = [p for p in ALL if isinstance(p.values[1], ModelExercise)]
DRILLS = [p for p in ALL if isinstance(p.values[1], Drill)]
JUNK = {
    "True": True,
    "text": "12",
    "object": object(),
    "empty list": [],
    "dict": {},
    "nan": float("nan"),
    "huge": 10**400,
    "ragged": [[1], [2, 3]],
    "array": np.arange(3),
    "empty array": np.empty((2, 0)),
    "array of words": np.array(["A", "B"]),
    "arrays": [np.arange(2), np.arange(3)],
    "array in a tuple": (np.arange(3),),
}
STUDENTS = [f"student-{number}" for number in range(50)]


def is_only_recorded(exercise) -> bool:
    return isinstance(exercise, (Choice, Choices))


@pytest.mark.parametrize(("assignment", "exercise"), VALUES)
def test_reference_value_earns_everything(assignment, exercise):
    verdict = exercise.grade(exercise.answer)
    assert (verdict.earned, verdict.status) == (exercise.points, "right")
    status = "recorded" if is_only_recorded(exercise) else "right"
    assert examine(exercise.id, exercise.answer).status == status


@pytest.mark.parametrize(("assignment", "exercise"), VALUES)
def test_each_wrong_value_draws_exactly_its_hint(assignment, exercise):
    for mistake in exercise.mistakes:
        wrongs = [*mistake.values]
        if mistake.shape is not None:
            wrongs.append(np.full(mistake.shape, 7))
        assert wrongs, f"mistake {mistake.label!r} can never be recognised"
        for wrong in wrongs:
            verdict = exercise.grade(wrong)
            assert verdict.earned < exercise.points or exercise.points == 0
            assert verdict.status != "right"
            assert verdict.mistake == mistake.label
            assert mistake.hint in verdict.message
            if not is_only_recorded(exercise):
                assert examine(exercise.id, wrong).message == mistake.hint


@pytest.mark.parametrize(("assignment", "exercise"), VALUES)
def test_hints_do_not_contain_the_answer(assignment, exercise):
    if isinstance(exercise, (Choice, Choices)):
        return
    answer = canonical(exercise.answer)
    for mistake in exercise.mistakes:
        assert answer not in mistake.hint.replace(" ", "")
        if isinstance(exercise, Number):
            assert f"{exercise.answer:,}" not in mistake.hint


def test_an_element_that_follows_from_a_wrong_one_draws_no_hint_of_its_own():
    doubled = Mistake("doubled", "Do not double.", values=([1, 4, 9],))
    apart = NumberList("apart", points=3, answer=[1, 2, 3], mistakes=(doubled,))
    chained = replace(apart, chained=True)
    assert set(apart.messages()) - set(chained.messages()) == {item_key(2, 9)}
    assert chained.messages()[item_key(1, 4)] == {"hint": "Do not double."}


@pytest.mark.parametrize(("assignment", "exercise"), FUNCTIONS)
def test_reference_function_earns_everything(assignment, exercise):
    function = exercise.as_written(exercise.reference)
    verdict = exercise.grade(_own(function))
    assert (verdict.earned, verdict.status) == (exercise.points, "right")
    assert examine(exercise.id, _own(function)).status == "right"


@pytest.mark.parametrize(("assignment", "exercise"), FUNCTIONS)
def test_each_mutant_draws_exactly_its_hint(assignment, exercise):
    for mistake in exercise.mistakes:
        function = exercise.as_written(mistake.function)
        verdict = exercise.grade(_own(function))
        assert verdict.earned < exercise.points
        assert verdict.mistake == mistake.label
        assert mistake.hint in verdict.message
        assert examine(exercise.id, _own(function)).message == mistake.hint


@pytest.mark.parametrize(("assignment", "exercise"), FUNCTIONS)
def test_hidden_probes_alone_catch_each_mutant(assignment, exercise):
    hidden = exercise.calls[len(exercise.examples) :]
    references = exercise.expected[len(exercise.examples) :]
    for mistake in exercise.mistakes:
        # One at a time, for one that notices is enough and some build networks.
        outcomes = (exercise.defined(one, mistake.function) for one in hidden)
        assert any(
            repr((o.value, o.error)) != repr((r.value, r.error))
            for o, r in zip(outcomes, references, strict=True)
        ), f"no hidden probe notices {mistake.label!r}"


@pytest.mark.parametrize(("assignment", "exercise"), FUNCTIONS)
def test_always_raising_earns_nothing(assignment, exercise):
    def always_raises(*args, **kwargs):
        raise ValueError("no")

    assert exercise.grade(always_raises).earned == 0


@pytest.mark.parametrize(("assignment", "exercise"), MODELS)
def test_reference_model_earns_everything(assignment, exercise):
    prove_reference(exercise)


@pytest.mark.parametrize(("assignment", "exercise"), MODELS)
def test_each_mutant_model_draws_exactly_its_hint(assignment, exercise):
    prove_mistakes(exercise)
    prove_hints_keep_the_answer(exercise)


@pytest.mark.parametrize(("assignment", "exercise"), AUTOMATIC)
@pytest.mark.parametrize("blank", [..., None])
def test_blank_earns_nothing(assignment, exercise, blank):
    verdict = exercise.grade(blank)
    assert (verdict.earned, verdict.status) == (0, "unanswered")
    assert examine(exercise.id, blank, "somebody").status == "unanswered"


@pytest.mark.parametrize(("assignment", "exercise"), FUNCTIONS)
def test_released_stub_earns_nothing(assignment, exercise):
    def stub(*args, **kwargs):
        raise NotImplementedError(exercise.id)

    assert exercise.grade(stub).status == "unanswered"
    assert exercise.grade(stub).earned == 0
    assert examine(exercise.id, stub).status == "unanswered"


@pytest.mark.parametrize(("assignment", "exercise"), VALUES)
def test_other_right_forms_count(assignment, exercise):
    answer = exercise.answer
    forms = {
        Number: lambda: [np.array(answer)[()], float(answer), np.array(answer)],
        NumberList: lambda: [list(answer), tuple(answer), np.array(answer)],
        Shape: lambda: [list(answer), np.array(answer)],
        ShapeList: lambda: [[list(shape) for shape in answer], tuple(map(tuple, answer))],
        Array: lambda: [np.asarray(answer).tolist(), np.asarray(answer, float)],
        Text: lambda: [answer.upper(), f" {answer} "],
        Table: lambda: table_forms(exercise),
        Choice: lambda: [answer.lower(), f" {answer} "],
        Choices: lambda: [set(answer), sorted(answer, reverse=True), ",".join(answer)],
    }[type(exercise)]()
    for form in forms:
        assert exercise.grade(form).status == "right", form


def table_forms(exercise):
    """Return the right table as pandas gives it, with rows and columns in another order."""
    frame = pd.DataFrame(exercise.answer)
    turned = frame.iloc[::-1, ::-1]
    forms = [frame, turned, turned.assign(note="more")]
    return [*forms, frame.to_dict("records")] if exercise.key else [*forms, frame.to_dict()]


@pytest.mark.parametrize(("assignment", "exercise"), VALUES + MODELS)
@pytest.mark.parametrize("junk", JUNK.values(), ids=JUNK)
def test_junk_earns_nothing_and_raises_nothing(assignment, exercise, junk):
    nothing_chosen = isinstance(junk, (str, list, dict)) and junk in ("12", [], {})
    if isinstance(exercise, (Choice, Choices)) and nothing_chosen:
        return
    assert exercise.grade(junk).earned == 0
    assert examine(exercise.id, junk).status in ("wrong", "hint")


@pytest.mark.parametrize(("assignment", "exercise"), DRILLS)
def test_drill_variants_differ_and_grade_right(assignment, exercise):
    variants = {student: draw(exercise.id, student) for student in STUDENTS}
    assert len({variant.prompt for variant in variants.values()}) > 40
    for student, variant in variants.items():
        assert exercise.grade(variant.answer, student).status == "right"
        assert examine(exercise.id, variant.answer, student).status == "right"


@pytest.mark.parametrize(("assignment", "exercise"), DRILLS)
def test_drill_mistakes_draw_their_hints(assignment, exercise):
    for student in STUDENTS:
        seen = set()
        for mistake in draw(exercise.id, student).mistakes:
            if canonical(mistake.value) in seen:
                continue
            seen.add(canonical(mistake.value))
            verdict = exercise.grade(mistake.value, student)
            assert verdict.earned == 0
            assert mistake.hint in verdict.message
            assert examine(exercise.id, mistake.value, student).message == mistake.hint


@pytest.mark.parametrize(("assignment", "exercise"), ALL)
def test_predictions_count_for_being_made(assignment, exercise):
    if isinstance(exercise, Prediction):
        assert exercise.grade(3).status == "right"
        assert examine(exercise.id, 3).status == "recorded"


@pytest.mark.parametrize("assignment", assignments(ROOT))
def test_a_notebook_totals_twenty_points(assignment):
    assert sum(e.points for e in load_exercises(ROOT, assignment).values()) == 20


def test_exercise_ids_are_unique_over_the_course():
    ids = [
        exercise.id
        for name in assignments(ROOT)
        for exercise in load_exercises(ROOT, name).values()
    ]
    assert len(ids) == len(set(ids))


def _own(function):
    """Return `function` as if a student had written it in the notebook."""

    def written_here(*args, **kwargs):
        return function(*args, **kwargs)

    return written_here
