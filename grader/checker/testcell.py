"""Plain test cells of a release: what they need, what is hidden, what cannot be examined."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass

from grader.checker.given import Given, Givens
from grader.checker.names import free_names, reads
from grader.exercises.testcells import check_lines
from grader.intake import Skeleton

# nbgrader's own markers: the lines that hold them and all between are not released.
_BEGIN, _END = "BEGIN HIDDEN TESTS", "END HIDDEN TESTS"

# Names that mean the student's own process, or hide from us what the cell reads.
_ONLY_THERE = frozenset("get_ipython In Out _ __ ___ _i globals locals eval exec exit quit".split())
_ONLY_THERE_WITHOUT_ARGUMENTS = frozenset({"vars", "dir"})
_LOOKS_INTO_MAIN = frozenset({"__main__", "doctest", "unittest.main"})

_FAR = {
    "seeds random numbers": "seed set_seed set_random_seed manual_seed",
    "catches what is printed": "redirect_stdout redirect_stderr StringIO capsys capture_output",
    "replaces or inspects functions": "patch Mock MagicMock monkeypatch inspect",
    "reads files": (
        "open Path load loadtxt genfromtxt read_csv imread load_img exists isfile listdir glob"
    ),
}


@dataclass(frozen=True)
class PlainTest:
    """One plain test cell, before any submission.

    Parameters
    ----------
    grade_id : str
    points : float
        Most points the gradebook gives for it.
    source : str
        As in the gradebook, hidden tests included. Never goes to the runner.
    names : tuple of str
        Variables and functions it takes from the student's process.
    given : tuple of Given
        Statements of other released cells it needs; they run before it.
    hidden : frozenset of int
        Its lines that students did not receive.
    doubts : tuple of str
        What it does that may work differently outside the student's process.
    problem : str
        Why a person must grade it, "" for cells that can be examined.
    """

    grade_id: str
    points: float
    source: str
    names: tuple[str, ...] = ()
    given: tuple[Given, ...] = ()
    hidden: frozenset[int] = frozenset()
    doubts: tuple[str, ...] = ()
    problem: str = ""


def plain_tests(
    skeleton: Skeleton, tests: Mapping[str, str], points: Mapping[str, float]
) -> dict[str, PlainTest]:
    """Return the test cells without check lines, by grade id.

    Parameters
    ----------
    skeleton : Skeleton
        The released notebook.
    tests : dict
        Source of each test cell by grade id, as the gradebook has it.
    points : dict
        Most points by grade id.
    """
    if all(map(check_lines, tests.values())):
        return {}
    givens = Givens(frozenset().union(*skeleton.wanted.values()))
    found = {}
    for cell in skeleton.cells:
        if cell.cell_type != "code":
            continue
        if cell.role == "solution":
            givens.add_stub(cell.key, cell.released)
        elif cell.role != "test":
            givens.add_released(cell.key, cell.released)
        elif cell.grade_id in tests:
            source = tests[cell.grade_id]
            if not check_lines(source):
                found[cell.grade_id] = _read(cell.grade_id, points[cell.grade_id], source, givens)
            givens.add_test(cell.key, source, hidden_lines(source))
    return found


def hidden_lines(source: str) -> frozenset[int]:
    r"""Return the numbers of the lines nbgrader removes on release.

    >>> sorted(hidden_lines("a\n### BEGIN HIDDEN TESTS\nb\n### END HIDDEN TESTS\nc"))
    [2, 3, 4]
    """
    hidden, inside = set(), False
    for number, line in enumerate(source.split("\n"), 1):
        inside = inside or _BEGIN in line
        if inside:
            hidden.add(number)
        inside = inside and _END not in line
    return frozenset(hidden)


def _read(grade_id: str, points: float, source: str, givens: Givens) -> PlainTest:
    try:
        tree = ast.parse(source)
        compile(tree, grade_id, "exec", dont_inherit=True)
    except (SyntaxError, ValueError):
        problem = "it is not plain Python: it has magics, shell commands or a mistake"
        return PlainTest(grade_id, points, source, problem=problem)
    far = sorted(_only_there(tree, reads(tree.body)))
    if far:
        problem = f"it uses {', '.join(far)}, which needs the student's own process"
        return PlainTest(grade_id, points, source, problem=problem)
    names, given = givens.resolve(free_names(source, givens.names))
    if any("check" in one.binds and _is_of_course(one.statement) for one in given):
        problem = "it calls check(...) in a way the grader cannot read"
        return PlainTest(grade_id, points, source, problem=problem)
    return PlainTest(
        grade_id,
        points,
        source,
        names=tuple(sorted(names)),
        given=given,
        hidden=hidden_lines(source),
        doubts=_doubts(tree),
    )


def _only_there(tree: ast.Module, wanted: frozenset[str]) -> set[str]:
    """Return what the cell uses that exists only where the student's code ran."""
    used = set(wanted & _ONLY_THERE)
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=[], keywords=[]):
                used |= {name} & _ONLY_THERE_WITHOUT_ARGUMENTS & wanted
            case ast.Attribute() | ast.Name():
                used |= {ast.unparse(node)} & _LOOKS_INTO_MAIN
            case ast.alias(name=name) | ast.ImportFrom(module=str(name)):
                used |= {name} & _LOOKS_INTO_MAIN
    return used


def _is_of_course(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.ImportFrom) and (statement.module or "").startswith(
        "course_utils"
    )


def _doubts(tree: ast.Module) -> tuple[str, ...]:
    words = set()
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=word) | ast.Attribute(attr=word) | ast.alias(name=word):
                words.update(word.split("."))
    return tuple(doubt for doubt, far in _FAR.items() if words & set(far.split()))
