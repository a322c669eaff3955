"""The loader: nbgrader asks it for a notebook, it answers with the repaired, graded one."""

from __future__ import annotations

import gc
import json
from typing import Any, NoReturn

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.converters.base import NbGraderException

from grader.plugins import notebooks, preflight
from grader.plugins.graded import Graded
from grader.plugins.one_engine import share_engines
from grader.plugins.session import Session
from grader.plugins.settings import Grader
from grader.plugins.skeletons import ReleaseDamaged
from grader.plugins.unfinished import stage

_WRITE = json.JSONEncoder(sort_keys=True, ensure_ascii=False).encode


class TrustedNotebookExporter(NotebookExporter):
    """Loads submissions through intake; whatever the bytes are, there is a notebook to grade.

    Set as ``c.Autograde.exporter_class``. nbgrader converts each notebook twice: from
    ``submitted`` (here the submission is read, repaired and run) and then from ``autograded``
    (here preprocessors record the outcome, held in ``graded``). The first conversion leaves a
    mere mark where the graded notebook is going to be.
    """

    graded: Graded
    late: bool
    """Whether the notebook has a late penalty, or came late; known when its grades are recorded."""

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        converter = self.parent
        problem = preflight.problem(converter.coursedir, Grader(parent=converter))
        if problem:
            self._refuse(problem)
        share_engines()
        if not gc.get_freeze_count():
            gc.freeze()  # what is imported stays: no collection needs to walk through it again
            gc.set_threshold(50_000, 20, 100)  # a submission makes many cells and few cycles
        try:
            self._session = Session(converter)
        except ReleaseDamaged as damaged:
            self._refuse(str(damaged))
        if converter.pre_convert_hook is None:
            converter.pre_convert_hook = self._session.before_copying

    def _refuse(self, problem: str) -> NoReturn:
        self.log.error(problem)
        raise NbGraderException(problem)

    def from_filename(
        self, filename: str, resources: dict | None = None, **kwargs: Any
    ) -> tuple[str, dict]:
        """Convert the notebook at `filename`."""
        sanitizing = self.parent._sanitizing
        if sanitizing:
            self.graded = self._session.graded(filename)
            notebook = notebooks.empty()
        else:
            notebook = notebooks.autograded(self.graded)
        # The second one is written when the preprocessors have recorded its grades.
        notebook.metadata.setdefault("grader", NotebookNode()).update(
            stage(filename, recorded=not sanitizing)
        )
        return self.from_notebook_node(notebook, resources, **kwargs)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict | None = None, **_: Any
    ) -> tuple[str, dict]:
        """Let the preprocessors see `nb`, and return it as text.

        nbconvert copies a notebook four times on the way and validates it after each step; this
        one was made for nobody else, and what differs from the released one is validated once.
        """
        resources = self._init_resources(resources)
        for preprocessor in self._preprocessors:
            nb, resources = preprocessor(nb, resources)
        released = set() if self.parent._sanitizing else notebooks.released_ids(self.graded)
        new = [cell for cell in nb.cells if cell.id not in released or cell.get("outputs")]
        nbformat.validate(NotebookNode(nb, cells=new))
        resources["output_suffix"] = ".nbconvert"
        return _as_text(nb), resources


def _as_text(notebook: NotebookNode) -> str:
    """Return the notebook as JSON, a cell a line: Python indents JSON ten times slower."""
    rest = {key: value for key, value in notebook.items() if key != "cells"}
    cells = ",\n".join(map(_WRITE, notebook.cells))
    return f'{{"cells": [\n{cells}\n],\n{_WRITE(rest)[1:]}\n'
