"""Exercises: defined once, used four times.

``definition``  the base class, typical mistakes and verdicts
``values``      numbers, lists, shapes, arrays, text, choices and predictions
``functions``   functions, tried on visible examples and hidden probes
``models``      Keras models, and functions that build parts of them
``trained``     Keras models that must predict well, too
``result_tables``  tables of results, such as pandas DataFrames
``paper``       Keras without TensorFlow: what a definition's model is built with
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
from grader.exercises.models import Block, Model, OpenModel, Requirement
from grader.exercises.result_tables import Claim, Table
from grader.exercises.scoring import points_earned
from grader.exercises.trained import TrainedModel
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
    "Block",
    "Call",
    "Choice",
    "Choices",
    "Claim",
    "Drill",
    "Exercise",
    "Function",
    "Mistake",
    "Model",
    "Number",
    "NumberList",
    "OpenModel",
    "Prediction",
    "Requirement",
    "Shape",
    "ShapeList",
    "Table",
    "Text",
    "TrainedModel",
    "Verdict",
    "Written",
    "points_earned",
]
