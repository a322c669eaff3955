"""The loader: nbgrader asks it for a notebook, it answers with the repaired, graded one."""

from __future__ import annotations

from typing import Any

from nbconvert.exporters import NotebookExporter
from nbgrader.converters.base import NbGraderException

from grader.plugins import notebooks, preflight
from grader.plugins.session import Graded, Session
from grader.plugins.settings import Grader
from grader.plugins.unfinished import stage


class TrustedNotebookExporter(NotebookExporter):
    """Loads submissions through intake; whatever the bytes are, there is a notebook to grade.

    Set as ``c.Autograde.exporter_class``. nbgrader converts each notebook twice: from
    ``submitted`` (here the submission is read, repaired and run) and then from ``autograded``
    (here preprocessors record the outcome, held in ``graded``).
    """

    graded: Graded

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        converter = self.parent
        problem = preflight.problem(converter.coursedir, Grader(parent=converter))
        if problem:
            self.log.error(problem)
            raise NbGraderException(problem)
        self._session = Session(converter)
        if converter.pre_convert_hook is None:
            converter.pre_convert_hook = self._session.before_copying

    def from_filename(
        self, filename: str, resources: dict | None = None, **kwargs: Any
    ) -> tuple[str, dict]:
        """Convert the notebook at `filename`."""
        sanitizing = self.parent._sanitizing
        if sanitizing:
            self.graded = self._session.graded(filename)
        notebook = notebooks.autograded(self.graded)
        # The second one is written when the preprocessors have recorded its grades.
        notebook.metadata.grader.update(stage(filename, recorded=not sanitizing))
        return self.from_notebook_node(notebook, resources, **kwargs)
