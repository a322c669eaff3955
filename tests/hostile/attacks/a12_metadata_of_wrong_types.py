"""12. nbgrader's metadata is text here and a list there."""

from tests.hostile.course import tests

STOCK = "the student fails"
SAFE = True


def change(notebook):
    test1, test2 = tests(notebook)
    test1["metadata"]["nbgrader"]["grade_id"] = ["test1"]
    test2["metadata"]["nbgrader"] = "test2"
