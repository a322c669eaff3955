"""Reads whatever a student hands in and fits it into the released notebook.

Pure functions: no nbgrader, no database, no files. ``read_submission`` never raises, whatever
the bytes are; ``rebuild`` gives every released cell exactly once and reports each repair.

``document``    bytes to a JSON object within limits, or why that is impossible
``reader``      a JSON object to the cells of a submission: type, text, id
``skeleton``    what the course released
``bindings``    which names a piece of code defines, without compiling it
``similarity``  how alike two texts are
``recognise``   which submitted cell is which released cell
``placement``   where a student's own cells go
``rebuild``     the canonical notebook
``explain``     what was repaired to get there
``repairs``     every kind of repair and its sentence
"""

from grader.intake.document import IntakeLimits, Unreadable
from grader.intake.reader import SubmittedCell, SubmittedNotebook, read_submission
from grader.intake.rebuild import Rebuilt, RebuiltCell, rebuild
from grader.intake.repairs import Repair
from grader.intake.skeleton import Skeleton, SkeletonCell

__all__ = [
    "IntakeLimits",
    "Rebuilt",
    "RebuiltCell",
    "Repair",
    "Skeleton",
    "SkeletonCell",
    "SubmittedCell",
    "SubmittedNotebook",
    "Unreadable",
    "read_submission",
    "rebuild",
]
