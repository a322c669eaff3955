"""One database engine for all the openings of a gradebook in this process.

nbgrader opens the gradebook about seven times for each submission. Each time it makes a new
SQLAlchemy engine, which has to compile all statements again, and asks for every table whether it
exists. Together that took a third of the time of recording a grade.
"""

from __future__ import annotations

from functools import lru_cache

import nbgrader.api
from sqlalchemy import Engine, MetaData, create_engine, inspect


def share_engines() -> None:
    """Make ``nbgrader.api.Gradebook`` ask for its engine, and for its tables, here.

    Closing a gradebook still closes its connections: disposing of an engine empties its pool and
    leaves it usable.
    """
    nbgrader.api.create_engine = _engine
    nbgrader.api.Base.metadata.create_all = _create_missing_tables


_engine = lru_cache(maxsize=16)(create_engine)
_complete: set[Engine] = set()


def _create_missing_tables(bind: Engine) -> None:
    """Create the tables of a gradebook, unless this process has found them all there before.

    One of them is looked for even then: a gradebook that was deleted meanwhile is made anew.
    """
    if bind in _complete and inspect(bind).has_table("course"):
        return
    MetaData.create_all(nbgrader.api.Base.metadata, bind=bind)
    _complete.add(bind)
