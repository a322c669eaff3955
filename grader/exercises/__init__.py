"""Exercises: defined once, used four times.

``definition``  the base class, typical mistakes and verdicts
``values``      numbers, lists, shapes, arrays, text, choices and predictions
``functions``   functions, tried on visible examples and hidden probes
``drills``      one variant per student, drawn by ``course_utils.drills``
``catalogue``   finds and loads ``solutions/<assignment>/exercises.py``
``tables``      the sealed hints that students get (use 1: the immediate check)
``testcells``   reads the ``check(...)`` lines of a test cell (use 2: the trusted grade)
``scoring``     ``points_earned``: the same grade in a plain nbgrader test cell

The tests of the tests (use 3) and the item analysis (use 4) read the same definitions.
"""

from grader.exercises.definition import Exercise, Mistake, Verdict
from grader.exercises.drills import Drill
from grader.exercises.functions import Call, Function
from grader.exercises.scoring import points_earned
from grader.exercises.values import (
    Array,
    Choice,
    Choices,
    Number,
    NumberList,
    Prediction,
    Shape,
    ShapeList,
    Text,
    Written,
)

__all__ = [
    "Array",
    "Call",
    "Choice",
    "Choices",
    "Drill",
    "Exercise",
    "Function",
    "Mistake",
    "Number",
    "NumberList",
    "Prediction",
    "Shape",
    "ShapeList",
    "Text",
    "Verdict",
    "Written",
    "points_earned",
]
