"""The README's table of notebooks, and the small pictures in it: both built from the solutions."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image, ImageChops

from grader.exercises import Prediction
from grader.exercises.catalogue import assignments, load_exercises
from grader.release.front import badges

BEGIN = "<!-- The table is written by `make notebooks`. -->\n"
END = "<!-- End of the table. -->\n"
PICTURES = "docs/images/notebooks"
WIDTH, HEIGHT = 340, 200
_TITLE = re.compile(r"^# (\d\d .+)$", re.M)
_TIME = re.compile(r"\*\*Time:\*\*\s+about\s+(\d+)\s+minutes")


class NoTable(Exception):
    """The README has no place for the table."""


def readme_text(root: Path) -> str:
    """Return the README with the table as it should be.

    Raises
    ------
    NoTable
        If the two comments that enclose the table are missing.
    """
    text = (root / "README.md").read_text(encoding="utf-8")
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise NoTable(
            f"README.md: put the lines {BEGIN.strip()} and {END.strip()} around the table"
        )
    return "".join([before, BEGIN, "\n", *_table(root), "\n", END, after])


def pictures(root: Path) -> Iterator[tuple[Path, Image.Image]]:
    """Yield the small picture of each notebook, its first figure, and where it belongs."""
    for name in assignments(root):
        picture = _first_picture(_solution(root, name))
        if picture is not None:
            picture.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
            yield root / PICTURES / f"{name}.png", picture


def shows(path: Path, picture: Image.Image) -> bool:
    """Tell whether the file holds this picture, however it is compressed."""
    if not path.is_file():
        return False
    with Image.open(path) as stored:
        same = stored.size == picture.size and stored.mode == picture.mode
        return same and ImageChops.difference(stored, picture).getbbox() is None


def _table(root: Path) -> Iterator[str]:
    yield "| it opens with | topic | time | exercises | in Colab |\n|---|---|---|---|---|\n"
    for name in assignments(root):
        text = "\n".join(cell.source for cell in _solution(root, name).cells)
        title, minutes = _TITLE.search(text)[1], _TIME.search(text)[1]
        asked = load_exercises(root, name).values()
        count = sum(1 for one in asked if one.points and not isinstance(one, Prediction))
        picture = f"![First figure of notebook {name[:2]}]({PICTURES}/{name}.png)"
        link = f"[{title}](notebooks/{name}/{name}.ipynb)"
        yield f"| {picture} | {link} | {minutes} min | {count} | {badges(root, name)} |\n"


def _solution(root: Path, name: str) -> NotebookNode:
    return nbformat.read(root / "solutions" / name / f"{name}.ipynb", as_version=4)


def _first_picture(notebook: NotebookNode) -> Image.Image | None:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {}).get("image/png")
            if data:
                return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")
    return None
