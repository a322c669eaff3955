"""4. `solution: true` on a test cell, so that its text counts as the student's."""

from tests.hostile.course import tests

STOCK = "the student fails"
SAFE = True


def change(notebook):
    for cell in tests(notebook):
        cell["metadata"]["nbgrader"]["solution"] = True
        cell["source"] = "pass"
