"""nbgrader preprocessors that turn a solution notebook into the student's version."""

from __future__ import annotations

from nbgrader.preprocessors import ClearSolutions
from nbgrader.preprocessors.base import NbGraderPreprocessor

from grader.exercises.testcells import check_lines
from grader.release.sources import TAG_BADGES, TAG_DEMONSTRATION, TAG_FILL_IN, TAG_SETUP

TAG_PREDICTION = "prediction"
RELEASED_TAGS = {TAG_BADGES, TAG_DEMONSTRATION, TAG_FILL_IN, TAG_PREDICTION, TAG_SETUP}
CODE_STUB = '# YOUR CODE HERE (and remove the next line)\nraise NotImplementedError("{grade_id}")'
TEXT_STUB = "*Write your answer here.*"


class NamedStubs(ClearSolutions):
    """Replace solutions by a stub that names the exercise, so an error says what is missing."""

    def preprocess_cell(self, cell, resources, cell_index):
        """Clear one cell; see nbgrader's ClearSolutions."""
        tags = cell.metadata.get("tags", [])
        if TAG_FILL_IN in tags:
            return cell, resources
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id", "")
        stub = "" if TAG_PREDICTION in tags else CODE_STUB.format(grade_id=grade_id)
        self.code_stub = {**self.code_stub, "python": stub}
        self.text_stub = TEXT_STUB
        cell, resources = super().preprocess_cell(cell, resources, cell_index)
        cell.source = cell.source.rstrip()
        return cell, resources


class ReleaseMetadata(NbGraderPreprocessor):
    """Drop what only the build and the instructor need."""

    def preprocess(self, nb, resources):
        """Clean the metadata of `nb` and its cells."""
        for key in ("jupytext", "course", "widgets"):
            nb.metadata.pop(key, None)
        for cell in nb.cells:
            cell.metadata.pop("execution", None)
            tags = [tag for tag in cell.metadata.pop("tags", []) if tag in RELEASED_TAGS]
            if tags:
                cell.metadata["tags"] = tags
            if check_lines(cell.source):
                cell.source = cell.source.rstrip()
        return nb, resources
