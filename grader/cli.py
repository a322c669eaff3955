"""The verbs that nbgrader lacks. Grading itself stays ``nbgrader autograde`` and friends."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console(highlight=False)


def _root() -> Path:
    from grader.exercises.catalogue import CourseNotFound, find_course_root

    try:
        return find_course_root(Path.cwd())
    except CourseNotFound as problem:
        raise _stop(str(problem)) from None


def _stop(message: str) -> typer.Exit:
    Console(stderr=True, highlight=False).print(message, style="bold red", markup=False)
    return typer.Exit(1)


def _require(root: Path, names: list[str]) -> None:
    from grader.exercises.catalogue import assignments

    known = assignments(root)
    if unknown := sorted(set(names) - set(known)):
        raise _stop(f"No such assignment: {', '.join(unknown)}. There are: {', '.join(known)}.")


@app.command()
def build(
    assignments: Annotated[list[str] | None, typer.Argument(help="Default: all.")] = None,
    check: Annotated[bool, typer.Option(help="Only tell what is out of date.")] = False,
    force: Annotated[bool, typer.Option(help="Execute unchanged notebooks again.")] = False,
) -> None:
    """Build answer tables, executed solutions and student notebooks from their sources."""
    from grader.release.build import build, outdated
    from grader.release.readme import NoTable
    from grader.release.sources import SourceError

    root = _root()
    _require(root, assignments or [])
    try:
        if check:
            stale = outdated(root)
            for path in stale:
                console.print(f"out of date: {path}", markup=False)
            if stale:
                raise _stop("Run `make notebooks` and commit what it writes.")
            console.print("Everything built is up to date.")
            return
        for line in build(root, assignments, force=force):
            console.print(line, markup=False)
    except (NoTable, SourceError) as problem:
        raise _stop(str(problem)) from None


@app.command()
def bundle(
    folder: Annotated[Path, typer.Option(help="Where to write it.")] = Path("dist/students"),
) -> None:
    """Write the student bundle: a folder and a zip with only what students may see."""
    from grader.release.bundle import write_bundle

    archive = write_bundle(_root(), folder.resolve())
    console.print(f"Student bundle: {folder} and {archive.name} beside it.", markup=False)


@app.command()
def demo() -> None:
    """Grade a sample class with plain nbgrader and show what comes out."""
    from grader.demo.run import DemoError, run

    try:
        run(_root(), console)
    except DemoError as problem:
        raise _stop(str(problem)) from None


@app.command()
def report(assignment: Annotated[str, typer.Argument(help="Name of the assignment.")]) -> None:
    """Show how a class did: points of each student, then each exercise's frequent mistakes."""
    from rich.table import Table

    from grader.report import item_analysis, read_reports

    _require(_root(), [assignment])
    reports = list(read_reports(_root(), assignment))
    if not reports:
        raise _stop(f"Nothing graded yet. Type first: nbgrader autograde {assignment}")
    students = Table("student", "points", "by hand", "noticed", title=assignment)
    for one in reports:
        points = f"{one.earned:g} / {one.automatic:g}"
        students.add_row(one.student, points, f"{one.by_hand:g}", " ".join(one.notes))
    items = Table("exercise", "answered", "points earned", "frequent mistakes", title="Exercises")
    for item in item_analysis(reports):
        mistakes = ", ".join(f"{share:.0%} {label}" for label, share in item.mistakes)
        share = "" if item.share is None else f"{item.share:.0%}"
        items.add_row(item.exercise, str(item.answers), share, mistakes)
    console.print(students, items)


@app.command()
def bench(
    students: Annotated[int, typer.Option(min=2, help="Size of the class.")] = 40,
    assignment: Annotated[str, typer.Option(help="What it hands in.")] = "03_max_pooling",
    demonstrations: Annotated[
        bool, typer.Option(help="Leave demonstrations in, which stock nbgrader runs too.")
    ] = True,
    hostile: Annotated[
        bool, typer.Option(help="Instead: what attacks do to stock nbgrader and to ours.")
    ] = False,
    page: Annotated[
        bool, typer.Option(help="Instead: measure every situation, write docs/benchmarks.md.")
    ] = False,
    assignments: Annotated[
        str, typer.Option(help="With --page: what the class hands in, with commas between.")
    ] = "01_convolution,02_padding_and_strides,03_max_pooling",
    growing: Annotated[
        str, typer.Option(help="With --page: what classes of --sizes hand in, graded by ours.")
    ] = "02_padding_and_strides",
    sizes: Annotated[
        str, typer.Option(help="With --page: their sizes; small ones several times.")
    ] = "10,40,400,10,40,1000,10,40",
    training: Annotated[
        str, typer.Option(help="With --page: an assignment whose answers train networks.")
    ] = "07_depth_and_training",
    rounds: Annotated[int, typer.Option(min=1, help="With --page: how often everything runs.")] = 3,
    resume: Annotated[
        bool, typer.Option(help="With --page: go on with a run that broke off.")
    ] = False,
    anew: Annotated[
        str, typer.Option(help="With --resume: measure only this again, such as growth.")
    ] = "",
) -> None:
    """Grade the same class with stock nbgrader and with ours, and print the ratio."""
    import importlib
    import sys

    root = _root()
    chosen = [*assignments.split(","), growing, training] if page else [assignment]
    _require(root, chosen)
    if not all(size.isdecimal() and int(size) for size in sizes.split(",")):
        raise _stop(f"--sizes {sizes}: give whole numbers with commas between, such as 10,40.")
    sys.path.insert(0, str(root / "benchmarks"))
    try:
        if hostile:
            importlib.import_module("hostile").write_table(root, console)
        elif page:
            steps = importlib.import_module("speed_steps")
            wanted = steps.Wanted(
                classes=tuple(assignments.split(",")),
                students=students,
                growing=growing,
                sizes=tuple(int(size) for size in sizes.split(",")),
                training=training,
                rounds=rounds,
            )
            for found in steps.measure(root, wanted, console, resume=resume, anew=anew):
                importlib.import_module("speed_page").write_page(root, found)
                console.print(f"docs/benchmarks.md says what {found.rounds} of {rounds} rounds say")
        else:
            compare = importlib.import_module("stock_and_ours").compare
            compare(root, assignment, students, console, demonstrations=demonstrations)
    except RuntimeError as problem:
        raise _stop(str(problem)) from None


@app.command()
def doctor(
    isolation: Annotated[
        str, typer.Option(help="The level to try: auto, namespaces, landlock, none.")
    ] = "auto",
) -> None:
    """Say what isolation this machine offers, and try to break out of it."""
    from rich.table import Table

    from grader.doctor import examine
    from grader.runner import ISOLATION_SETTINGS, IsolationUnavailable, describe_isolation
    from grader.runner.isolation import LEVELS
    from grader.runner.machine import problem_of

    if isolation not in ISOLATION_SETTINGS:
        raise _stop(f"No level {isolation!r}. There are: {', '.join(ISOLATION_SETTINGS)}.")
    machine = describe_isolation()
    offers = Table("this machine", "offers", title="Isolation")
    for level in LEVELS:
        problem = problem_of(level) if machine.platform == "linux" else machine.problem
        offers.add_row(f"level {level}", f"no: {problem}" if problem else "yes")
    offers.add_row("Landlock", f"version {machine.landlock_abi}" if machine.landlock_abi else "no")
    offers.add_row("seccomp", "yes" if machine.seccomp else "no")
    controllers = ", ".join(machine.cgroup_controllers) or "none delegated"
    offers.add_row("cgroup controllers", f"{controllers} (not used)")
    offers.add_row("user id of its own", "yes, from root" if machine.privileged else "no")
    offers.add_row("in use", isolation if isolation != "auto" else machine.level or "nothing")
    console.print(offers)
    try:
        with console.status("Trying to break out"):
            findings = examine(_root(), isolation)
    except IsolationUnavailable as problem:
        raise _stop(str(problem)) from None
    tried = Table("attempt", "isolation", "what happened", title="Attempts to break out")
    for finding in findings:
        held = "[green]held[/green]" if finding.held else "[bold red]BROKEN[/bold red]"
        tried.add_row(finding.name, held, finding.detail)
    console.print(tried)
    if not all(finding.held for finding in findings):
        raise _stop("Isolation does not hold on this machine. Do not grade here.")
