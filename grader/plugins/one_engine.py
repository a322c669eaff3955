"""One database engine for all the openings of a gradebook in this process.

nbgrader opens the gradebook about seven times for each submission. Each time it makes a new
SQLAlchemy engine, which has to compile all statements again, and asks for every table and for the
course. Together that took a third of the time of recording a grade.
"""

from __future__ import annotations

import os
from functools import lru_cache
from typing import Any

import nbgrader.api
from nbgrader.api import Gradebook
from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.orm import scoped_session, sessionmaker


def share_engines() -> None:
    """Make ``nbgrader.api.Gradebook`` use this process's engines, and leave them connected.

    A connection between two openings is in no transaction and locks nothing.
    """
    nbgrader.api.create_engine = _engine
    Gradebook.__init__ = _open
    Gradebook.close = _close


@lru_cache(maxsize=16)
def _engine(db_url: str, **options: Any) -> Engine:
    # A database server may end a connection that waits here for the next click.
    return create_engine(db_url, pool_pre_ping=not _path(db_url), **options)


_first_opening = Gradebook.__init__
_whole: set[tuple[str, str, Any]] = set()
"""Gradebooks that nbgrader has opened before: it has made their tables and their course."""


def _open(
    self: Gradebook,
    db_url: str,
    course_id: str = "default_course",
    authenticator: Any = None,
) -> None:
    if (db_url, course_id, _file(db_url)) not in _whole:
        _engine(db_url, echo=False, future=True).dispose()  # connected to a file that is gone
        _first_opening(self, db_url, course_id, authenticator)
        _whole.add((db_url, course_id, _file(db_url)))
        return
    self.engine = _engine(db_url, echo=False, future=True)
    self.db = scoped_session(sessionmaker(autoflush=True, bind=self.engine, future=True))
    self.course_id, self.authenticator = course_id, authenticator


def _close(self: Gradebook) -> None:
    self.db.remove()


def _file(db_url: str) -> tuple[int, int] | None:
    """Tell a gradebook's file from one made in its place later; None where there is no file."""
    path = _path(db_url)
    try:
        found = os.stat(path) if path else None
    except OSError:
        return (0, 0)
    return (found.st_dev, found.st_ino) if found else None


@lru_cache(maxsize=16)
def _path(db_url: str) -> str:
    url = make_url(db_url)
    return url.database or "" if url.get_backend_name() == "sqlite" else ""
