"""Build the autograded notebook: canonical cells, the student's outputs, trusted verdicts."""

from __future__ import annotations

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell

from grader.intake import RebuiltCell
from grader.plugins.messages import harmless, report_cell, verdict_outputs
from grader.plugins.plan import earned_points
from grader.plugins.session import Graded

STUDENT_ROLES = {"solution", "extra"}


def autograded(graded: Graded) -> NotebookNode:
    """Return the notebook that nbgrader stores, formgrader shows and feedback is made from."""
    cells = [_cell(graded, cell) for cell in graded.rebuilt.cells]
    result = graded.result
    ended = "" if result.ended == "finished" else f"The run ended early: {result.detail}."
    report = report_cell(graded.rebuilt.repairs, ended)
    notebook = new_notebook(cells=[report, *cells] if report else cells)
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


def _cell(graded: Graded, cell: RebuiltCell) -> NotebookNode:
    metadata = {}
    if cell.grade_id in graded.released.nbgrader:
        metadata["nbgrader"] = NotebookNode(graded.released.nbgrader[cell.grade_id])
    identity = {"id": cell.key[:64], "metadata": metadata}
    if cell.cell_type == "code":
        return new_code_cell(cell.source, outputs=_outputs(graded, cell), **identity)
    source = harmless(cell.source) if cell.role in STUDENT_ROLES else cell.source
    if cell.cell_type == "raw":
        return new_raw_cell(source, **identity)
    return new_markdown_cell(source, **identity)


def _outputs(graded: Graded, cell: RebuiltCell) -> list[NotebookNode]:
    if cell.grade_id in graded.verdicts:
        verdicts = graded.verdicts[cell.grade_id]
        points = graded.released.points[cell.grade_id]
        return verdict_outputs(verdicts, earned_points(points, verdicts))
    outcome = graded.result.cells.get(cell.key)
    return [NotebookNode(output) for output in outcome.outputs] if outcome else []
