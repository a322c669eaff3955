"""A mistake on the command line gets one sentence that says what to type, and no traceback."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from grader.cli import app


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["build", "04_generators"], "No such assignment: 04_generators."),
        (["report", "04_generators"], "No such assignment: 04_generators."),
        (["bench", "--assignment", "04_generators"], "No such assignment: 04_generators."),
        (["bench", "--page", "--assignments", "x,01_convolution"], "No such assignment: x."),
        (["bench", "--page", "--sizes", "10,many"], "--sizes 10,many: give whole numbers"),
        (["bench", "--page", "--sizes", "0"], "--sizes 0: give whole numbers"),
        (["doctor", "--isolation", "chroot"], "No level 'chroot'."),
    ],
)
def test_a_mistake_is_named(course_root, monkeypatch, arguments, told):
    monkeypatch.chdir(course_root)
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert told in " ".join(done.output.split())
    assert "Traceback" not in done.output


@pytest.mark.parametrize("option", ["--rounds", "--students"])
def test_a_benchmark_of_nothing_is_refused_before_it_measures(course_root, monkeypatch, option):
    monkeypatch.chdir(course_root)
    done = CliRunner().invoke(app, ["bench", "--page", option, "0"])
    assert done.exit_code == 2
    assert option in done.output
    assert "Traceback" not in done.output
