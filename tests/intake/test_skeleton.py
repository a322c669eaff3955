"""What the released notebook says about its cells."""

import json

import pytest

from grader.intake import Skeleton, read_submission, rebuild
from grader.intake.bindings import bound_names

from .builders import STUBS, TEST_SIZE, cell, graded, notebook, released


def test_roles_keys_and_points_come_from_nbgrader_metadata():
    skeleton = Skeleton.from_notebook(released())
    rows = [(c.key, c.role, c.manual) for c in skeleton.cells]
    assert rows[:6] == [
        ("plain-0", "plain", False),
        ("plain-1", "plain", False),
        ("prompt_size", "locked", False),
        ("output_size", "solution", False),
        ("test_output_size", "test", False),
        ("plain-5", "demonstration", False),
    ]
    assert ("pooling_written", "solution", True) in rows
    assert ("sketch", "task", True) in rows
    assert skeleton.cells[4].points == 2
    assert skeleton.cells[0].points is None


def test_gradebook_sources_replace_tests_but_never_stubs():
    hidden = TEST_SIZE + "\n### BEGIN HIDDEN TESTS\nassert output_size(5, 5) == 1"
    skeleton = Skeleton.from_notebook(released()).with_sources(
        {"test_output_size": hidden, "pooling_written": "=== BEGIN MARK SCHEME ==="}
    )
    for handed_in in (released(), notebook([])):
        rebuilt = rebuild(skeleton, read_submission(json.dumps(handed_in).encode()))
        sources = {c.grade_id: c.source for c in rebuilt.cells}
        assert sources["test_output_size"] == hidden
        assert sources["pooling_written"] == STUBS["pooling_written"]
        if handed_in["cells"]:
            assert rebuilt.repairs == [], "what students received is no edit of the hidden tests"


def test_a_gradebook_that_does_not_fit_is_an_error_that_says_what_to_do():
    with pytest.raises(ValueError, match=r"lacks: gone.*generate_assignment"):
        Skeleton.from_notebook(released()).with_sources({"gone": "x"})


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        ([graded("code", "x", "a", "grade")] * 2, "'a' is used by two cells"),
        ([graded("code", "x", "extra-3", "grade")], "'extra-3' is reserved"),
        ([cell("code", "x", nbgrader={"solution": True})], "solution cell without id"),
        (None, "no list of cells"),
    ],
)
def test_a_broken_release_is_an_error(cells, message):
    with pytest.raises(ValueError, match=message):
        Skeleton.from_notebook(notebook(cells))


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("def f(x):\n    y = 1", {"f"}),
        ("async def f():\n    pass\nclass Net(Model):\n    units = 3", {"f", "Net"}),
        ("a = b == c", {"a"}),
        ("a, *b = 1, 2\n(c, d) = 3, 4", {"a", "b", "c", "d"}),
        ("n: int = 3\nm:str='x'", {"n", "m"}),
        ("f(x=1)\nx == 3\nx += 1\nx[0] = 1\nx.y = 2", set()),
        ("if a: b = 1\nelse: c = 2\nfor i in x: y = 3", set()),
        ("# x = 1\n  y = 2\n%time z = 3\nreturn w", set()),
        ("größe = 3", {"größe"}),
        ("x" + " " * 1_000_000, set()),
        ("x, " * 300_000, set()),
        ("x:" * 500_000, set()),
    ],
)
def test_names_are_read_off_the_lines(source, names):
    assert bound_names(source) == names
