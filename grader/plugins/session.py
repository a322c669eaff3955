"""The submissions of one run: intake now, isolated execution ahead of nbgrader's serial loop.

nbgrader walks through the class one by one. The first notebook it asks for makes this session
look ahead and hand the next ones to the runner pool, so plain ``nbgrader autograde`` uses every
core. The pool outlives a run: formgrader's button finds it warm.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde

from grader.checker.examiner import Examiner
from grader.exercises.catalogue import CourseNotFound, find_course_root, load_exercises
from grader.intake import Rebuilt, Unreadable, read_submission, rebuild
from grader.intake.bindings import bound_names
from grader.intake.repairs import RENAMED, repair
from grader.plugins.clean_room import CleanRoom
from grader.plugins.graded import Graded
from grader.plugins.handed_in import (
    read_regular_file,
    set_aside_broken_timestamps,
    settled_names,
    unusable_names,
)
from grader.plugins.known_work import Known, KnownWork
from grader.plugins.plan import Plan
from grader.plugins.pools import runs_at_once, shared_pool
from grader.plugins.progress import RunProgress
from grader.plugins.settings import Grader
from grader.plugins.skeletons import Released, load_released
from grader.plugins.stored_runs import StoredRuns
from grader.plugins.unfinished import take_back_unfinished
from grader.runner import Job, RunnerPool, RunResult

if TYPE_CHECKING:
    from grader.cluster.pool import ClusterPool

NOTHING_RAN = RunResult(cells={}, answers={}, ended="finished")
AHEAD_PER_WORKER = 4
"""Submissions handed to the pool ahead of nbgrader: keeps cores busy and memory flat."""


@dataclass(frozen=True)
class _Read:
    student: str
    rebuilt: Rebuilt
    unreadable: bool
    plan: Plan

    @property
    def has_nothing_to_run(self) -> bool:
        """True when no code answer was touched and no code added: every answer is the stub."""
        code = [cell for cell in self.rebuilt.cells if cell.cell_type == "code"]
        touched = any(cell.answered or cell.role == "extra" for cell in code)
        return not touched and (self.unreadable or not self.plan.examined)


@dataclass(frozen=True)
class _Prepared(_Read):
    examiner: Examiner
    future: Future[RunResult]
    predicted: Future[RunResult | None]


class Session:
    """One ``Autograde`` converter's run over one assignment.

    Raises
    ------
    ReleaseDamaged
        When a released notebook of the assignment cannot be used; nothing was touched.
    """

    def __init__(self, converter: Autograde):
        self._converter = converter
        self._coursedir = converter.coursedir
        self._settings = Grader(parent=converter)
        self._released: dict[str, Released] = {}
        for notebook in sorted(self._names):  # before anything of anybody's is touched
            self._release(notebook)
        self._runs = StoredRuns(
            self._pool,
            Path(self._coursedir.root, self._settings.stored_runs_folder),
            self._settings.stored_runs_bytes,
        )
        self._ignored = list(self._coursedir.ignore)
        set_aside_broken_timestamps(converter.assignments, converter.log)
        take_back_unfinished(converter, self._expected())
        self._prepared: dict[str, _Prepared] = {}
        self._order: list[str] | None = None
        self._place: dict[str, int] = {}

    def graded(self, path: str) -> Graded:
        """Return the outcome of the submitted notebook at `path`, waiting for it if need be."""
        released = self._release(self._notebook(path))
        following = self._following(path)
        known = self._known_work.take(path, following)
        if known:
            self._progress.advance(self._student(path))
            return Graded(released=released, **known)
        prepared = self._prepare(path)
        for other in following:
            if not self._known_work.may_know(other):
                self._prepare(other)
        result, predicted = prepared.future.result(), prepared.predicted.result()
        self._prepared.pop(path)
        self._progress.advance(prepared.student)
        examined = prepared.examiner.outcomes
        notes = tuple((name, note) for name, one in examined.items() for note in one.notes)
        for grade_id, note in notes:
            self._converter.log.warning("%s, %s: %s", prepared.student, grade_id, note)
        return Graded(
            released=released,
            rebuilt=prepared.rebuilt,
            unreadable=prepared.unreadable,
            result=result,
            verdicts=prepared.plan.verdicts(
                result, prepared.student, self._students, examined, predicted
            ),
            known=path in self._runs.known,
            notes=notes,
        )

    def _known(self, path: str) -> Known | None:
        """Return the outcome of the notebook at `path` if no code has to run for it."""
        read = self._read(path)
        if read.has_nothing_to_run:
            result = NOTHING_RAN
        elif read.plan.examined:
            return None
        else:
            result = self._runs.kept(self._job(read.plan))
        if result is None or read.plan.trained_models(result):
            return None
        return {
            "rebuilt": read.rebuilt,
            "unreadable": read.unreadable,
            "result": replace(result, answers={}),
            "verdicts": read.plan.verdicts(result, read.student, self._students),
            "known": result is not NOTHING_RAN,
        }

    def _following(self, path: str) -> list[str]:
        """Return the notebooks nbgrader will ask for after `path`, as many as keep cores busy."""
        if self._order is None:
            # nbgrader has made this one's folder already, so it no longer looks pending.
            self._order = [path, *(other for other in self._pending() if other != path)]
            self._place = {notebook: place for place, notebook in enumerate(self._order)}
        start = self._place.get(path, len(self._order)) + 1
        ahead = AHEAD_PER_WORKER * runs_at_once(self._settings, self._coursedir.root)
        return self._order[start : start + ahead]

    def _pending(self) -> Iterator[str]:
        """Yield the notebooks nbgrader will ask for, in its order."""
        for folder in sorted(self._converter.assignments):
            student = Path(folder).parent.name
            done = self._coursedir.format_path(
                self._coursedir.autograded_directory, student, self._coursedir.assignment_id
            )
            if self._converter.force or not os.path.exists(done):
                yield from settled_names(self._converter.assignments[folder], self._names)

    def _expected(self) -> dict[str, list[str]]:
        """Return the file names that grading leaves, by submitted folder."""
        return {
            folder: [
                Path(path).name
                for path in settled_names(paths, self._names)
                if Path(path).stem in self._names
            ]
            for folder, paths in self._converter.assignments.items()
        }

    def before_copying(self, *, notebooks: list[str], **_: Any) -> None:
        """Prepare a student's folder for nbgrader (pre-convert hook).

        It looks for the released name of a renamed notebook, and leaves special files alone.
        """
        odd = unusable_names(Path(notebooks[0]).parent) if notebooks else []
        self._coursedir.ignore = [*self._ignored, *odd]
        notebooks[:] = settled_names(notebooks, self._names)

    def _prepare(self, path: str) -> _Prepared:
        if path not in self._prepared:
            self._prepared[path] = self._submit(path)
        return self._prepared[path]

    def _read(self, path: str) -> _Read:
        released = self._release(self._notebook(path))
        file = Path(path) if os.path.lexists(path) else next(Path(path).parent.glob("*.ipynb"))
        submitted = read_submission(read_regular_file(file))
        rebuilt = rebuild(released.skeleton, submitted)
        if file.name != Path(path).name:
            rebuilt.repairs.insert(0, repair(RENAMED, found=file.name, expected=Path(path).name))
        plan = Plan(
            rebuilt.cells,
            released.tests,
            released.points,
            self._exercises,
            released.plain_tests,
        )
        return _Read(self._student(path), rebuilt, isinstance(submitted, Unreadable), plan)

    def _submit(self, path: str) -> _Prepared:
        read = self._read(path)
        job = self._job(read.plan)
        examiner = Examiner(read.plan.examined, _written(read.rebuilt), job.limits, job.seed)
        future: Future[RunResult]
        if read.has_nothing_to_run:
            future = Future()
            future.set_result(NOTHING_RAN)
        else:
            if read.plan.examined:  # the checker asks as it goes: more than a job can say
                future = self._pool().submit(path, job, examiner)
            else:
                future = self._runs.submit(path, job)
            future.add_done_callback(lambda _: examiner.close())
        predicted = CleanRoom(self._runs, job.limits, job.seed).after(path, read.plan, future)
        return _Prepared(**vars(read), examiner=examiner, future=future, predicted=predicted)

    def _job(self, plan: Plan) -> Job:
        # Equal work gets equal random numbers, and so equal grades.
        seed = _seed(self._coursedir.assignment_id)
        return Job(steps=plan.steps, limits=self._settings.limits, seed=seed)

    def _pool(self) -> RunnerPool | ClusterPool:
        return shared_pool(self._settings, self._coursedir.root)

    def _release(self, notebook: str) -> Released:
        if notebook not in self._released:
            coursedir = self._coursedir
            with Gradebook(coursedir.db_url, coursedir.course_id) as gradebook:
                self._released[notebook] = load_released(
                    coursedir, gradebook, coursedir.assignment_id, notebook
                )
            for test in self._released[notebook].plain_tests.values():
                if test.problem:
                    self._converter.log.warning(
                        "%s is left for grading by hand: %s", test.grade_id, test.problem
                    )
        return self._released[notebook]

    @staticmethod
    def _notebook(path: str) -> str:
        return Path(path).stem

    @staticmethod
    def _student(path: str) -> str:
        return Path(path).parent.parent.name

    @cached_property
    def _known_work(self) -> KnownWork:
        _ = self._students, self._exercises  # read before the fork: it asks no gradebook
        return KnownWork(self._known, worthwhile=len(self._order or ()) > 1 and self._runs.has_any)

    @cached_property
    def _names(self) -> set[str]:
        with Gradebook(self._coursedir.db_url, self._coursedir.course_id) as gradebook:
            assignment = gradebook.find_assignment(self._coursedir.assignment_id)
            return {notebook.name for notebook in assignment.notebooks}

    @cached_property
    def _progress(self) -> RunProgress:
        return RunProgress(len(self._order or ()), self._converter.log)

    @cached_property
    def _exercises(self) -> dict[str, Any]:
        try:
            root = find_course_root(Path(self._coursedir.root))
        except CourseNotFound:
            return {}
        return load_exercises(root, self._coursedir.assignment_id)

    @cached_property
    def _students(self) -> set[str]:
        with Gradebook(self._coursedir.db_url, self._coursedir.course_id) as gradebook:
            enrolled = {student.id for student in gradebook.students}
        return enrolled | {Path(folder).parent.name for folder in self._converter.assignments}


def _written(rebuilt: Rebuilt) -> frozenset[str]:
    """Return the names that the student's own code defines."""
    code = (cell for cell in rebuilt.cells if cell.cell_type == "code")
    own = (cell.source for cell in code if cell.role in ("solution", "extra"))
    return frozenset().union(*map(bound_names, own))


def _seed(assignment: str) -> int:
    return int.from_bytes(hashlib.sha256(assignment.encode()).digest()[:4], "big")
