"""The package says where everything lives."""

from __future__ import annotations

import pkgutil

import pytest

import course_utils


@pytest.mark.parametrize("name", [one.name for one in pkgutil.iter_modules(course_utils.__path__)])
def test_every_module_is_listed(name):
    assert f"``{name}``" in course_utils.__doc__
