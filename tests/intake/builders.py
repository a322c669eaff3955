"""A small released notebook and ways to hand it in."""

import copy
import json

from grader.intake import Rebuilt, Skeleton, read_submission, rebuild

SCHEMA = {"schema_version": 3, "points": 2}
ANSWERS = {
    "output_size": "def output_size(n, k):\n    return n - k + 1",
    "dense_params": "dense_params = 32 * 10 + 10",
    "pooling_written": "Because the maximum says *whether* a pattern is there, not where exactly.",
}
STUBS = {
    "output_size": (
        "def output_size(n, k):\n"
        "    # YOUR CODE HERE (and remove the next line)\n"
        '    raise NotImplementedError("output_size")'
    ),
    "dense_params": (
        '# YOUR CODE HERE (and remove the next line)\nraise NotImplementedError("dense_params")'
    ),
    "pooling_written": "*Write your answer here.*",
}
SETUP = "import numpy as np\nfrom course_utils import check"
DEMONSTRATION = "history = model.fit(images, labels, epochs=3, batch_size=32, verbose=2)"
TEST_SIZE = 'check("output_size", output_size)\nassert output_size(28, 3) == 26'
TEST_PARAMS = 'check("dense_params", dense_params)\nassert dense_params > 0'
TASK = "Add a cell below and sketch a network of your own."


def cell(cell_type, source, **metadata):
    return {"cell_type": cell_type, "source": source, "metadata": metadata}


def graded(cell_type, source, grade_id, *flags):
    on = {flag: flag in flags for flag in ("grade", "solution", "locked", "task")}
    return cell(cell_type, source, nbgrader={**SCHEMA, "grade_id": grade_id, **on})


def released():
    """The released notebook, as a new dict."""
    cells = [
        cell("markdown", "# 1 Convolution\n\nThe word *kernel* comes from the lecture."),
        cell("code", SETUP),
        graded("markdown", "### Exercise 1\n\nWrite `output_size`.", "prompt_size", "locked"),
        graded("code", STUBS["output_size"], "output_size", "solution"),
        graded("code", TEST_SIZE, "test_output_size", "grade", "locked"),
        cell("code", DEMONSTRATION, tags=["demonstration"]),
        graded("markdown", "### Exercise 2\n\nCount parameters.", "prompt_params", "locked"),
        graded("code", STUBS["dense_params"], "dense_params", "solution"),
        graded("code", TEST_PARAMS, "test_dense_params", "grade", "locked"),
        cell("code", "patch = np.arange(9).reshape(3, 3)\nprint(patch.mean())"),
        graded("markdown", "### Exercise 3\n\nWhy the maximum?", "prompt_pooling", "locked"),
        graded("markdown", STUBS["pooling_written"], "pooling_written", "grade", "solution"),
        graded("markdown", TASK, "sketch", "task", "locked"),
        cell("markdown", "## Summary"),
    ]
    return notebook(cells)


def notebook(cells, **metadata):
    return {"cells": cells, "metadata": metadata, "nbformat": 4, "nbformat_minor": 5}


def answered(*without):
    """The released notebook with every answer filled in but those named."""
    nb = released()
    for raw in nb["cells"]:
        grade_id = raw["metadata"].get("nbgrader", {}).get("grade_id")
        if grade_id in ANSWERS and grade_id not in without:
            raw["source"] = ANSWERS[grade_id]
    return nb


def index(nb, grade_id):
    """Position of the first cell with a grade id."""
    for i, raw in enumerate(nb["cells"]):
        if raw["metadata"].get("nbgrader", {}).get("grade_id") == grade_id:
            return i
    raise KeyError(grade_id)


def insert_after(nb, grade_id, *cells):
    at = index(nb, grade_id) + 1
    nb["cells"][at:at] = cells


def remove(nb, grade_id):
    return nb["cells"].pop(index(nb, grade_id))


def without_ids(nb):
    """A copy that has lost all cell metadata."""
    nb = copy.deepcopy(nb)
    for raw in nb["cells"]:
        raw["metadata"] = {}
    return nb


def hand_in(nb) -> Rebuilt:
    """Read a submission (bytes, or a notebook to be saved as JSON) and rebuild it."""
    data = nb if isinstance(nb, bytes) else json.dumps(nb).encode()
    rebuilt = rebuild(Skeleton.from_notebook(released()), read_submission(data))
    assert_canonical(rebuilt)
    return rebuilt


def assert_canonical(rebuilt, nb=None):
    """Every released cell is there once, in order; only answers may differ from the release."""
    skeleton = Skeleton.from_notebook(nb or released())
    kept = [cell for cell in rebuilt.cells if cell.role != "extra"]
    assert [cell.key for cell in kept] == [cell.key for cell in skeleton.cells]
    for cell, original in zip(kept, skeleton.cells, strict=True):
        assert (cell.role, cell.cell_type) == (original.role, original.cell_type)
        assert cell.grade_id == original.grade_id
        if cell.role != "solution":
            assert cell.source == original.source
    assert len({cell.key for cell in rebuilt.cells}) == len(rebuilt.cells)


def answers(rebuilt):
    """Text of every answer cell, by grade id."""
    return {cell.grade_id: cell.source for cell in rebuilt.cells if cell.role == "solution"}


def extras(rebuilt):
    """Text of the added cells, in order."""
    return [cell.source for cell in rebuilt.cells if cell.role == "extra"]


def kinds(rebuilt):
    """What was reported: pairs of kind and grade id."""
    return [(repair.kind, repair.grade_id) for repair in rebuilt.repairs]


def order(rebuilt, *sources):
    """Places of some texts in the rebuilt notebook."""
    texts = [cell.source for cell in rebuilt.cells]
    return [texts.index(source) for source in sources]
