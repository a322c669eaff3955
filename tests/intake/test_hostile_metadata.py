"""The attack catalogue's rows on documents and metadata: no submission decides what is run."""

import copy
import json
import time

import pytest

from grader.intake import Skeleton, read_submission, rebuild
from grader.intake.repairs import printable

from .builders import (
    ANSWERS,
    STUBS,
    answered,
    answers,
    cell,
    extras,
    graded,
    hand_in,
    index,
    kinds,
    released,
)


def everything(rebuilt):
    return [(c.key, c.role, c.cell_type, c.source, c.grade_id, c.manual) for c in rebuilt.cells]


HONEST = everything(hand_in(answered()))


def tag(raw, at):
    raw["metadata"]["tags"] = ["skip-execution", "raises-exception", "demonstration"]


def flip_flags(raw, at):
    if "nbgrader" in raw["metadata"]:
        for flag in ("grade", "solution", "locked", "task"):
            raw["metadata"]["nbgrader"][flag] ^= True


def schema(raw, at):
    raw["metadata"].setdefault("nbgrader", {})["schema_version"] = 99


def points(raw, at):
    raw["metadata"].setdefault("nbgrader", {}).update(points=1e9, checksum="0", cell_type="code")


def prefilled(raw, at):
    raw["outputs"] = [{"output_type": "execute_result", "data": {"text/plain": "2"}}]
    raw["execution_count"] = at


def script(raw, at):
    raw["attachments"] = {"x.svg": {"image/svg+xml": "<svg onload=alert(1)>"}}


@pytest.mark.parametrize("attack", [tag, flip_flags, schema, points, prefilled, script])
def test_metadata_and_outputs_mean_nothing(attack):
    nb = answered()
    for at, raw in enumerate(nb["cells"]):
        attack(raw, at)
    rebuilt = hand_in(nb)
    assert everything(rebuilt) == HONEST
    assert rebuilt.repairs == []


def test_kernel_and_language_mean_nothing():
    nb = answered()
    nb["metadata"] = {"kernelspec": {"name": "bash"}, "language_info": {"name": "R"}, "widgets": 3}
    assert everything(hand_in(nb)) == HONEST


@pytest.mark.parametrize("grade_id", [["a"], {"a": 1}, 3, None, "", "no_such_cell", "x" * 10**6])
def test_odd_and_forged_ids_are_ignored(grade_id):
    nb = answered()
    forged = graded("code", "total = 99", "test_forged", "grade", "locked")
    forged["metadata"]["nbgrader"]["grade_id"] = grade_id
    nb["cells"].append(forged)
    rebuilt = hand_in(nb)
    assert [c for c in everything(rebuilt) if c[1] != "extra"] == HONEST
    assert [c.grade_id for c in rebuilt.cells if c.role == "extra"] == [None]


def test_renaming_every_id_changes_nothing_but_the_report():
    nb = answered()
    for at, raw in enumerate(nb["cells"]):
        if "nbgrader" in raw["metadata"]:
            raw["metadata"]["nbgrader"]["grade_id"] = f"renamed_{at}"
    rebuilt = hand_in(nb)
    assert answers(rebuilt) == ANSWERS
    assert ("unknown_ids", None) in kinds(rebuilt)


def test_swapped_ids_of_answer_and_test():
    nb = answered()
    solution, test = index(nb, "output_size"), index(nb, "test_output_size")
    metadata = [nb["cells"][i]["metadata"] for i in (solution, test)]
    nb["cells"][solution]["metadata"], nb["cells"][test]["metadata"] = metadata[::-1]
    hand_in(nb)


def test_every_cell_claims_to_be_the_test():
    nb = answered()
    test = nb["cells"][index(nb, "test_output_size")]["metadata"]
    for raw in nb["cells"]:
        raw["metadata"] = copy.deepcopy(test)
    rebuilt = hand_in(nb)
    assert answers(rebuilt)["output_size"] == ANSWERS["output_size"]


def test_task_cells_may_be_copied():
    nb = answered()
    nb["cells"].append(copy.deepcopy(nb["cells"][index(nb, "sketch")]))
    rebuilt = hand_in(nb)
    assert everything(rebuilt) == HONEST
    assert kinds(rebuilt) == [("cell_duplicated", "sketch")]


def test_many_cells_that_all_define_everything_stay_few():
    both = ANSWERS["output_size"] + "\n" + ANSWERS["dense_params"]
    nb = released()
    nb["cells"] += [cell("code", both + f"\n# {i}") for i in range(4_900)]
    rebuilt = hand_in(nb)
    assert len(extras(rebuilt)) == 4_901


def test_alike_cells_in_great_number_do_not_keep_us_busy():
    body = "\n".join(f"layer_{i} = Dense({i}, activation='relu')(layer)" for i in range(60))
    release = released()
    release["cells"] += [cell("code", body + f"\nprint('{name}')") for name in "abcdefghij" * 3]
    nb = released()
    nb["cells"] += [cell("code", body.replace("relu", f"r{i}")) for i in range(2_000)]
    submitted = read_submission(json.dumps(nb).encode())
    started = time.process_time()
    rebuilt = rebuild(Skeleton.from_notebook(release), submitted)
    assert time.process_time() - started < 2
    assert sum(c.role != "extra" for c in rebuilt.cells) == len(release["cells"])


def test_repairs_never_show_an_answer_a_forged_id_or_a_control_character():
    nb = released()
    for raw in nb["cells"]:
        raw["source"] = "SECRET = 1\n" + raw["source"]
    nb["cells"] += [graded("code", "x", "evil\x1b[31m\u202eSECRET", "grade", "locked")]
    for repair in hand_in(nb).repairs:
        assert "SECRET" not in repair.for_student
        assert repair.for_student.isprintable()
        assert repair.for_student.endswith(".")


def test_ids_of_the_release_are_escaped_too():
    release = {"cells": [graded("code", STUBS["output_size"], "a\x1b[0m\n", "solution")]}
    rebuilt = rebuild(Skeleton.from_notebook(release), read_submission(b'{"cells": []}'))
    assert all(repair.for_student.isprintable() for repair in rebuilt.repairs)
    assert rebuilt.repairs[-1].grade_id == r"a\x1b[0m\n"


@pytest.mark.parametrize("text", ["a\u202eb", "a\x00b", "a\u2028b", "a\ud800b", "a\x9bb"])
def test_printable_escapes(text):
    assert printable(text).isprintable()
    assert len(printable("x" * 10**6)) < 300
