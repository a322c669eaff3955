"""What the demonstration shows: grades, repairs, and why points were lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.demo.classroom import SAMPLES
from grader.report import SubmissionReport, read_reports

MOST_NOTES = 3


def show(folder: Path, console: Console) -> None:
    """Print the tables for the sample course in `folder`."""
    reports = {(r.student, r.assignment): r for r in read_reports(folder)}
    console.rule("Gradebook")
    for assignment in sorted({sample.assignment for sample in SAMPLES}):
        console.print(_grades(assignment, reports))
    console.print(_repairs(reports))
    console.print(_lost(reports))


def show_paths(console: Console, paths: Mapping[str, Path]) -> None:
    """Print where to look next."""
    for what, path in paths.items():
        console.print(Text.assemble((f"{what:>17}  ", "bold"), str(path)), soft_wrap=True)


def _grades(assignment: str, reports: Mapping[tuple[str, str], SubmissionReport]) -> Table:
    table = Table("student", "handed in", title=assignment, title_justify="left", min_width=72)
    for column in ("points", "by hand", "seconds"):
        table.add_column(column, justify="right", no_wrap=True)
    for sample in SAMPLES:
        if sample.assignment == assignment:
            report = reports[sample.student, sample.assignment]
            points = f"{report.earned:g} / {report.automatic:g}"
            more = (f"{report.by_hand:g}", f"{report.seconds:.1f}")
            table.add_row(sample.student, sample.story, points, *more)
    return table


def _repairs(reports: Mapping[tuple[str, str], SubmissionReport]) -> Table:
    table = Table("student", "assignment", "repaired or noticed", title="What was repaired")
    table.title_justify = "left"
    for (student, assignment), report in sorted(reports.items()):
        if report.notes:
            shown = list(report.notes[:MOST_NOTES])
            if len(report.notes) > MOST_NOTES:
                shown.append(f"... and {len(report.notes) - MOST_NOTES} more")
            table.add_row(student, assignment, Text("\n".join(shown)))
    return table


def _lost(reports: Mapping[tuple[str, str], SubmissionReport]) -> Table:
    table = Table("student", "exercise", "points", "why", title="Why points were lost")
    table.title_justify = "left"
    for (student, _), report in sorted(reports.items()):
        lost = [v for v in report.verdicts if v["earned"] < v["points"]]
        if report.earned == 0:
            why = "The file is unreadable." if report.unreadable else "Nothing answered."
            table.add_row(student, "all", f"0 / {report.automatic:g}", why)
            continue
        for verdict in lost:
            points = f"{verdict['earned']:g} / {verdict['points']:g}"
            table.add_row(student, verdict["exercise"], points, Text(verdict["message"]))
    return table
