"""What a student may see: verdicts and hints, never hidden tests or foreign markup."""

from __future__ import annotations

from nbconvert.preprocessors import Preprocessor
from nbformat import NotebookNode

from grader.plugins.skeletons import without_hidden_tests

SAFE_OUTPUTS = ("text/plain", "image/png")


class PublicFeedback(Preprocessor):
    """Strip hidden tests from test cells and everything but text and pictures from outputs."""

    enabled = True

    def preprocess_cell(self, cell, resources, cell_index):
        """Clean one cell."""
        if cell.cell_type == "code":
            cell.source = without_hidden_tests(cell.source)
            role = cell.metadata.get("nbgrader", {})
            trusted = bool(role.get("grade")) and not role.get("solution")
            cell.outputs = [_clean(output, trusted) for output in cell.outputs]
            if trusted:
                # The points stand in the cell's header already.
                cell.outputs = [o for o in cell.outputs if o.output_type != "execute_result"]
        return cell, resources


def _clean(output: NotebookNode, trusted: bool) -> NotebookNode:
    if "data" in output:
        kinds = (*SAFE_OUTPUTS, "text/html") if trusted else SAFE_OUTPUTS
        output.data = NotebookNode({k: v for k, v in output.data.items() if k in kinds})
    return output
