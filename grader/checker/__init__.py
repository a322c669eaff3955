"""Grade plain nbgrader test cells outside the student's process.

A test cell with ``assert`` runs here as it stands in the gradebook, hidden tests included, in a
process that never sees student code. What it reads from the notebook comes over as plain data;
the student's functions are called in the runner. See `docs/authoring.md` for what that means to
an author.

In the grader's process:
``names``       which names a cell reads, which it binds
``given``       what the notebook itself gives to a test cell: imports, helper functions
``testcell``    `PlainTest`: everything known about a test cell before a submission is there
``examiner``    `Examiner`: examines one submission, test cell by test cell
``process``     starts and ends the checker process
``judge``       from what the checker saw to points and a verdict

Both sides:
``channel``     messages in the runner's codec; nothing else crosses

In the checker process:
``child``       entry point: limits, then one test cell after another
``evaluate``    runs a test cell in a fresh namespace
``stand_ins``   what stands for a student's functions and for values that cannot be sent
"""

from grader.checker.names import free_names

__all__ = ["free_names"]
