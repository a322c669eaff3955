"""Which names a piece of code takes from outside, and which it makes itself."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Collection, Iterable
from functools import singledispatchmethod

# IPython offers `display` like a builtin function.
PROVIDED = frozenset(dir(builtins)) | {"display"}


def free_names(source: str, asked: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names that `source` reads and does not bind before, sorted.

    Names of builtin functions are left out, except those in `asked`: a course may ask for a
    ``sum`` of the student's own.

    Raises
    ------
    SyntaxError
        If `source` is not Python.

    Examples
    --------
    >>> free_names("import math\\nassert area(2) == math.pi * r ** 2")
    ('area', 'r')
    >>> free_names("x = x + 1\\nsum([y for y in z])")
    ('x', 'z')
    """
    return tuple(sorted(without_builtins(reads(ast.parse(source).body), asked)))


def without_builtins(names: Iterable[str], asked: Collection[str] = ()) -> frozenset[str]:
    """Return `names` without those Python provides, unless they are `asked`."""
    return frozenset(name for name in names if name not in PROVIDED or name in asked)


def reads(statements: Iterable[ast.stmt]) -> frozenset[str]:
    """Return every name that `statements` take from outside, builtins too."""
    scope = _scope(statements)
    # A function's body runs later, when all of its module's names are bound.
    return frozenset(scope.reads | scope.later - scope.bound)


def binds(statements: Iterable[ast.stmt]) -> frozenset[str]:
    """Return every name that `statements` bind at their own level."""
    return frozenset(_scope(statements).bound)


def _scope(statements: Iterable[ast.AST]) -> _Scope:
    scope = _Scope()
    scope.follow(statements)
    return scope


class _Scope:
    """Follows one level of code in the order in which it runs.

    Attributes
    ----------
    bound : names bound so far.
    reads : names read before they were bound.
    later : names that functions defined here read from outside themselves.
    elsewhere : names declared global or nonlocal.
    """

    def __init__(self) -> None:
        self.bound: set[str] = set()
        self.reads: set[str] = set()
        self.later: set[str] = set()
        self.elsewhere: set[str] = set()

    def follow(self, nodes: Iterable[ast.AST | None]) -> None:
        """Visit `nodes` in the given order."""
        for node in nodes:
            if node is not None:
                self.visit(node)

    def read(self, names: Iterable[str]) -> None:
        """Note that `names` are needed now."""
        self.reads.update(name for name in names if name not in self.bound)

    @singledispatchmethod
    def visit(self, node: ast.AST) -> None:
        """Note what `node` reads and binds."""
        self.follow(ast.iter_child_nodes(node))

    @visit.register
    def _name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Store):
            self.bound.add(node.id)
        else:
            self.read([node.id])

    @visit.register
    def _declaration(self, node: ast.Global | ast.Nonlocal) -> None:
        self.elsewhere.update(node.names)

    @visit.register
    def _assignment(self, node: ast.Assign) -> None:
        self.follow([node.value, *node.targets])

    @visit.register
    def _annotated(self, node: ast.AnnAssign) -> None:
        self.follow([node.annotation, node.value])
        if node.value is not None:
            self.visit(node.target)

    @visit.register
    def _augmented(self, node: ast.AugAssign) -> None:
        if isinstance(node.target, ast.Name):
            self.read([node.target.id])
        self.follow([node.value, node.target])

    @visit.register
    def _walrus(self, node: ast.NamedExpr) -> None:
        self.follow([node.value, node.target])

    @visit.register
    def _loop(self, node: ast.For | ast.AsyncFor) -> None:
        self.follow([node.iter, node.target, *node.body, *node.orelse])

    @visit.register
    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        self.bound.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)

    @visit.register
    def _handler(self, node: ast.ExceptHandler | ast.MatchAs | ast.MatchStar) -> None:
        if node.name:
            self.bound.add(node.name)
        self.follow(ast.iter_child_nodes(node))

    @visit.register
    def _mapping(self, node: ast.MatchMapping) -> None:
        if node.rest:
            self.bound.add(node.rest)
        self.follow(ast.iter_child_nodes(node))

    @visit.register
    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self.follow([*node.decorator_list, node.returns])
        self._body(node.args, node.body)
        self.bound.add(node.name)

    @visit.register
    def _lambda(self, node: ast.Lambda) -> None:
        self._body(node.args, [node.body])

    def _body(self, args: ast.arguments, body: Iterable[ast.AST]) -> None:
        given = (*args.posonlyargs, *args.args, *args.kwonlyargs, args.vararg, args.kwarg)
        own = [arg for arg in given if arg is not None]
        self.follow([*args.defaults, *args.kw_defaults, *(arg.annotation for arg in own)])
        inner = _Scope()
        inner.bound.update(arg.arg for arg in own)
        inner.follow(body)
        self.later |= (inner.reads | inner.later) - (inner.bound - inner.elsewhere)

    @visit.register
    def _class(self, node: ast.ClassDef) -> None:
        self.follow([*node.decorator_list, *node.bases, *node.keywords])
        inner = _scope(node.body)
        self.read(inner.reads)
        self.later |= inner.later  # methods do not see the names of the class body
        self.bound.add(node.name)

    @visit.register
    def _comprehension(
        self, node: ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
    ) -> None:
        self.visit(node.generators[0].iter)
        inner = _Scope()
        for number, generator in enumerate(node.generators):
            inner.follow([generator.iter if number else None, generator.target, *generator.ifs])
        inner.follow([node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt])
        self.read(inner.reads)
        self.later |= inner.later - inner.bound
        walrus = (n for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
        self.bound.update(one.target.id for one in walrus)
