"""Grade a class in a process that has graded before, as formgrader's server has.

Usage, in a course folder: ``python benchmarks/warm_grading.py ASSIGNMENT STUDENT``. The one
student is graded first, which starts the runners; then the class is graded again from scratch.
Prints the seconds of the second run.
"""

from __future__ import annotations

import sys
import time

from nbgrader.apps.baseapp import NbGrader
from nbgrader.converters import Autograde


def main(assignment: str, student: str) -> None:
    """Grade the one student, then everyone, and print the seconds of the latter."""
    app = NbGrader()
    app.initialize([])
    coursedir = app.coursedir
    coursedir.assignment_id = assignment
    seconds = 0.0
    for who in (student, "*"):
        coursedir.student_id = who
        start = time.perf_counter()
        Autograde(coursedir=coursedir, parent=app).start()
        seconds = time.perf_counter() - start
    print(seconds)


if __name__ == "__main__":
    main(*sys.argv[1:3])
