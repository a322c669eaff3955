"""``make notebooks`` and ``make check``: build everything, or say what is out of date."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from grader.exercises.catalogue import assignments, load_exercises
from grader.exercises.tables import table_text
from grader.release.execution import execute, fingerprint
from grader.release.readme import pictures, readme_text, shows
from grader.release.sources import read_source, source_path
from grader.release.student import release


def build(root: Path, names: list[str] | None = None, *, force: bool = False) -> Iterator[str]:
    """Build the given assignments (default: all) and yield one line for each file written.

    A solution notebook is executed again only when its source, its definitions or a module it
    imports changed, or with `force`. A second run writes nothing. The README's table is written
    when all are built.
    """
    everything = not names
    names = names or assignments(root)
    for name in names:
        yield from _write(_table_path(root, name), _table(root, name))
        notebook = read_source(root, name)
        if force or not _is_fresh(root, name, notebook):
            yield f"executing solutions/{name}/{name}.ipynb"
            yield from _write(_solution_path(root, name), _executed(root, name, notebook))
    for name, text in _students(root, names):
        yield from _write(_student_path(root, name), text)
    if everything:
        yield from _write(root / "README.md", readme_text(root))
        for path, picture in pictures(root):
            if not shows(path, picture):
                path.parent.mkdir(parents=True, exist_ok=True)
                picture.save(path, optimize=True)
                yield f"wrote {path}"


def outdated(root: Path) -> list[str]:
    """Return the built files that differ from what their sources would give, without writing."""
    names = assignments(root)
    stale = [
        path
        for name in names
        for path, fresh in (
            (_table_path(root, name), _reads(_table_path(root, name), _table(root, name))),
            (_solution_path(root, name), _is_fresh(root, name, read_source(root, name))),
        )
        if not fresh
    ]
    built = [name for name in names if _solution_path(root, name).is_file()]
    stale += [
        _student_path(root, name)
        for name, text in _students(root, built)
        if not _reads(_student_path(root, name), text)
    ]
    if built == names:
        readme = root / "README.md"
        stale += [] if _reads(readme, readme_text(root)) else [readme]
        stale += [path for path, picture in pictures(root) if not shows(path, picture)]
    known = set(names)
    stale += [path for path in (root / "notebooks").glob("*/*.ipynb") if path.stem not in known]
    return [str(path.relative_to(root)) for path in stale]


def _table_path(root: Path, name: str) -> Path:
    return root / "course_utils" / "answers" / f"{name}.json"


def _solution_path(root: Path, name: str) -> Path:
    return root / "solutions" / name / f"{name}.ipynb"


def _student_path(root: Path, name: str) -> Path:
    return root / "notebooks" / name / f"{name}.ipynb"


def _table(root: Path, name: str) -> str:
    return table_text(list(load_exercises(root, name).values()))


def _executed(root: Path, name: str, notebook: NotebookNode) -> str:
    source = source_path(root, name)
    modules = execute(notebook, source)
    notebook.metadata.course = NotebookNode(
        fingerprint=fingerprint(root, source, modules), modules=modules
    )
    return nbformat.writes(notebook) + "\n"


def _is_fresh(root: Path, name: str, expected: NotebookNode) -> bool:
    path = _solution_path(root, name)
    if not path.is_file():
        return False
    stored = nbformat.read(path, as_version=4)
    course = stored.metadata.get("course", {})
    current = fingerprint(root, source_path(root, name), course.get("modules", []))
    return course.get("fingerprint") == current and _inputs(stored) == _inputs(expected)


def _inputs(notebook: NotebookNode) -> list[tuple]:
    return [(cell.id, cell.cell_type, cell.source, dict(cell.metadata)) for cell in notebook.cells]


def _students(root: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        for name in names:
            release(root, name, Path(folder))
            text = (Path(folder) / name / f"{name}.ipynb").read_text(encoding="utf-8")
            yield name, text


def _reads(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _write(path: Path, text: str) -> Iterator[str]:
    if not _reads(path, text):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        yield f"wrote {path}"
