"""Answers that are copied, moved, merged or without their id are found."""

import json

import pytest

from grader.intake import Skeleton, read_submission, rebuild

from .builders import (
    ANSWERS,
    STUBS,
    TEST_PARAMS,
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


class TestCopiedAnswers:
    def copied(self, *sources):
        nb = answered("output_size")
        place = index(nb, "output_size")
        copies = [graded("code", source, "output_size", "solution") for source in sources]
        nb["cells"][place : place + 1] = copies
        return hand_in(nb)

    @pytest.mark.parametrize("place", [0, 1, 2])
    def test_the_only_filled_in_copy_counts(self, place):
        sources = [STUBS["output_size"]] * 3
        sources[place] = ANSWERS["output_size"]
        rebuilt = self.copied(*sources)
        assert answers(rebuilt)["output_size"] == ANSWERS["output_size"]
        assert extras(rebuilt) == []
        assert kinds(rebuilt) == [("answer_duplicated", "output_size")]
        assert "3 times" in rebuilt.repairs[0].for_student

    def test_the_last_of_several_answers_counts_and_earlier_ones_run_before_it(self):
        first, second, third = ("def output_size(n, k):\n    return " + c for c in "123")
        rebuilt = self.copied(first, second, STUBS["output_size"], third, "")
        assert answers(rebuilt)["output_size"] == third
        assert extras(rebuilt) == [first, second]
        assert order(rebuilt, first, second, third, TEST_SIZE) == [3, 4, 5, 6]

    def test_an_untouched_copy_is_no_second_answer(self):
        rebuilt = self.copied(STUBS["output_size"], STUBS["output_size"])
        assert not any(c.answered and c.grade_id == "output_size" for c in rebuilt.cells)
        assert extras(rebuilt) == []

    def test_a_copy_at_the_end_comes_before_the_test(self):
        nb = answered()
        better = "def output_size(n, k):\n    return 1 + n - k"
        nb["cells"].append(graded("code", better, "output_size", "solution"))
        rebuilt = hand_in(nb)
        assert order(rebuilt, ANSWERS["output_size"], better, TEST_SIZE) == [3, 4, 5]

    def test_a_split_cell_runs_in_its_order(self):
        head, tail = "import math", ANSWERS["output_size"]
        rebuilt = self.copied(head, tail)
        assert order(rebuilt, head, tail, TEST_SIZE) == [3, 4, 5]


class TestAnswersWithoutId:
    @pytest.mark.parametrize("grade_id", ["output_size", "dense_params"])
    def test_code_is_recognised_by_what_it_defines(self, grade_id):
        nb = answered()
        nb["cells"][index(nb, grade_id)]["metadata"] = {}
        rebuilt = hand_in(nb)
        assert answers(rebuilt) == ANSWERS
        assert kinds(rebuilt) == [("answer_by_names", grade_id)]

    def test_also_when_it_stands_elsewhere(self):
        nb = answered()
        moved = remove(nb, "output_size")
        nb["cells"].append({**moved, "metadata": {}})
        rebuilt = hand_in(nb)
        assert answers(rebuilt) == ANSWERS
        assert ("answer_by_names", "output_size") in kinds(rebuilt)

    def test_magics_and_syntax_errors_do_not_matter(self):
        nb = answered()
        source = "%%time\n" + ANSWERS["output_size"] + "\n  oops("
        nb["cells"][index(nb, "output_size")] = cell("code", source)
        assert answers(hand_in(nb))["output_size"] == source

    def test_text_is_recognised_by_its_place(self):
        nb = answered()
        nb["cells"][index(nb, "pooling_written")]["metadata"] = {}
        rebuilt = hand_in(nb)
        assert answers(rebuilt) == ANSWERS
        assert kinds(rebuilt) == [("answer_by_position", "pooling_written")]
        assert rebuilt.repairs[0].severity == "warning"

    def test_code_without_names_is_recognised_by_its_place(self):
        nb = answered()
        nb["cells"][index(nb, "dense_params")] = cell("code", "globals().update(dense_params=330)")
        rebuilt = hand_in(nb)
        assert answers(rebuilt)["dense_params"] == "globals().update(dense_params=330)"
        assert kinds(rebuilt) == [("answer_by_position", "dense_params")]

    def test_a_long_text_with_a_few_changes_is_recognised_by_its_text(self):
        nb = answered()
        own = "Write your own answer here."
        nb["cells"][index(nb, "pooling_written")] = cell("markdown", own)
        nb["cells"].insert(0, nb["cells"].pop(index(answered(), "pooling_written")))
        rebuilt = hand_in(nb)
        assert answers(rebuilt)["pooling_written"] == own
        assert ("answer_by_text", "pooling_written") in kinds(rebuilt)

    def test_an_untouched_stub_is_no_answer(self):
        rebuilt = hand_in(without_ids(released()))
        assert answers(rebuilt) == STUBS
        assert not any(c.answered for c in rebuilt.cells)

    def test_a_new_cell_beside_a_deleted_answer_cell(self):
        nb = answered()
        remove(nb, "output_size")
        insert_after(nb, "test_output_size", cell("code", ANSWERS["output_size"]))
        assert answers(hand_in(nb)) == ANSWERS


class TestAnswerInANewCell:
    @pytest.mark.parametrize("grade_id", ["output_size", "dense_params"])
    @pytest.mark.parametrize("place", ["before", "after", "below the test", "top", "end"])
    def test_runs_between_the_untouched_cell_and_the_test(self, grade_id, place):
        nb = answered(grade_id)
        at = {
            "before": index(nb, grade_id),
            "after": index(nb, grade_id) + 1,
            "below the test": index(nb, grade_id) + 2,
            "top": 0,
            "end": len(nb["cells"]),
        }[place]
        nb["cells"].insert(at, cell("code", ANSWERS[grade_id]))
        rebuilt = hand_in(nb)
        test = TEST_SIZE if grade_id == "output_size" else TEST_PARAMS
        stub, extra, check = order(rebuilt, STUBS[grade_id], ANSWERS[grade_id], test)
        assert (extra, check) == (stub + 1, stub + 2)
        assert not any(c.answered and c.grade_id == grade_id for c in rebuilt.cells)
        assert kinds(rebuilt) == [("answer_elsewhere", grade_id)]

    @pytest.mark.parametrize("delete", [False, True])
    def test_one_cell_for_all_exercises_runs_before_every_test(self, delete):
        nb = answered("output_size", "dense_params")
        both = ANSWERS["output_size"] + "\n\n" + ANSWERS["dense_params"]
        if delete:
            remove(nb, "output_size")
            remove(nb, "dense_params")
        nb["cells"].append(cell("code", both))
        rebuilt = hand_in(nb)
        texts = [c.source for c in rebuilt.cells]
        assert texts[texts.index(TEST_SIZE) - 1] == both
        assert texts[texts.index(TEST_PARAMS) - 1] == both
        assert ("answer_elsewhere", "dense_params") in kinds(rebuilt)

    def test_two_answers_merged_into_one_cell(self):
        nb = answered()
        merged = ANSWERS["output_size"] + "\n" + ANSWERS["dense_params"]
        nb["cells"][index(nb, "output_size")]["source"] = merged
        remove(nb, "dense_params")
        rebuilt = hand_in(nb)
        texts = [c.source for c in rebuilt.cells]
        assert texts[texts.index(TEST_PARAMS) - 1] == merged
        assert kinds(rebuilt) == [("answer_elsewhere", "dense_params")]

    def test_written_answer_below_the_untouched_cell_is_pointed_out(self):
        nb = answered("pooling_written")
        insert_after(nb, "pooling_written", cell("markdown", ANSWERS["pooling_written"]))
        rebuilt = hand_in(nb)
        assert extras(rebuilt) == [ANSWERS["pooling_written"]]
        assert kinds(rebuilt) == [("answer_elsewhere", "pooling_written")]

    def test_an_answered_cell_keeps_later_redefinitions_in_their_place(self):
        nb = answered()
        later = "def output_size(n, k):\n    return 0"
        insert_after(nb, "test_output_size", cell("code", later))
        rebuilt = hand_in(nb)
        assert order(rebuilt, ANSWERS["output_size"], TEST_SIZE, later) == [3, 4, 5]
        assert rebuilt.repairs == []


class TestTypedOverLockedCells:
    def test_answer_typed_into_the_test_cell_runs_before_the_test(self):
        nb = answered("output_size")
        typed = ANSWERS["output_size"] + "\n" + TEST_SIZE
        nb["cells"][index(nb, "test_output_size")]["source"] = typed
        rebuilt = hand_in(nb)
        assert order(rebuilt, STUBS["output_size"], typed, TEST_SIZE) == [3, 4, 5]
        assert ("answer_in_locked_cell", "test_output_size") in kinds(rebuilt)

    def test_answer_merged_with_its_test_cell_is_the_answer(self):
        nb = answered()
        remove(nb, "output_size")
        typed = ANSWERS["output_size"] + "\n" + TEST_SIZE
        nb["cells"][index(nb, "test_output_size")]["source"] = typed
        assert answers(hand_in(nb))["output_size"] == typed

    def test_a_test_edited_beside_a_real_answer_is_only_restored(self):
        nb = answered()
        forged = "output_size = lambda n, k: 26\n" + TEST_SIZE
        nb["cells"][index(nb, "test_output_size")]["source"] = forged
        rebuilt = hand_in(nb)
        assert extras(rebuilt) == []
        assert kinds(rebuilt) == [("cell_edited", "test_output_size")]

    def test_code_typed_over_a_text_cell_is_kept(self):
        nb = answered()
        nb["cells"][index(nb, "prompt_params")] |= {"cell_type": "code", "source": "helper = 2"}
        rebuilt = hand_in(nb)
        assert extras(rebuilt) == ["helper = 2"]
        assert kinds(rebuilt) == [("answer_in_locked_cell", "prompt_params")]


@pytest.mark.parametrize("keep_id", [True, False])
@pytest.mark.parametrize(
    ("grade_id", "wrong"),
    [
        ("output_size", "markdown"),
        ("dense_params", "raw"),
        ("pooling_written", "code"),
    ],
)
def test_answer_in_a_cell_of_another_type(grade_id, wrong, keep_id):
    nb = answered()
    raw = nb["cells"][index(nb, grade_id)]
    raw["cell_type"] = wrong
    if not keep_id:
        raw["metadata"] = {}
    rebuilt = hand_in(nb)
    assert answers(rebuilt) == ANSWERS
    assert ("type_restored", grade_id) in kinds(rebuilt)


class TestEqualStubs:
    """Written answers share one stub, so only their places tell them apart."""

    def release(self):
        cells = []
        for name in ("a", "b", "c"):
            cells.append(graded("markdown", f"Question {name}: why?", f"prompt_{name}", "locked"))
            cells.append(graded("markdown", STUBS["pooling_written"], name, "grade", "solution"))
        return notebook(cells)

    @pytest.mark.parametrize("filled", [(), (0,), (1,), (0, 2), (0, 1, 2)])
    def test_each_answer_finds_its_question(self, filled):
        nb = without_ids(self.release())
        for i in filled:
            nb["cells"][2 * i + 1]["source"] = f"My answer number {i}, in many words."
        submitted = read_submission(json.dumps(nb).encode())
        rebuilt = rebuild(Skeleton.from_notebook(self.release()), submitted)
        assert [c.source for c in rebuilt.cells] == [raw["source"] for raw in nb["cells"]]
        assert [i for i in range(3) if rebuilt.cells[2 * i + 1].answered] == list(filled)
        by_place = [("answer_by_position", "abc"[i]) for i in filled]
        assert kinds(rebuilt) == [("ids_lost", None), *by_place]

    def test_one_cell_for_two_questions_is_not_guessed(self):
        pair = self.release()["cells"][:2] + self.release()["cells"][3:]
        handed_in = without_ids(notebook([*pair[:1], cell("markdown", "My answer."), *pair[3:]]))
        submitted = read_submission(json.dumps(handed_in).encode())
        rebuilt = rebuild(Skeleton.from_notebook(notebook(pair)), submitted)
        assert extras(rebuilt) == ["My answer."]
        assert not any(c.answered for c in rebuilt.cells)


def test_names_shared_by_several_exercises_are_told_apart_by_place():
    stub = "model = None  # YOUR CODE HERE"
    cells = []
    for name in ("small", "large", "wide"):
        cells.append(graded("markdown", f"Build the {name} model.", f"prompt_{name}", "locked"))
        cells.append(graded("code", stub, name, "solution"))
        cells.append(graded("code", f"check('{name}', model)", f"test_{name}", "grade", "locked"))
    release = notebook(cells)
    nb = without_ids(release)
    for i, units in ((1, 10), (7, 30)):
        nb["cells"][i]["source"] = f"model = build(units={units})"
    rebuilt = rebuild(Skeleton.from_notebook(release), read_submission(json.dumps(nb).encode()))
    assert [c.source for c in rebuilt.cells] == [raw["source"] for raw in nb["cells"]]


def test_answers_alone_with_shared_names_are_taken_in_their_order():
    stubs = [graded("code", "model = None", name, "solution") for name in ("small", "large")]
    handed_in = notebook([cell("code", f"model = build({n})") for n in (10, 20)])
    submitted = read_submission(json.dumps(handed_in).encode())
    rebuilt = rebuild(Skeleton.from_notebook(notebook(stubs)), submitted)
    assert answers(rebuilt) == {"small": "model = build(10)", "large": "model = build(20)"}
