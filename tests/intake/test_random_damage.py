"""Random damage to a valid file: nothing raises, and the course's cells always survive."""

import json
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grader.intake import IntakeLimits, Skeleton, Unreadable, read_submission, rebuild

from .builders import ANSWERS, answered, assert_canonical, index, released

SKELETON = Skeleton.from_notebook(released())
FAST = settings(deadline=None, database=None, suppress_health_check=list(HealthCheck))
ODD = [None, True, -1, 1e999, "", "\ud800", "x\0", [], {}, [None], {"a": []}, ["a", 1]]
TEXTS = ["code", "markdown", "output_size", "test_output_size", *ANSWERS.values()]
STEPS = ["move", "copy", "drop", "strip", "swap"]
SMALL = IntakeLimits(file_bytes=9_000, cells=25, cell_characters=400, all_characters=2_000)


def survives(data):
    for limits in (IntakeLimits(), SMALL):
        submitted = read_submission(data, limits)
        rebuilt = rebuild(SKELETON, submitted)
        assert_canonical(rebuilt)
        if isinstance(submitted, Unreadable):
            assert [repair.kind for repair in rebuilt.repairs] == ["unreadable"]
        for repair in rebuilt.repairs:
            assert repair.for_student.isprintable()
            assert repair.grade_id is None or repair.grade_id in SKELETON.by_id
        for cell in rebuilt.cells:
            cell.source.encode()
            assert "\0" not in cell.source


def dump(nb):
    return json.dumps(nb).encode()


@FAST
@given(st.binary(max_size=300))
def test_any_bytes(data):
    survives(data)


@FAST
@given(st.data())
def test_flipped_bits_and_cut_ends(data):
    damaged = bytearray(dump(answered()))
    for _ in range(data.draw(st.integers(0, 6))):
        at = data.draw(st.integers(0, len(damaged) - 1))
        damaged[at] ^= data.draw(st.integers(1, 255))
    survives(bytes(damaged[data.draw(st.integers(0, 3)) :]))
    survives(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))


def paths(value, here=()):
    """Every place inside a JSON value."""
    yield here
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    for key, inner in items:
        yield from paths(inner, (*here, key))


PLACES = [path for path in paths(answered()) if path]


@FAST
@given(
    st.lists(
        st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD + TEXTS), st.booleans()), max_size=8
    )
)
def test_swapped_types_and_dropped_keys(changes):
    nb = answered()
    for path, value, drop in changes:
        parent = nb
        try:
            for key in path[:-1]:
                parent = parent[key]
            if drop and isinstance(parent, dict):
                del parent[path[-1]]
            else:
                parent[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    survives(dump(nb))


@FAST
@given(st.integers(0, 2**32), st.lists(st.sampled_from(STEPS)))
def test_moved_copied_dropped_and_stripped_cells(seed, steps):
    nb, pick = answered(), random.Random(seed)
    cells = nb["cells"]
    for step in steps[:12]:
        if not cells:
            break
        at = pick.randrange(len(cells))
        if step == "move":
            cells.insert(pick.randrange(len(cells)), cells.pop(at))
        elif step == "copy":
            cells.insert(pick.randrange(len(cells)), json.loads(json.dumps(cells[at])))
        elif step == "drop":
            cells.pop(at)
        elif step == "strip":
            cells[at]["metadata"] = {}
        else:
            other = pick.choice(cells)
            cells[at]["metadata"], other["metadata"] = other["metadata"], cells[at]["metadata"]
    survives(dump(nb))


@FAST
@given(st.permutations(range(len(released()["cells"]))), st.sets(st.sampled_from(sorted(ANSWERS))))
def test_answers_with_their_ids_survive_any_order_and_loss_of_all_other_cells(order, lost):
    nb = answered(*lost)
    answers = {index(nb, grade_id) for grade_id in ANSWERS}
    cells = [nb["cells"][i] for i in order if i in answers or i % 2]
    rebuilt = rebuild(SKELETON, read_submission(dump({"cells": cells})))
    assert {c.grade_id for c in rebuilt.cells if c.answered} == set(ANSWERS) - lost
