"""A made-up class of any size: abilities, typical mistakes, editors, late and hostile work.

The same seed gives the same class. Every submission says what an honest marker gives for it, so
the class serves tests and benchmarks alike.
"""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from grader.demo import saved
from grader.demo.answers import answered, read_notebook, unanswered, with_answers
from grader.demo.saved import Notebook
from grader.exercises import Written
from grader.exercises.catalogue import load_exercises
from grader.exercises.definition import Exercise
from grader.exercises.testcells import check_lines
from grader.exercises.values import ValueExercise

HOSTILE = {
    "ends the process": "import os\nos._exit(0)",
    "kills its parent": "import os, signal\nos.kill(os.getppid(), signal.SIGKILL)",
    "raises SystemExit": "raise SystemExit(0)",
    "replaces the check": "import course_utils.checks\ncourse_utils.checks.check = print",
}
"""What hostile students write instead of their last answer."""
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Shares:
    """Who a class is made of; every number is a probability.

    `ability` is the class's mean chance to get an exercise right; students scatter around it.
    Of what they get wrong, `mistakes` draws a typical mistake and the rest is left blank.
    """

    ability: float = 0.7
    mistakes: float = 0.6
    colab: float = 0.3
    vs_code: float = 0.1
    broken: float = 0.02
    hostile: float = 0.02
    late: float = 0.1


@dataclass(frozen=True)
class Simulated:
    """One submission: the file's bytes, and the automatic points an honest marker gives."""

    student: str
    story: str
    data: bytes
    points: float
    late: bool


def simulated_class(
    course: Path, assignment: str, students: int, seed: int = 0, shares: Shares | None = None
) -> Iterator[Simulated]:
    """Yield `students` submissions of `assignment`, made from its solution in `course`."""
    name = f"{assignment}/{assignment}.ipynb"
    maker = _Maker(
        read_notebook(course / "notebooks" / name),
        read_notebook(course / "solutions" / name),
        load_exercises(course, assignment),
        shares or Shares(),
    )
    for number in range(students):
        # A student of their own stream: the tenth is the same in a class of 10 and of 1,000.
        yield maker.submission(f"s{number:05d}", random.Random(f"{assignment} {seed} {number}"))


def hand_in(folder: Path, assignment: str, submission: Simulated, due: datetime.datetime) -> None:
    """Write one submission where nbgrader looks for it, a day before or after `due`."""
    target = folder / "classroom" / "submitted" / submission.student / assignment
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{assignment}.ipynb").write_bytes(submission.data)
    moment = due + DAY if submission.late else due - DAY
    (target / "timestamp.txt").write_text(f"{moment:%Y-%m-%d %H:%M:%S} UTC", encoding="utf-8")


class _Maker:
    def __init__(
        self,
        released: Notebook,
        solution: Notebook,
        exercises: dict[str, Exercise],
        shares: Shares,
    ):
        self._released, self._solution, self._shares = released, solution, shares
        self._tasks = _tasks(released, exercises)

    def submission(self, student: str, chance: random.Random) -> Simulated:
        shares = self._shares
        notebook = answered(self._released, self._solution, student)
        ability = chance.betavariate(6 * shares.ability, 6 * (1 - shares.ability))
        points, changed, blank = {}, {}, []
        for cell, exercises in self._tasks.items():
            points[cell] = sum(exercise.points for exercise in exercises)
            if chance.random() < ability:
                continue
            wrong = (
                _mistaken(cell, exercises, chance) if chance.random() < shares.mistakes else None
            )
            if wrong is None:
                points[cell] = 0.0
                blank.append(cell)
            else:
                changed[cell], points[cell] = wrong
        notebook = unanswered(with_answers(notebook, changed), self._released, blank)
        stories = [f"{len(self._tasks) - len(changed) - len(blank)} right"]
        if chance.random() < shares.hostile:
            story = chance.choice(list(HOSTILE))
            last = list(self._tasks)[-1]  # it costs no other answer
            notebook = with_answers(notebook, {last: HOSTILE[story]})
            points[last] = 0.0
            stories.append(story)
        save, editor = self._editor(chance)
        data = save(notebook)
        stories.append(editor)
        if chance.random() < shares.broken:
            data, points = data[: len(data) // 2], {}
            stories.append("the upload broke off")
        late = chance.random() < shares.late
        return Simulated(student, ", ".join(stories), data, sum(points.values()), late)

    def _editor(self, chance: random.Random) -> tuple[Callable[[Notebook], bytes], str]:
        draw = chance.random()
        if draw < self._shares.colab:
            return saved.colab, "saved by Colab"
        if draw < self._shares.colab + self._shares.vs_code:
            return saved.vs_code, "saved by VS Code"
        return saved.jupyter, "saved by Jupyter"


def _tasks(released: Notebook, exercises: dict[str, Exercise]) -> dict[str, list[Exercise]]:
    """Return what earns automatic points, by the answer cell it is written in, in their order."""
    tasks: dict[str, list[Exercise]] = {}
    answer = ""
    for cell in released["cells"]:
        role = cell["metadata"].get("nbgrader", {})
        if role.get("solution"):
            answer = role["grade_id"]
        elif role.get("grade"):
            for line in check_lines(cell["source"]):
                exercise = exercises[line.exercise]
                if exercise.points and not isinstance(exercise, Written):
                    tasks.setdefault(answer, []).append(exercise)
    return tasks


def _mistaken(
    cell: str, exercises: list[Exercise], chance: random.Random
) -> tuple[str, float] | None:
    """Return an answer with a typical mistake, and its points; None where none can be written."""
    exercise, *others = exercises
    values = [value for mistake in exercise.mistakes for value in mistake.values]
    if others or not values or not isinstance(exercise, ValueExercise) or exercise.id != cell:
        return None
    wrong = chance.choice(values)
    wrong = wrong.tolist() if hasattr(wrong, "tolist") else wrong
    return f"{exercise.id} = {wrong!r}", exercise.grade(wrong).earned
