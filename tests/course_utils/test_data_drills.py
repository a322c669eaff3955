"""Drills on bytes and batches: closed forms against what NumPy and counting say."""

import numpy as np
import pytest

from course_utils.answer_types import canonical
from course_utils.checks import examine
from course_utils.drills import draw, drill_ids
from course_utils.drills.practice import practice_drill

STUDENTS = [f"student-{number}" for number in range(200)]


@pytest.mark.parametrize(
    ("drill", "distinct"), [("drill_dataset_memory", 150), ("drill_steps", 190)]
)
def test_students_get_variants_of_their_own(drill, distinct):
    assert len({draw(drill, student).prompt for student in STUDENTS}) >= distinct


def test_memory_is_what_numpy_would_allocate():
    for student in STUDENTS[:30]:
        variant = draw("drill_dataset_memory", student)
        v = variant.variables
        one = np.zeros((v["side"], v["side"], 3), v["dtype"])
        assert variant.answer == v["images"] * one.nbytes
        assert f"{variant.answer:,} bytes" in variant.solution


def test_steps_are_counted_batches():
    for student in STUDENTS[:30]:
        variant = draw("drill_steps", student)
        v = variant.variables
        steps = len(range(0, v["images"], v["batch"]))
        assert variant.answer == (steps, steps * v["epochs"])
        assert str(steps * v["epochs"]) in variant.solution


@pytest.mark.parametrize("drill", ["drill_dataset_memory", "drill_steps"])
def test_each_wrong_formula_draws_its_hint(drill):
    for student in STUDENTS[:30]:
        variant = draw(drill, student)
        seen = set()
        for mistake in variant.mistakes:
            key = canonical(mistake.value)
            assert key != canonical(variant.answer)
            if key not in seen:
                assert examine(drill, mistake.value, student).message == mistake.hint
            seen.add(key)


@pytest.mark.parametrize("drill", drill_ids())
def test_practice_questions_can_be_checked(drill, capsys):
    question = practice_drill(drill, 3)
    question.check(draw(drill, "practice 3").answer)
    question.check("something else")
    right, wrong = capsys.readouterr().out.strip().splitlines()
    assert right.endswith("Right.")
    assert not wrong.endswith("Right.")


def test_common_slips_are_among_the_mistakes():
    labels = {m.label for s in STUDENTS[:30] for m in draw("drill_dataset_memory", s).mistakes}
    assert {"forgot the channels", "forgot the bytes per value", "gave MB"} <= labels
