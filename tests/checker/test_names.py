"""Which names a test cell takes from the notebook."""

from __future__ import annotations

import doctest

import pytest

from grader.checker import free_names, names, testcell


@pytest.mark.parametrize("module", [names, testcell])
def test_documented_examples(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("assert f(2) == 4 and abs(x) < 1", "f x"),
        ("from math import pi as p\nimport numpy.linalg\np, numpy, area", "area"),
        ("def g(x):\n    y = h(x)\n    return y + LATER\nLATER = 1\ng(2)", "h"),
        ("total += f(1)", "f total"),
        ("x = x + 1", "x"),
        ("x: int\nx", "x"),
        ("try:\n    f(1)\nexcept Wrong as error:\n    print(error)", "Wrong f"),
        ("for a, b in pairs:\n    assert f(a) == b", "f pairs"),
        ("[a for a in data for b in a if c]", "c data"),
        ("{k: v for k, v in d.items()}", "d"),
        ("a\n[a for a in ()]", "a"),
        ("(lambda u, *v, w=z: u + v + w + t)(1)", "t z"),
        ("with opened(y) as z:\n    z.read()", "opened y"),
        ("class A(B):\n    x = 1\n    def m(self):\n        return x + self.x", "B x"),
        ("match m:\n    case {'k': v, **r}: v, r\n    case [q, *s]: q, s", "m"),
        ("if (n := f()) > 1:\n    n", "f"),
        ("[last := i for i in range(3)]\nlast", ""),
        ("def f():\n    global counter\n    counter += 1", "counter"),
        ("del gone", "gone"),
        ("@deco\ndef f(a: T = D) -> R:\n    return a", "D R T deco"),
        ("f'{a!r:>{b}}'", "a b"),
        ("display(sum(x))", "x"),
    ],
)
def test_free_names(source, expected):
    assert " ".join(free_names(source)) == expected


def test_a_builtin_that_students_write_themselves_is_asked_for():
    assert free_names("assert sum([1]) == max(1, 0)", asked={"sum"}) == ("sum",)
