"""The drill on dense blocks: closed forms against a block built by hand."""

from itertools import combinations

from course_utils.answer_types import canonical
from course_utils.checks import examine
from course_utils.drills import draw

STUDENTS = [f"student-{number}" for number in range(200)]


def test_students_get_variants_of_their_own():
    assert len({draw("drill_dense", student).prompt for student in STUDENTS}) >= 170


def test_answers_are_what_counting_says():
    for student in STUDENTS[:40]:
        variant = draw("drill_dense", student)
        k0, k, n, layer = (variant.variables[name] for name in ("k0", "k", "n", "layer"))
        seen, enters = k0, {}
        for number in range(1, n + 1):
            enters[number] = seen
            seen += k
        between = len(list(combinations(range(1, n + 1), 2)))
        every = len(list(combinations(range(n + 1), 2)))
        assert variant.answer == (enters[layer], seen, between, every)
        assert f"= {enters[layer]}\n" in variant.solution


def test_each_wrong_formula_draws_its_hint():
    for student in STUDENTS[:40]:
        variant = draw("drill_dense", student)
        seen = set()
        for mistake in variant.mistakes:
            key = canonical(mistake.value)
            assert key != canonical(variant.answer)
            if key not in seen:
                assert examine("drill_dense", mistake.value, student).message == mistake.hint
            seen.add(key)


def test_the_slips_of_the_notebook_are_among_the_mistakes():
    labels = {m.label for s in STUDENTS[:30] for m in draw("drill_dense", s).mistakes}
    assert {"k·l for layer l", "forgot k0", "swapped the formulas", "forgot to halve"} <= labels
