"""The trusted words in an autograded notebook: what was repaired, what each answer earned."""

from __future__ import annotations

from html import escape

import bleach
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from grader.exercises.definition import Verdict
from grader.intake import Repair

_MARKS = {"right": "✓", "partly": "◐", "wrong": "✗", "unanswered": "○"}
_COLOURS = {"right": "#0b6e4f", "partly": "#8a6d00", "wrong": "#8a3b00", "unanswered": "#555555"}


SAFE_TAGS = {
    "b", "blockquote", "br", "code", "details", "div", "em", "h1", "h2", "h3", "h4", "hr", "i",
    "kbd", "li", "ol", "p", "pre", "span", "strong", "sub", "summary", "sup", "table", "tbody",
    "td", "th", "thead", "tr", "ul",
}  # fmt: skip


def harmless(markdown: str) -> str:
    """Return a student's text with every HTML tag that could act escaped.

    formgrader and feedback pages show it beside controls that a script could press.

    >>> harmless("**bold** <script>alert(1)</script>")
    '**bold** &lt;script&gt;alert(1)&lt;/script&gt;'
    """
    return bleach.clean(markdown, tags=SAFE_TAGS, attributes={})


def verdict_text(verdict: Verdict) -> str:
    """Return one verdict as plain text lines."""
    head = (
        f"{_MARKS[verdict.status]} {verdict.exercise}: {verdict.earned:g} of {verdict.points:g} "
        f"points. {verdict.message}"
    )
    parts = [f"   {'✓' if part.passed else '✗'} {part.name}" for part in verdict.parts]
    return "\n".join([head, *parts])


def verdict_outputs(verdicts: list[Verdict], earned: float | None) -> list[NotebookNode]:
    """Return the outputs of a test cell: the verdicts, then the points.

    nbgrader reads a score off the last value of a test cell. Emitting it keeps formgrader's
    marks and other exporters in agreement with the gradebook.
    """
    text = "\n".join(verdict_text(verdict) for verdict in verdicts)
    html = f"<ul>{''.join(_verdict_html(verdict) for verdict in verdicts)}</ul>"
    outputs = [_output("display_data", {"text/plain": text, "text/html": html})]
    if earned is not None:
        points = _output("execute_result", {"text/plain": f"{earned:g}"})
        outputs.append(NotebookNode(points, execution_count=None))
    return outputs


def _output(output_type: str, data: dict[str, str]) -> NotebookNode:
    return NotebookNode(output_type=output_type, data=NotebookNode(data), metadata=NotebookNode())


def _verdict_html(verdict: Verdict) -> str:
    colour = _COLOURS[verdict.status]
    parts = "".join(
        f"<li>{'✓' if part.passed else '✗'} {escape(part.name)}</li>" for part in verdict.parts
    )
    return (
        f'<li><b style="color:{colour}">{_MARKS[verdict.status]} {escape(verdict.exercise)}: '
        f"{verdict.earned:g} of {verdict.points:g} points.</b> {escape(verdict.message)}"
        + (f"<ul>{parts}</ul></li>" if parts else "</li>")
    )


def report_cell(repairs: list[Repair], ended: str) -> NotebookNode | None:
    """Return the cell above the notebook that tells what was repaired, if anything was."""
    sentences = [f"- {_plain(repair.for_student)}" for repair in repairs]
    if ended:
        sentences.append(f"- {_plain(ended)}")
    if not sentences:
        return None
    text = "**About your file.** Before grading, this was noticed:\n\n" + "\n".join(sentences)
    return new_markdown_cell(text, id="about-your-file")


def _plain(text: str) -> str:
    """Escape what Markdown or HTML would interpret."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]()#+!|<>$" else c for c in escape(text, quote=False))
