"""What the demonstration shows: grades, repairs, and why points were lost."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from grader.demo.classroom import SAMPLES
from grader.report import SubmissionReport, read_reports


def show(folder: Path, console: Console) -> None:
    """Print the tables for the sample course in `folder`."""
    reports = {(r.student, r.assignment): r for r in read_reports(folder)}
    console.print(_grades(reports))
    console.print(_repairs(reports))
    console.print(_lost(reports))


def show_paths(console: Console, paths: Mapping[str, Path]) -> None:
    """Print where to look next."""
    for what, path in paths.items():
        console.print(Text.assemble((f"{what:>17}  ", "bold"), str(path)), soft_wrap=True)


def _grades(reports: Mapping[tuple[str, str], SubmissionReport]) -> Table:
    table = Table(title="Gradebook", title_justify="left")
    for column in ("student", "assignment", "handed in"):
        table.add_column(column, no_wrap=column != "handed in")
    table.add_column("points", justify="right")
    table.add_column("by hand", justify="right")
    table.add_column("seconds", justify="right")
    for sample in SAMPLES:
        report = reports[sample.student, sample.assignment]
        table.add_row(
            sample.student,
            sample.assignment,
            sample.story,
            f"{report.earned:g} / {report.automatic:g}",
            f"{report.by_hand:g}",
            f"{report.seconds:.1f}",
        )
    return table


def _repairs(reports: Mapping[tuple[str, str], SubmissionReport]) -> Table:
    table = Table("student", "assignment", "repaired or noticed", title="What was repaired")
    table.title_justify = "left"
    for (student, assignment), report in sorted(reports.items()):
        if report.notes:
            table.add_row(student, assignment, Text("\n".join(report.notes)))
    return table


def _lost(reports: Mapping[tuple[str, str], SubmissionReport]) -> Table:
    table = Table("student", "exercise", "points", "why", title="Why points were lost")
    table.title_justify = "left"
    for (student, _), report in sorted(reports.items()):
        lost = [v for v in report.verdicts if v["earned"] < v["points"]]
        if len(lost) == len(report.verdicts) > 0:
            table.add_row(student, "all", "0", "nothing answered, or the file is unreadable")
            continue
        for verdict in lost:
            points = f"{verdict['earned']:g} / {verdict['points']:g}"
            table.add_row(student, verdict["exercise"], points, Text(verdict["message"]))
    return table
