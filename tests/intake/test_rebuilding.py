"""What students do to notebooks by accident, and what is made of it."""

import copy
import json
import random
import time

import pytest

from grader.intake import Skeleton, read_submission, rebuild

from .builders import (
    ANSWERS,
    DEMONSTRATION,
    SETUP,
    STUBS,
    TASK,
    TEST_SIZE,
    answered,
    answers,
    cell,
    extras,
    graded,
    hand_in,
    index,
    insert_after,
    kinds,
    notebook,
    order,
    released,
    remove,
    without_ids,
)


def test_an_honest_submission_is_taken_as_it_is():
    rebuilt = hand_in(answered())
    assert answers(rebuilt) == ANSWERS
    assert extras(rebuilt) == []
    assert rebuilt.repairs == []
    assert all(c.answered for c in rebuilt.cells if c.role == "solution")


def test_the_untouched_notebook_has_no_answer_and_no_repair():
    rebuilt = hand_in(released())
    assert answers(rebuilt) == STUBS
    assert not any(c.answered for c in rebuilt.cells)
    assert rebuilt.repairs == []


def test_line_ends_and_trailing_blanks_are_no_edit():
    nb = released()
    for raw in nb["cells"]:
        raw["source"] = raw["source"].replace("\n", "  \r\n") + "\n\n"
    rebuilt = hand_in(nb)
    assert rebuilt.repairs == []
    assert not any(c.answered for c in rebuilt.cells)


def test_unreadable_gives_the_unanswered_notebook_and_says_why():
    rebuilt = hand_in(b'{"cells": [')
    assert answers(rebuilt) == STUBS
    assert kinds(rebuilt) == [("unreadable", None)]
    assert rebuilt.repairs[0].for_student == (
        "The file is cut off in the middle: it is not complete JSON. "
        "Download it again and hand it in once more."
    )


def test_empty_notebook_misses_every_answer():
    rebuilt = hand_in(b'{"cells": []}')
    assert answers(rebuilt) == STUBS
    missing = [("answer_missing", grade_id) for grade_id in ANSWERS]
    assert kinds(rebuilt) == [("empty_notebook", None), *missing]


def test_deleted_answer_cell_is_put_back_unanswered():
    nb = answered()
    remove(nb, "dense_params")
    rebuilt = hand_in(nb)
    assert answers(rebuilt) == ANSWERS | {"dense_params": STUBS["dense_params"]}
    assert kinds(rebuilt) == [("answer_missing", "dense_params")]


def test_blanked_answer_cell_counts_as_unanswered():
    nb = answered()
    nb["cells"][index(nb, "output_size")]["source"] = "\n  "
    rebuilt = hand_in(nb)
    cells = {c.grade_id: c for c in rebuilt.cells}
    assert not cells["output_size"].answered
    assert cells["dense_params"].answered


@pytest.mark.parametrize("grade_id", ["test_output_size", "prompt_params", "sketch"])
def test_deleted_locked_cells_are_put_back(grade_id):
    nb = answered()
    remove(nb, grade_id)
    rebuilt = hand_in(nb)
    assert kinds(rebuilt) == [("cell_deleted", grade_id)]
    assert extras(rebuilt) == []


def test_deleted_test_cell_is_reported_in_a_plain_sentence():
    nb = answered()
    remove(nb, "test_output_size")
    (repair,) = hand_in(nb).repairs
    assert repair.for_student == (
        "The test cell 'test_output_size' had been deleted; we put it back."
    )
    assert repair.severity == "info"


@pytest.mark.parametrize("source", ["assert True", "", TEST_SIZE + "\nassert True"])
def test_edited_test_cell_is_restored(source):
    nb = answered()
    nb["cells"][index(nb, "test_output_size")]["source"] = source
    rebuilt = hand_in(nb)
    assert kinds(rebuilt) == [("cell_edited", "test_output_size")]
    assert extras(rebuilt) == []


def test_edited_text_is_restored_and_the_students_words_are_kept():
    nb = answered("pooling_written")
    own = "### Exercise 3\n\nWhy the maximum?\n\nIt keeps the strongest response."
    nb["cells"][index(nb, "prompt_pooling")]["source"] = own
    rebuilt = hand_in(nb)
    assert kinds(rebuilt) == [("cell_edited", "prompt_pooling")]
    assert extras(rebuilt) == [own]
    assert "kept your version below it" in rebuilt.repairs[0].for_student


@pytest.mark.parametrize("keep_id", [True, False])
@pytest.mark.parametrize("place", [0, 6, -1])
def test_copied_test_cell_is_left_out(keep_id, place):
    nb = answered()
    twin = copy.deepcopy(nb["cells"][index(nb, "test_output_size")])
    if not keep_id:
        twin["metadata"] = {}
    nb["cells"].insert(place, twin)
    rebuilt = hand_in(nb)
    assert ("cell_duplicated", "test_output_size") in kinds(rebuilt)
    assert extras(rebuilt) == []


def test_reordered_cells_go_back_to_their_places():
    nb = answered()
    nb["cells"].insert(0, remove(nb, "test_dense_params"))
    nb["cells"].append(remove(nb, "output_size"))
    rebuilt = hand_in(nb)
    assert answers(rebuilt) == ANSWERS
    assert kinds(rebuilt) == [("cell_moved", "output_size"), ("cell_moved", "test_dense_params")]


def test_any_order_gives_the_same_notebook():
    expected = hand_in(answered()).cells
    for seed in range(20):
        nb = answered()
        random.Random(seed).shuffle(nb["cells"])
        rebuilt = hand_in(nb)
        assert [c.source for c in rebuilt.cells] == [c.source for c in expected]


def test_own_cells_stay_where_they_were():
    nb = answered()
    first, helper, note = "%pip list", "def double(x):\n    return 2 * x", "A note to myself."
    nb["cells"].insert(0, cell("code", first))
    insert_after(nb, "prompt_params", cell("code", helper), cell("markdown", note))
    rebuilt = hand_in(nb)
    texts = [c.source for c in rebuilt.cells]
    assert texts[0] == first
    at = texts.index(helper)
    assert texts[at + 1 : at + 3] == [note, ANSWERS["dense_params"]]
    assert [c.cell_type for c in rebuilt.cells if c.role == "extra"] == [
        "code",
        "code",
        "markdown",
    ]
    assert rebuilt.repairs == []


def test_split_cell_whose_second_half_has_no_id():
    nb = answered("output_size")
    nb["cells"][index(nb, "output_size")]["source"] = "def half(n):\n    return n // 2"
    insert_after(nb, "output_size", cell("code", ANSWERS["output_size"]))
    rebuilt = hand_in(nb)
    assert order(rebuilt, "def half(n):\n    return n // 2", ANSWERS["output_size"], TEST_SIZE) == [
        3,
        4,
        5,
    ]


def test_blank_cells_are_left_out():
    nb = answered()
    insert_after(nb, "output_size", cell("code", ""), cell("markdown", " \n"))
    assert extras(hand_in(nb)) == []


def test_test_cell_turned_into_text_is_restored():
    nb = answered()
    nb["cells"][index(nb, "test_output_size")]["cell_type"] = "markdown"
    assert kinds(hand_in(nb)) == [("cell_edited", "test_output_size")]


class TestCourseCells:
    def test_they_are_not_run_twice(self):
        rebuilt = hand_in(without_ids(answered()))
        assert [c.source for c in rebuilt.cells].count(SETUP) == 1
        assert extras(rebuilt) == []

    @pytest.mark.parametrize(
        "edited",
        [
            DEMONSTRATION.replace("epochs=3", "epochs=30"),
            "history = model.fit(more_images, more_labels, epochs=300, validation_split=0.25)",
        ],
    )
    def test_an_edited_demonstration_is_not_extra_code(self, edited):
        nb = answered()
        at = next(i for i, c in enumerate(nb["cells"]) if c["source"] == DEMONSTRATION)
        nb["cells"][at]["source"] = edited
        rebuilt = hand_in(nb)
        assert extras(rebuilt) == []
        assert kinds(rebuilt) == [("demonstration_edited", None)]

    def test_an_edited_plain_cell_runs_after_the_original(self):
        nb = answered()
        edited = SETUP + "\nimport os"
        nb["cells"][1]["source"] = edited
        rebuilt = hand_in(nb)
        assert order(rebuilt, SETUP, edited) == [1, 2]
        assert kinds(rebuilt) == [("course_cells_edited", None)]

    def test_deleted_ones_are_put_back_and_counted(self):
        nb = answered()
        del nb["cells"][:2]
        rebuilt = hand_in(nb)
        assert kinds(rebuilt) == [("course_cells_restored", None)]
        assert rebuilt.repairs[0].for_student.startswith("2 cells were missing or moved")

    def test_a_second_run_of_plain_code_is_kept(self):
        nb = answered()
        nb["cells"].append(cell("code", SETUP))
        assert extras(hand_in(nb)) == [SETUP]

    def test_cells_that_are_released_twice(self):
        twice = notebook([cell("code", "show()"), cell("markdown", "text"), cell("code", "show()")])
        submitted = read_submission(json.dumps(twice).encode())
        rebuilt = rebuild(Skeleton.from_notebook(twice), submitted)
        assert [c.source for c in rebuilt.cells] == ["show()", "text", "show()"]
        assert rebuilt.repairs == []


def test_a_different_notebook_is_called_one():
    other = notebook(
        [
            cell("markdown", "# 7 Recurrent networks"),
            cell("code", SETUP),
            graded("markdown", "### Exercise 1\n\nUnroll the loop.", "prompt_unroll", "locked"),
            graded("code", "def unroll(x):\n    return [x]", "unroll", "solution"),
            graded("code", 'check("unroll", unroll)', "test_unroll", "grade", "locked"),
            graded("markdown", STUBS["pooling_written"], "rnn_written", "grade", "solution"),
        ]
    )
    rebuilt = hand_in(other)
    assert ("different_notebook", None) in kinds(rebuilt)
    assert ("unknown_ids", None) in kinds(rebuilt)
    assert not any(c.answered for c in rebuilt.cells)


def test_a_new_notebook_with_only_the_answers_is_not_a_different_one():
    rebuilt = hand_in(notebook([cell("code", ANSWERS["output_size"])]))
    assert answers(rebuilt)["output_size"] == ANSWERS["output_size"]
    assert "different_notebook" not in dict(kinds(rebuilt))


def test_the_task_prompt_is_the_courses_and_the_students_cells_follow_it():
    nb = answered()
    insert_after(nb, "sketch", cell("markdown", "conv, pool, dense"))
    rebuilt = hand_in(nb)
    texts = [c.source for c in rebuilt.cells]
    assert texts[texts.index(TASK) + 1] == "conv, pool, dense"


@pytest.mark.parametrize("ids", [True, False])
def test_five_thousand_cells_take_at_most_two_seconds(ids):
    nb = answered() if ids else without_ids(answered())
    lines = [f"value_{i} = images[{i}:{i + 7}].mean(axis=({i % 3}, 1))" for i in range(5)]
    own = [cell("code", f"# {i}\n" + "\n".join(lines) * 4) for i in range(4_980)]
    nb["cells"][4:4] = own
    data = json.dumps(nb).encode()
    started = time.process_time()
    rebuilt = hand_in(data)
    assert time.process_time() - started < 2
    assert answers(rebuilt) == ANSWERS
    assert len(extras(rebuilt)) == len(own)
