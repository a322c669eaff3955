"""The student bundle: a folder and a zip holding only what students may see.

It is what a Colab badge points to: publish it as a repository of its own, because a public fork
of the whole course would show ``solutions/``.
"""

from __future__ import annotations

import json
import shutil
import tomllib
import zipfile
from pathlib import Path

COPIED = ("notebooks", "course_utils", "environment.yml", "LICENSE")
README = """\
# Convolutional networks for computer vision

Notebooks with exercises that tell you at once what is wrong and why.

| notebook | open in Colab |
|---|---|
{rows}

**In Colab**: click a badge, choose *File > Save a copy in Drive*, run the first cell.

**On your machine** (Python 3.11 or newer):

    python -m venv .venv
    .venv/bin/pip install . jupyterlab        # Windows: .venv\\Scripts\\pip
    .venv/bin/jupyter lab notebooks

Or with conda: `conda env create -f environment.yml`. No GPU and, once installed, no internet
connection is needed. Write your answers in the cells marked *YOUR CODE HERE*, run the check below
each, and hand in the notebook file.
"""
PYPROJECT = """\
[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[project]
name = "{name}-students"
version = "{version}"
description = "{description}"
requires-python = "{python}"
dependencies = {dependencies}

[tool.setuptools]
packages.find.include = ["course_utils*"]
package-data = {{ course_utils = ["answers/*.json", "*.csv", "*.npz", "*.json"] }}
"""


def write_bundle(root: Path, folder: Path) -> Path:
    """Write the bundle to `folder` (replaced if it exists) and return the path of its zip."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for name in COPIED:
        source = root / name
        if source.is_dir():
            shutil.copytree(
                source, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb*")
            )
        elif source.is_file():
            shutil.copy(source, folder / name)
    (folder / "README.md").write_text(_readme(root), encoding="utf-8")
    (folder / "pyproject.toml").write_text(_pyproject(root), encoding="utf-8")
    return _zip(folder)


def _readme(root: Path) -> str:
    rows = []
    for path in sorted((root / "notebooks").glob("*/*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        badge = next("".join(c["source"]) for c in cells if "colab-badge" in "".join(c["source"]))
        rows.append(f"| [{path.stem}](notebooks/{path.stem}/{path.name}) | {badge} |")
    return README.format(rows="\n".join(rows))


def _pyproject(root: Path) -> str:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return PYPROJECT.format(
        name=project["name"],
        version=project["version"],
        description=project["description"],
        python=project["requires-python"],
        dependencies=json.dumps(project["dependencies"], indent=4),
    )


def _zip(folder: Path) -> Path:
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                # A fixed date makes the archive the same on every build.
                info = zipfile.ZipInfo(str(path.relative_to(folder.parent)), (2020, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                info.external_attr = 0o644 << 16
                archive.writestr(info, path.read_bytes())
    return target
