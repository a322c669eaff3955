"""Folders of cat and dog pictures: the real ones where they are, drawn ones otherwise."""

from __future__ import annotations

import colorsys
import os
import shutil
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike
from PIL import Image, ImageDraw

from course_utils.datasets.sources import cache_folder
from course_utils.environment import DATA_MODES, data_mode

CLASSES = ("cats", "dogs")
SPLITS = ("train", "validation", "test")
# The number changes when the drawings do: those of an older version may still lie about.
REAL_FOLDER, DRAWN_FOLDER = "dogs-vs-cats_small", "drawn-pets-1"
WHERE = "https://www.kaggle.com/c/dogs-vs-cats/data"

# Drawn at this multiple of the final size and shrunk: smooth outlines.
_SHARPER = 2
_QUALITY = 85
_TILT = 25
_ANGLES = np.linspace(0, 2 * np.pi, 40, endpoint=False)
_CIRCLE = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)

Colour = tuple[int, int, int]


def dogs_vs_cats_folder(source: str = "auto") -> tuple[Path, bool]:
    """Return a folder of cat and dog pictures and whether they are only drawn; print which.

    In it are ``train``, ``validation`` and ``test``, and in each of these ``cats`` and ``dogs``.
    Kaggle gives the real photographs only to people who log in, so no program can fetch them.
    Unpack them yourself as ``~/.keras/datasets/dogs-vs-cats_small`` (or under KERAS_HOME). Their
    stand-in are the pictures of `make_pets_folder`: 200 for training, 100 and 100.

    Parameters
    ----------
    source : {"auto", "online", "offline"}
        "auto": the photographs if they are on this machine, unless COURSE_DATA says otherwise.
        "online": the photographs or an error. "offline": the drawings.

    Raises
    ------
    RuntimeError
        For "online", if the photographs are not on this machine.
    ValueError
        If `source` is something else.
    """
    if source not in DATA_MODES:
        raise ValueError(f"source is {source!r}; use one of {', '.join(DATA_MODES)}")
    mode = data_mode() if source == "auto" else source
    real = cache_folder() / REAL_FOLDER
    if mode != "offline" and _is_complete(real):
        print(f"Dogs vs. cats, real photographs: {_counted(real)}.")
        return real, False
    if mode == "online":
        raise RuntimeError(
            f"There are no dogs-vs-cats photographs in {real}. Log in at {WHERE}, download them, "
            "and sort them into train, validation and test with a folder cats and a folder dogs "
            'in each; or use source="offline".'
        )
    drawn = _drawn_folder()
    print(
        f"The photographs of dogs-vs-cats are not {'used' if mode == 'offline' else 'at hand'}; "
        f"you work with a stand-in: drawn cats and dogs, {_counted(drawn)}."
    )
    return drawn, True


def make_pets_folder(
    root: str | os.PathLike[str],
    n_train: int = 80,
    n_validation: int = 100,
    n_test: int = 100,
    image_size: int = 150,
    seed: int = 0,
) -> Path:
    """Draw cats (pointed ears) and dogs (floppy ears, muzzle) and save them as JPEG files.

    The files are ``root/train/cats/cat.0.jpg`` and so on: half of each split are cats. Every
    picture has colours, size, place and tilt of its own. They are cartoons, from which nothing
    follows about photographs.

    Parameters
    ----------
    root : path
        Made if missing. Files of the same names are replaced.
    n_train, n_validation, n_test : int
        Pictures in each split, even numbers.
    image_size : int
        Height and width in pixels, at least 16.
    seed : int
        The same seed draws the same pictures; a longer split begins like a shorter one.

    Returns
    -------
    Path
        `root`.

    Raises
    ------
    ValueError
        If a number is odd or negative, or `image_size` too small.
    """
    counts = dict(zip(SPLITS, (n_train, n_validation, n_test), strict=True))
    for split, count in counts.items():
        if count < 0 or count % 2:
            raise ValueError(f"n_{split} must be even, half cats and half dogs, got {count}")
    if image_size < 16:
        raise ValueError(f"image_size must be at least 16 pixels, got {image_size}")
    root = Path(root)
    for part, (split, count) in enumerate(counts.items()):
        for label, name in enumerate(CLASSES):
            folder = root / split / name
            folder.mkdir(parents=True, exist_ok=True)
            for number in range(count // 2):
                rng = np.random.default_rng((seed, part, label, number))
                file = folder / f"{name[:-1]}.{number}.jpg"
                draw_pet(name, image_size, rng).save(file, quality=_QUALITY)
    return root


def draw_pet(kind: str, size: int, rng: np.random.Generator) -> Image.Image:
    """Return a picture of a head of `kind`, "cats" or "dogs", with `size` pixels a side.

    Examples
    --------
    >>> draw_pet("cats", 48, np.random.default_rng(0)).size
    (48, 48)
    """
    side = size * _SHARPER
    picture = _background(rng, side)
    reach = rng.uniform(0.2, 0.32) * side
    centre = rng.uniform(0.36, 0.64, 2) * side
    tilt = np.radians(rng.uniform(-_TILT, _TILT))
    (_cat if kind == "cats" else _dog)(_Pen(picture, centre, reach, tilt), rng)
    return picture.resize((size, size), Image.Resampling.LANCZOS)


class _Pen:
    """Draws in units of the head's radius, from its middle, to the right and down."""

    def __init__(self, picture: Image.Image, centre: np.ndarray, unit: float, tilt: float):
        self._draw, self._centre, self._unit = ImageDraw.Draw(picture), centre, unit
        turn = np.array([[np.cos(tilt), np.sin(tilt)], [-np.sin(tilt), np.cos(tilt)]])
        self._matrix = unit * turn

    def _at(self, points: ArrayLike) -> list[tuple[float, float]]:
        return [tuple(point) for point in np.asarray(points) @ self._matrix + self._centre]

    def polygon(self, points: ArrayLike, colour: Colour) -> None:
        self._draw.polygon(self._at(points), fill=colour)

    def ellipse(self, x: float, y: float, broad: float, high: float, colour: Colour) -> None:
        self.polygon(_CIRCLE * (broad, high) + (x, y), colour)

    def line(self, points: ArrayLike, colour: Colour, width: float = 0.05) -> None:
        pixels = max(1, round(width * self._unit))
        self._draw.line(self._at(points), fill=colour, width=pixels, joint="curve")


def _cat(pen: _Pen, rng: np.random.Generator) -> None:
    coat, dark, light = _coat(rng)
    tall, apart = rng.uniform(1.15, 1.5), rng.uniform(0.5, 0.65)
    for sign in (-1, 1):
        pen.polygon([(sign * 0.98, -0.1), (sign * 0.15, -0.85), (sign * apart, -tall)], coat)
        inner = [(sign * 0.8, -0.35), (sign * 0.35, -0.75), (sign * apart, 0.12 - tall)]
        pen.polygon(inner, (226, 150, 150))
    pen.ellipse(0, 0, 1, 0.95, coat)
    for x in (-0.25, 0, 0.25) if rng.random() < 0.5 else ():
        pen.line([(x, -0.9), (x * 0.8, -0.55)], dark, 0.08)
    iris = _rgb(rng.uniform(0.12, 0.45), 0.75, 0.85)
    for sign in (-1, 1):
        pen.ellipse(sign * 0.4, -0.12, 0.2, 0.19, iris)
        pen.ellipse(sign * 0.4, -0.12, 0.06, 0.17, (15, 15, 15))
        for slope in (-0.14, 0.06, 0.26):
            whisker = [(sign * 0.3, 0.36 + slope / 3), (sign * 1.2, 0.32 + slope)]
            pen.line(whisker, (240, 240, 240), 0.04)
    pen.ellipse(0, 0.45, 0.34, 0.22, light)
    pen.polygon([(-0.13, 0.24), (0.13, 0.24), (0, 0.4)], (200, 100, 110))
    pen.line([(-0.22, 0.48), (-0.1, 0.58), (0, 0.44), (0.1, 0.58), (0.22, 0.48)], (60, 40, 40))


def _dog(pen: _Pen, rng: np.random.Generator) -> None:
    coat, dark, light = _coat(rng)
    broad, long = rng.uniform(0.26, 0.36), rng.uniform(0.5, 0.7)
    pen.ellipse(0, 0, 0.82, 1.08, coat)
    if rng.random() < 0.4:
        pen.ellipse(0.33, -0.28, 0.27, 0.32, dark)
    for sign in (-1, 1):
        pen.ellipse(sign * 0.88, -0.1 + long / 3, broad, long, dark)
        pen.ellipse(sign * 0.33, -0.25, 0.14, 0.15, (245, 245, 245))
        pen.ellipse(sign * 0.33, -0.23, 0.1, 0.11, (35, 25, 20))
    pen.ellipse(0, 0.5, 0.5, 0.46, light)
    if rng.random() < 0.5:
        pen.ellipse(0, 0.86, 0.14, 0.24, (222, 110, 120))
    pen.line([(-0.26, 0.64), (0, 0.72), (0.26, 0.64)], (60, 40, 40))
    pen.ellipse(0, 0.3, 0.2, 0.14, (25, 20, 20))


def _coat(rng: np.random.Generator) -> tuple[Colour, Colour, Colour]:
    """Return a coat's colour, and a darker and a lighter one that go with it."""
    hue, saturation = rng.uniform(0.04, 0.13), rng.uniform(0, 0.75)
    value = rng.uniform(0.35, 0.95)
    return (
        _rgb(hue, saturation, value),
        _rgb(hue, saturation, 0.6 * value),
        _rgb(hue, 0.5 * saturation, min(1, value + 0.25)),
    )


def _rgb(hue: float, saturation: float, value: float) -> Colour:
    red, green, blue = colorsys.hsv_to_rgb(hue, saturation, value)
    return round(255 * red), round(255 * green), round(255 * blue)


def _background(rng: np.random.Generator, side: int) -> Image.Image:
    grid = rng.integers(30, 226, (5, 5, 3), dtype=np.uint8)
    return Image.fromarray(grid).resize((side, side), Image.Resampling.BICUBIC)


def _drawn_folder() -> Path:
    """Return the folder of drawings, made on the first call on this machine."""
    for parent in (cache_folder(), Path(tempfile.gettempdir())):
        folder = parent / DRAWN_FOLDER
        if _is_complete(folder):
            return folder
        try:
            parent.mkdir(parents=True, exist_ok=True)
            unfinished = Path(tempfile.mkdtemp(dir=parent, prefix=DRAWN_FOLDER))
        except OSError:
            continue
        make_pets_folder(unfinished, n_train=200)
        try:
            # At once or not at all: another notebook may be doing the same.
            unfinished.rename(folder)
        except OSError:
            if not _is_complete(folder):
                return unfinished
            shutil.rmtree(unfinished)
        return folder
    raise RuntimeError(
        f"No pictures can be saved: neither {cache_folder()} nor the temporary "
        "folder can be written to."
    )


def _is_complete(folder: Path) -> bool:
    return all((folder / split / name).is_dir() for split in SPLITS for name in CLASSES)


def _counted(folder: Path) -> str:
    train, validation, test = (sum(1 for _ in (folder / split).glob("*/*.jpg")) for split in SPLITS)
    return f"{train:,} for training, {validation:,} for validation, {test:,} for testing"
