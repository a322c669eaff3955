"""The arithmetic package: worked examples are true, and formulas need no TensorFlow."""

import doctest
import importlib
import pkgutil
import subprocess
import sys

import pytest

from course_utils import arithmetic

MODULES = [
    *(
        f"course_utils.arithmetic.{module.name}"
        for module in pkgutil.iter_modules(arithmetic.__path__)
    ),
    "course_utils.conv_ops",
]


@pytest.mark.parametrize("name", MODULES)
def test_worked_examples_are_true(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


def test_every_formula_has_a_worked_example():
    functions = [getattr(arithmetic, name) for name in arithmetic.__all__]
    assert [f.__name__ for f in functions if ">>>" not in f.__doc__] == []


def test_importing_formulas_does_not_import_tensorflow():
    code = (
        f"import sys, importlib; [importlib.import_module(m) for m in {MODULES}]; "
        "print({'keras', 'tensorflow'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
