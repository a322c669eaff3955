"""Run one test cell in a fresh namespace and say what happened, in plain data."""

from __future__ import annotations

import ast
import math
import numbers
import random
import re
import traceback
from types import TracebackType
from typing import Any

import numpy as np

from grader.checker.stand_ins import Ask, Correspondent

_MOST_TEXT = 2000
_SILENCED = re.compile(r"[\s)]*;")


def evaluate(test: dict[str, Any], ask: Ask) -> dict[str, Any]:
    """Return what the test cell in `test` did.

    Parameters
    ----------
    test : dict
        "grade_id", "source", "names" to ask for, "given" statements and "seed".
    ask : callable
        Sends a request to the grader and returns its reply.

    Returns
    -------
    dict
        "kind" is "passed", "number" (the last expression, in "number"), "other" (the last
        expression has another type), "failed" or "interrupted". A failure comes with its "error",
        its "message" and the "lines" of released cells it went through. "doubts" are sentences
        for the instructor in case points were lost, "notes" in any case.
    """
    student = Correspondent(ask)
    random.seed(test["seed"])
    np.random.seed(test["seed"])
    try:
        outcome = _run(test, student)
    except BaseException as error:
        cells = {test["grade_id"], *(given["cell"] for given in test["given"])}
        outcome = _failure(error, cells)
    if student.interrupted:  # also if the cell went on without the answer
        lines = outcome.get("lines", ())
        outcome = {"kind": "interrupted", "message": student.interrupted, "lines": lines}
    return {**outcome, "doubts": student.doubts, "notes": student.notes}


def _run(test: dict[str, Any], student: Correspondent) -> dict[str, Any]:
    namespace = {"__name__": "__main__", "display": _display_nothing}
    own = {name for name in test["names"] if student.fetch(name, namespace)}
    for given in test["given"]:
        if given["replaceable"] and (made := own.intersection(given["binds"])):
            student.replaced(made)
            continue
        statement = ast.parse(given["source"]).body[given["index"]]
        code = compile(ast.Module([statement], []), given["cell"], "exec", dont_inherit=True)
        try:
            exec(code, namespace)
        except Exception as error:
            why = f": {error}" if isinstance(error, ImportError) else ""
            student.notes.append(
                f"what cell {given['cell']} gives failed: {type(error).__name__}{why}"
            )
            raise
    tree = ast.parse(test["source"])
    last = _shown(tree, test["source"])
    if last is not None:
        tree.body.pop()
    exec(compile(tree, test["grade_id"], "exec", dont_inherit=True), namespace)
    if last is None:
        return {"kind": "passed"}
    code = compile(ast.Expression(last), test["grade_id"], "eval", dont_inherit=True)
    return _score(eval(code, namespace), last)


def _display_nothing(*_values: Any, **_options: Any) -> None:
    """Stand in for IPython's display."""


def _shown(tree: ast.Module, source: str) -> ast.expr | None:
    """Return the expression a notebook would show below the cell: the last, if it is one."""
    if not tree.body or not isinstance(tree.body[-1], ast.Expr):
        return None
    last = tree.body[-1].value
    rest = source.encode().split(b"\n")[last.end_lineno - 1 :]
    rest[0] = rest[0][last.end_col_offset :]
    silenced = _SILENCED.match(b"\n".join(rest).decode())
    return None if silenced else last


def _score(value: Any, last: ast.expr) -> dict[str, Any]:
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, bool | np.bool_):
        return {"kind": "passed"} if value else {"kind": "other", "type_name": "False"}
    if isinstance(value, numbers.Real):
        try:
            return {"kind": "number", "number": float(value)}
        except OverflowError:
            return {"kind": "number", "number": math.inf}
    if value is None or isinstance(last, ast.Constant | ast.JoinedStr):
        return {"kind": "passed"}
    return {"kind": "other", "type_name": type(value).__name__}


def _failure(error: BaseException, cells: set[str]) -> dict[str, Any]:
    return {
        "kind": "failed",
        "error": getattr(error, "by_student", type(error).__name__),
        "by_student": hasattr(error, "by_student"),
        "message": _text(error),
        "lines": _lines(error.__traceback__, cells),
    }


def _text(error: BaseException) -> str:
    try:
        return str(error)[:_MOST_TEXT]
    except Exception:  # a message made of something that cannot be read
        return ""


def _lines(trace: TracebackType | None, cells: set[str]) -> tuple[tuple[str, int], ...]:
    """Return cell and line of each step into released code, outermost first."""
    steps = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(trace)]
    return tuple(step for step in steps if step[0] in cells)[:50]
