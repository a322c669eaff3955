"""What a released notebook itself gives to its test cells: imports, helpers, earlier variables.

Imports, functions and classes that stand in the released notebook or in an earlier test cell are
taken from there, not from the student's process, where they may have been replaced.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from functools import cached_property

from grader.checker.names import binds, reads, without_builtins


@dataclass(frozen=True, eq=False)
class Given:
    """One top-level statement of the released notebook.

    Parameters
    ----------
    cell : str
        Key of its cell.
    source : str
        Source of that cell, plain Python.
    index : int
        Number of the statement in it.
    statement : ast.stmt
    hidden : bool
        Whether students did not receive it.
    replaceable : bool
        A variable of an earlier test cell: the student's own of that name comes first.
    """

    cell: str
    source: str
    index: int
    statement: ast.stmt
    hidden: bool = False
    replaceable: bool = False

    @cached_property
    def binds(self) -> frozenset[str]:
        """Names it makes."""
        return binds([self.statement])

    @cached_property
    def reads(self) -> frozenset[str]:
        """Names it needs, builtins too."""
        return reads([self.statement])

    @property
    def is_import(self) -> bool:
        """Whether it is an import, at most wrapped in ``try``."""
        return _is_import(self.statement)


class Givens:
    """Follows a released notebook from cell to cell; later statements replace earlier ones.

    `asked` are the names students are to define: those are theirs in any case.
    """

    def __init__(self, asked: Collection[str]) -> None:
        self._asked = asked
        self._known: dict[str, Given] = {}
        self._order: dict[Given, int] = {}

    def add_released(self, cell: str, source: str) -> None:
        """Read a released code cell that is neither answer nor test."""
        for given in _statements(cell, plain_python(source)):
            if given.is_import or _is_definition(given.statement):
                self._add(given)
            else:
                for name in given.binds:  # made by running the cell, in the runner
                    self._known.pop(name, None)

    def add_stub(self, cell: str, source: str) -> None:
        """Read the imports of an answer cell as it was released."""
        for given in _statements(cell, plain_python(source)):
            if given.is_import:
                self._add(given)

    def add_test(self, cell: str, source: str, hidden: Collection[int]) -> None:
        """Read a test cell, as far as it is Python."""
        for given in _statements(cell, source, hidden):
            if given.is_import or _is_definition(given.statement):
                self._add(given)
            elif isinstance(given.statement, ast.Assign | ast.AnnAssign):
                self._add(replace(given, replaceable=True))

    @property
    def names(self) -> frozenset[str]:
        """All names that someone, the notebook or a student, gives a meaning of their own."""
        return frozenset(self._asked) | frozenset(self._known)

    def resolve(self, wanted: Iterable[str]) -> tuple[frozenset[str], tuple[Given, ...]]:
        """Return the names to ask the runner for and the statements to run here, in order."""
        queue = list(wanted)
        names, used, seen = set(), set(), set()
        while queue:
            name = queue.pop()
            if name in seen:
                continue
            seen.add(name)
            given = None if name in self._asked else self._known.get(name)
            if given is None or given.replaceable:
                names.add(name)
            if given is not None and given not in used:
                used.add(given)
                queue.extend(without_builtins(given.reads, self.names))
        return frozenset(names), tuple(sorted(used, key=self._order.__getitem__))

    def _add(self, given: Given) -> None:
        self._order[given] = len(self._order)
        self._known.update(dict.fromkeys(given.binds, given))


def plain_python(source: str) -> str:
    """Return `source` with its magics written as function calls."""
    # Here, because IPython takes long to import and most courses never come here.
    from IPython.core.inputtransformer2 import TransformerManager

    return TransformerManager().transform_cell(source)


def lines_of(statement: ast.stmt) -> frozenset[int]:
    """Return the numbers of the lines a statement takes, its decorators included."""
    decorators = getattr(statement, "decorator_list", [])
    first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
    return frozenset(range(first, (statement.end_lineno or first) + 1))


def _statements(cell: str, source: str, hidden: Collection[int] = ()) -> list[Given]:
    try:
        body = ast.parse(source).body
    except (SyntaxError, ValueError):
        return []
    return [
        Given(cell, source, index, statement, hidden=not lines_of(statement).isdisjoint(hidden))
        for index, statement in enumerate(body)
    ]


def _is_definition(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)


def _is_import(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Try):
        handlers = [inner for handler in statement.handlers for inner in handler.body]
        inside = [*statement.body, *handlers, *statement.orelse, *statement.finalbody]
        return any(map(_is_import, inside)) and all(
            _is_import(inner) or _is_constant(inner) for inner in inside
        )
    return isinstance(statement, ast.Import | ast.ImportFrom)


def _is_constant(statement: ast.stmt) -> bool:
    if isinstance(statement, ast.Assign):
        return isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass)
