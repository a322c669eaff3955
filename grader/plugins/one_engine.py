"""One database engine for all the openings of a gradebook in this process.

nbgrader opens the gradebook about seven times for each submission and makes a new SQLAlchemy engine
each time. An engine remembers the statements it has compiled, so each new one compiles all of them
again, which took a fifth of the time of recording a grade.
"""

from __future__ import annotations

from functools import lru_cache

import nbgrader.api
from sqlalchemy import create_engine


def share_engines() -> None:
    """Make ``nbgrader.api.Gradebook`` ask for its engine here.

    Closing a gradebook still closes its connections: disposing of an engine empties its pool and
    leaves it usable.
    """
    nbgrader.api.create_engine = _engine


_engine = lru_cache(maxsize=16)(create_engine)
