"""From bytes to the cells of a submission: type, text and id, and nothing else.

Outputs, tags, points, attachments, kernel names and every other piece of metadata a student's
file may carry are not read, so they cannot mean anything later.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from grader.intake import repairs
from grader.intake.document import (
    OTHER_JSON,
    TOO_LARGE,
    IntakeLimits,
    Unreadable,
    read_document,
    unreadable,
)
from grader.intake.repairs import Repair, repair

CellType = Literal["code", "markdown", "raw"]
COLAB = "Google Colab"
VS_CODE = "VS Code"
JUPYTERLAB = "JupyterLab"
UNKNOWN = "unknown"

_UNPRINTABLE = re.compile("[\0\ud800-\udfff]")
_PICTURE = re.compile(r"data:image/[\w.+-]{1,40};base64,[\w+/=%-]{1,}+")
_COLAB_KEYS = {"colab", "colab_type", "executionInfo", "outputId", "cellView"}
_LAB_KEYS = {"trusted", "jupyter", "jp-MarkdownHeadingCollapsed", "toc-autonumbering"}


@dataclass(frozen=True)
class SubmittedCell:
    """What is taken from one cell of a submission; `position` counts from 0 in the file."""

    cell_type: CellType
    source: str
    grade_id: str | None
    position: int


@dataclass(frozen=True)
class SubmittedNotebook:
    """The cells of a submission, what was repaired to read them, and who saved the file."""

    cells: tuple[SubmittedCell, ...]
    repairs: tuple[Repair, ...]
    application: str


def read_submission(
    data: bytes, limits: IntakeLimits | None = None
) -> SubmittedNotebook | Unreadable:
    """Read whatever a student handed in; never raises.

    Parameters
    ----------
    data : bytes
        The file, as it is.
    limits : IntakeLimits, optional
        How much to read; ``IntakeLimits()`` when left out.

    Returns
    -------
    SubmittedNotebook or Unreadable

    Examples
    --------
    >>> read_submission(b'{"cells": [{"cell_type": "code", "source": ["x = 1"]}]}').cells
    (SubmittedCell(cell_type='code', source='x = 1', grade_id=None, position=0),)
    >>> read_submission(b"print('hello')").reason
    'The file is not a notebook: it looks like plain text or a program (.py).'
    """
    limits = limits or IntakeLimits()
    document = read_document(data, limits)
    if isinstance(document, Unreadable):
        return document
    notebook, notes = document
    found = _cell_list(notebook)
    if found is None:
        return unreadable(OTHER_JSON)
    if len(found) > limits.cells:
        return unreadable(TOO_LARGE, limit=limits.cells, what="cells")
    if notebook.get("worksheets") and "cells" not in notebook:
        notes.append(repair(repairs.OLD_FORMAT, version=_version(notebook)))
    cells, cell_notes = _cells(found, limits)
    if sum(len(cell.source) for cell in cells) > limits.all_characters:
        what = "characters of text and code"
        return unreadable(TOO_LARGE, limit=limits.all_characters, what=what)
    metadata = [_dict(notebook.get("metadata")), *map(_metadata, found)]
    application = _application(metadata)
    if any(map(_names_a_person, metadata)):
        name = "The application" if application == UNKNOWN else application
        notes.append(repair(repairs.PERSONAL_DATA_DROPPED, application=name))
    return SubmittedNotebook(tuple(cells), (*notes, *cell_notes), application)


def _cell_list(notebook: dict[str, Any]) -> list[Any] | None:
    """Return the list of cells of a notebook in format 4, or of all worksheets in format 3."""
    if isinstance(notebook.get("cells"), list):
        return notebook["cells"]
    worksheets = notebook.get("worksheets")
    if "cells" in notebook or not isinstance(worksheets, list):
        return None
    lists = [_dict(sheet).get("cells") for sheet in worksheets]
    return [cell for cells in lists if isinstance(cells, list) for cell in cells]


def _version(notebook: dict[str, Any]) -> int:
    version = notebook.get("nbformat")
    return version if type(version) is int and version in (2, 3) else 3


def _cells(found: list[Any], limits: IntakeLimits) -> tuple[list[SubmittedCell], list[Repair]]:
    """Return the usable cells of a notebook and a note about the others."""
    cells, skipped, too_long, pictures, replaced = [], 0, 0, 0, False
    for position, raw in enumerate(found):
        typed = _type_and_source(raw)
        if typed is None:
            skipped += 1
            continue
        cell_type, source = typed
        if len(source) > limits.cell_characters and cell_type == "markdown":
            source, count = _PICTURE.subn("", source)
            pictures += count > 0
        if len(source) > limits.cell_characters:
            too_long += 1
            continue
        clean = _encodable(source)
        replaced = replaced or ("\ufffd" in clean and clean != source)
        cells.append(SubmittedCell(cell_type, clean, _grade_id(raw), position))
    return cells, list(_cell_notes(skipped, too_long, pictures, replaced, limits))


def _cell_notes(
    skipped: int, too_long: int, pictures: int, replaced: bool, limits: IntakeLimits
) -> Iterator[Repair]:
    if replaced:
        yield repair(repairs.CHARACTERS_REPLACED)
    if skipped:
        yield repair(repairs.CELLS_SKIPPED, cells=repairs.cells(skipped, verb=False))
    if too_long:
        number = repairs.cells(too_long)
        yield repair(repairs.CELLS_TOO_LONG, cells=number, limit=limits.cell_characters)
    if pictures:
        yield repair(repairs.PICTURES_DROPPED, cells=repairs.cells(pictures, verb=False))


def _type_and_source(raw: Any) -> tuple[CellType, str] | None:
    """Return type and text of a cell of any notebook format, None when it has no usable ones."""
    cell = _dict(raw)
    cell_type = cell.get("cell_type")
    source = cell.get("source", cell.get("input"))
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if not isinstance(source, str):
        return None
    if cell_type in ("code", "markdown", "raw"):
        return cell_type, source
    if cell_type == "heading":
        level = cell.get("level")
        level = level if type(level) is int and 1 <= level <= 6 else 1
        return "markdown", "#" * level + " " + source
    return ("markdown", source) if cell_type == "html" else None


def _encodable(source: str) -> str:
    """Join surrogate pairs; replace lone surrogates and NUL, which no parser or database takes."""
    if not _UNPRINTABLE.search(source):
        return source
    joined = source.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return joined.replace("\0", "\ufffd")


def _grade_id(raw: Any) -> str | None:
    grade_id = _dict(_metadata(raw).get("nbgrader")).get("grade_id")
    return grade_id if isinstance(grade_id, str) and grade_id else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _metadata(raw: Any) -> dict[str, Any]:
    return _dict(_dict(raw).get("metadata"))


def _application(metadata: list[dict[str, Any]]) -> str:
    """Name the application that saved the file, from the keys only it writes."""
    keys = set().union(*metadata)
    if keys & _COLAB_KEYS:
        return COLAB
    if keys & {"vscode", "orig_nbformat"}:
        return VS_CODE
    return JUPYTERLAB if keys & _LAB_KEYS else UNKNOWN


def _names_a_person(metadata: dict[str, Any]) -> bool:
    """Tell whether `metadata` holds an account or an author, or says where the file came from."""
    colab = _dict(metadata.get("colab"))
    return bool(
        _dict(metadata.get("executionInfo")).get("user")
        or colab.get("provenance")
        or colab.get("authorship_tag")
        or metadata.get("authors")
    )
