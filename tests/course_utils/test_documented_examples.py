"""The examples in docstrings are true."""

import doctest
import importlib
import pkgutil

import pytest

from course_utils import datasets, explore, plots

PACKAGES = [datasets, explore, plots]
MODULES = ["course_utils.environment", "course_utils.training"] + [
    module.name
    for package in PACKAGES
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}.")
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    assert doctest.testmod(importlib.import_module(name)).failed == 0


@pytest.mark.parametrize("package", [datasets, plots])
def test_the_package_says_what_lives_where(package):
    for module in pkgutil.iter_modules(package.__path__):
        assert f"``{module.name}``" in package.__doc__
