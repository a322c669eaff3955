"""Read the ``check("id", name)`` lines of a test cell, without running it."""

from __future__ import annotations

import ast
from dataclasses import dataclass


@dataclass(frozen=True)
class CheckLine:
    """One ``check("exercise", name, student_id=STUDENT_ID)`` of a test cell."""

    exercise: str
    name: str
    student_id_name: str | None = None


def check_lines(source: str) -> list[CheckLine]:
    """Return the check lines of a test cell's source, in order.

    >>> check_lines('check("stride2_shapes", stride2_shapes)')
    [CheckLine(exercise='stride2_shapes', name='stride2_shapes', student_id_name=None)]
    """
    try:
        tree = ast.parse(source)
    except SyntaxError:
        return []
    lines = []
    for statement in tree.body:
        node = statement.value if isinstance(statement, ast.Expr) else None
        if _is_check(node):
            keywords = {k.arg: k.value.id for k in node.keywords if isinstance(k.value, ast.Name)}
            lines.append(CheckLine(node.args[0].value, node.args[1].id, keywords.get("student_id")))
    return lines


def _is_check(node: ast.AST | None) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "check"
        and len(node.args) == 2
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
        and isinstance(node.args[1], ast.Name)
    )
