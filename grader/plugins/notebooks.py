"""Build the autograded notebook: canonical cells, the student's outputs, trusted verdicts."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.notebooknode import from_dict
from nbformat.v4 import nbformat, nbformat_minor

from grader.intake import RebuiltCell
from grader.plugins.graded import Graded
from grader.plugins.messages import harmless, report_cell, verdict_outputs
from grader.plugins.plan import earned_points

STUDENT_ROLES = {"solution", "extra"}


def autograded(graded: Graded) -> NotebookNode:
    """Return the notebook that nbgrader stores, formgrader shows and feedback is made from."""
    cells = [_cell(graded, cell) for cell in graded.rebuilt.cells]
    result = graded.result
    ended = "" if result.ended == "finished" else f"The run ended early: {result.detail}."
    report = report_cell(graded.rebuilt.repairs, ended)
    notebook = empty()
    notebook.cells = [report, *cells] if report else cells
    if graded.released.kernelspec:
        notebook.metadata.kernelspec = graded.released.kernelspec
    notebook.metadata.grader = NotebookNode(
        repairs=[
            {"kind": repair.kind, "grade_id": repair.grade_id, "text": repair.for_student}
            for repair in graded.rebuilt.repairs
        ],
        ended=graded.result.ended,
        detail=ended,
        seconds=round(graded.result.wall_seconds, 2),
        unreadable=graded.unreadable,
        known=graded.known,
        notes=[{"grade_id": grade_id, "text": text} for grade_id, text in graded.notes],
        verdicts={
            grade_id: [
                {
                    "exercise": verdict.exercise,
                    "status": verdict.status,
                    "earned": verdict.earned,
                    "points": verdict.points,
                    "message": verdict.message,
                    "mistake": verdict.mistake,
                }
                for verdict in verdicts
            ]
            for grade_id, verdicts in graded.verdicts.items()
        },
    )
    return notebook


def released_ids(graded: Graded) -> set[str]:
    """Return the ids of the autograded notebook's cells that nobody but the course has written."""
    return {_id(cell) for cell in graded.rebuilt.cells if cell.role not in STUDENT_ROLES}


def empty() -> NotebookNode:
    """Return a notebook without cells.

    nbformat's own functions validate each part they make; the exporter validates the whole.
    """
    return NotebookNode(
        cells=[], metadata=NotebookNode(), nbformat=nbformat, nbformat_minor=nbformat_minor
    )


def _cell(graded: Graded, cell: RebuiltCell) -> NotebookNode:
    node = NotebookNode(cell_type=cell.cell_type, id=_id(cell), source=cell.source)
    node.metadata = NotebookNode()
    if cell.grade_id in graded.released.nbgrader:
        node.metadata.nbgrader = NotebookNode(graded.released.nbgrader[cell.grade_id])
    if cell.cell_type == "code":
        node.update(execution_count=None, outputs=_outputs(graded, cell))
    elif cell.role in STUDENT_ROLES:
        node.source = harmless(cell.source)
    return node


def _id(cell: RebuiltCell) -> str:
    return cell.key[:64]


def _outputs(graded: Graded, cell: RebuiltCell) -> list[NotebookNode]:
    if cell.grade_id in graded.verdicts:
        verdicts = graded.verdicts[cell.grade_id]
        points = graded.released.points[cell.grade_id]
        return verdict_outputs(verdicts, earned_points(points, verdicts))
    outcome = graded.result.cells.get(cell.key)
    return [from_dict(output) for output in outcome.outputs] if outcome else []
