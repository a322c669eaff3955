"""What every notebook starts with: badges and one setup cell, built from pyproject.toml."""

from __future__ import annotations

import tomllib
from pathlib import Path

SETUP = """\
# Setup: run this cell first. On Colab it installs course_utils; elsewhere it only imports it.
import sys

if "google.colab" in sys.modules:
    %pip install --quiet --no-deps {archive}

from course_utils import check, drill, environment, practice

environment.start()"""


def project_urls(root: Path) -> dict[str, str]:
    """Return the addresses in ``[project.urls]``: the one place where they are written."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return {**project["urls"], "version": project["version"]}


def setup_source(root: Path) -> str:
    """Return the source of the setup cell."""
    urls = project_urls(root)
    archive = f"{urls['Students']}/archive/refs/tags/v{urls['version']}.zip"
    return SETUP.format(archive=archive)


def badges(root: Path, assignment: str) -> str:
    """Return the Colab badge of a notebook; it opens the student version."""
    repository = project_urls(root)["Students"].removeprefix("https://github.com/")
    path = f"notebooks/{assignment}/{assignment}.ipynb"
    target = f"https://colab.research.google.com/github/{repository}/blob/main/{path}"
    image = "https://colab.research.google.com/assets/colab-badge.svg"
    return f"[![Open in Colab]({image})]({target})"
