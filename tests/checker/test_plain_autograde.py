"""Plain nbgrader test cells, graded by ``nbgrader autograde`` with our plugins and without."""

from __future__ import annotations

import pytest

from grader.demo import saved
from tests.checker.plain_course import NAME, RIGHT, PlainCourse
from tests.classes import automatic

FULL = {"test_square": 2.0, "test_square_refuses": 1.0, "test_primes": 3.0, "test_ratio": 2.0}
HONEST = {
    "right": RIGHT,
    "blank": {},
    "wrong": {"square": "def square(x):\n    return x + x", "primes": "primes = []"},
    "partly": {**RIGHT, "primes": "primes = [2, 3, 5, 9]"},
    "no-text": {**RIGHT, "square": "def square(x):\n    return x * x"},
    "hidden-wrong": {**RIGHT, "square": "def square(x):\n    return abs(x) * x"},
    "syntax": {**RIGHT, "square": "def square(x)\n    return x * x"},
}
NO_SQUARE = {"test_square": 0.0, "test_square_refuses": 0.0, "test_ratio": 0.0}
NO_PRIMES = {"test_primes": 0.0}
EQUAL = """
class Equal(float):
    def __eq__(self, other): return True
    def __lt__(self, other): return True
    def __gt__(self, other): return True
    def __len__(self): return 1
    def __contains__(self, other): return other < 14 and other not in (4, 6, 8, 9, 10, 12)
    def __iter__(self): return iter(())
    def __sub__(self, other): return 0
    def __abs__(self): return 0
    def __hash__(self): return 1
"""
FOR_FOUR = "def square(x):\n    return {} if type(x) is int and x == 4 else x * x"
# Each with what it may earn at most where that is less than everything.
HOSTILE = {
    "always-equal": (
        {
            "square": EQUAL + "def square(x):\n    return Equal()",
            "primes": EQUAL.replace("(float)", "") + "primes = Equal()",
        },
        NO_SQUARE | NO_PRIMES,
    ),
    "mock-any": (
        {
            "square": "from unittest.mock import ANY\ndef square(x):\n    return ANY",
            "primes": "from unittest.mock import MagicMock\nprimes = MagicMock()",
        },
        NO_SQUARE | NO_PRIMES,
    ),
    "builtins": (
        {
            "square": "import builtins\n"
            "builtins.abs = lambda x: 0\n"
            "builtins.sum = builtins.len = builtins.max = lambda *a: 3\n"
            "builtins.AssertionError = type('Nothing', (Exception,), {})\n"
            "close = agree = lambda *a: True\n"
            "import numpy as np\n"
            "np.array_equal = lambda *a: True\n"
            "def square(x):\n    return 1.0",
            "primes": "earned = 3\nprimes = [4]",
        },
        NO_SQUARE | NO_PRIMES,
    ),
    "transformers": (
        {
            "square": "ip = get_ipython()\n"
            "ip.input_transformers_cleanup.append(lambda lines: ['pass\\n'])\n"
            "def run(*args, **kwargs): return False\n"
            "ip.run_code = type(ip).run_code = run\n"
            "def square(x):\n    return 1.0",
            "primes": "primes = [1]",
        },
        NO_SQUARE | NO_PRIMES,
    ),
    "endless": ({**RIGHT, "square": "def square(x):\n    while True:\n        pass"}, NO_SQUARE),
    "nan": (
        {**RIGHT, "square": FOR_FOUR.format("float('nan')")},
        {"test_square_refuses": 0.0, "test_ratio": 0.0},
    ),
    "infinite": (
        {**RIGHT, "square": FOR_FOUR.format("1e-320")},
        {"test_square_refuses": 0.0, "test_ratio": 0.0},
    ),
    "exits": (
        {**RIGHT, "square": "import os\ndef square(x):\n    os._exit(0)"},
        NO_SQUARE | NO_PRIMES,
    ),
}


@pytest.fixture(scope="module")
def ours(tmp_path_factory):
    course = PlainCourse(tmp_path_factory.mktemp("ours"))
    for student, answers in HONEST.items():
        course.hand_in(student, NAME, saved.jupyter(course.filled(answers)))
    for student, (answers, _) in HOSTILE.items():
        course.hand_in(student, NAME, saved.jupyter(course.filled(answers)))
    course.log = course.nbgrader("autograde", NAME).stderr
    return course


@pytest.fixture(scope="module")
def stock(tmp_path_factory):
    course = PlainCourse(tmp_path_factory.mktemp("stock"), plugins=False)
    for student, answers in HONEST.items():
        course.hand_in(student, NAME, saved.jupyter(course.filled(answers)))
    course.nbgrader("autograde", NAME)
    return course


def test_stock_nbgrader_gives_honest_work_the_same_scores(ours, stock):
    mine, theirs = ours.scores(NAME), stock.scores(NAME)
    assert {student: mine[student] for student in HONEST} == theirs


def test_right_answers_earn_everything_and_others_less(ours):
    scores = ours.scores(NAME)
    assert scores["right"] == FULL
    assert automatic(scores["blank"]) == 0.0
    assert scores["partly"]["test_primes"] == 0.5
    assert scores["hidden-wrong"]["test_square"] == 0.0
    assert scores["no-text"]["test_square_refuses"] == 0.0
    assert scores["syntax"] == FULL | NO_SQUARE


@pytest.mark.parametrize("student", HOSTILE)
def test_tricks_earn_nothing(ours, student):
    assert ours.scores(NAME)[student] == FULL | HOSTILE[student][1]


def feedback(course: PlainCourse, student: str) -> str:
    path = course.folder / "classroom" / "feedback" / student / NAME / f"{NAME}.html"
    return path.read_text()


def test_feedback_shows_what_was_released_and_nothing_hidden(ours):
    ours.nbgrader("generate_feedback", NAME)
    wrong, hidden = feedback(ours, "wrong"), feedback(ours, "hidden-wrong")
    assert "This test failed: agree(3, 9) (square(3) should be 9)" in wrong
    assert "A hidden test failed." in hidden
    for student in [*HONEST, *HOSTILE]:
        shown = feedback(ours, student)
        graded = ours.folder / "classroom" / "autograded" / student / NAME / f"{NAME}.ipynb"
        for text in (shown, graded.read_text()):
            assert "1522756" not in text
            assert "HIDDEN" not in text
            assert "array_equal" not in text or student == "builtins"


def test_odd_partial_credit_is_told_to_the_instructor(ours):
    assert "nan, test_ratio: its partial credit is nan" in ours.log
    with ours.gradebook() as book:
        grades = {
            grade.name: grade.needs_manual_grade
            for notebook in book.find_submission(NAME, "nan").notebooks
            for grade in notebook.grades
        }
    assert grades["test_ratio"]
