"""Drills on the size of data: bytes of a data set, batches of an epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.arithmetic import dataset_bytes, steps_per_epoch
from course_utils.drills.template import Template, WrongFormula

_SIDES, _DTYPES = (96, 128, 150, 160, 224), ("uint8", "float32", "float64")
_BATCHES = (10, 16, 20, 32, 50, 64)
_CHANNELS = 3


def _memory_variables(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "images": 1000 * int(rng.integers(5, 61)),
        "side": _SIDES[int(rng.integers(len(_SIDES)))],
        "dtype": _DTYPES[int(rng.integers(len(_DTYPES)))],
    }


def _memory_prompt(images: int, side: int, dtype: str) -> str:
    return (
        f"{images:,} colour images of {side}×{side} pixels as one array of {dtype}: how many bytes?"
    )


def _memory_answer(images: int, side: int, dtype: str) -> int:
    return dataset_bytes(images, side, side, _CHANNELS, dtype)


def _memory_wrong(images: int, side: int, dtype: str) -> list[WrongFormula]:
    right, size = _memory_answer(images, side, dtype), np.dtype(dtype).itemsize
    units = "The question asks for bytes, not for kilobytes, megabytes or gigabytes."
    wrong = [
        WrongFormula(
            "forgot the channels",
            right // _CHANNELS,
            "A colour image has three channels.",
        ),
        WrongFormula(
            "forgot the bytes per value",
            right // size,
            f"Those are the values. How many bytes does one {dtype} take?",
        ),
        WrongFormula(
            "forgot channels and bytes",
            right // size // _CHANNELS,
            "Those are the pixels: three channels each, and each value takes some bytes.",
        ),
        WrongFormula("counted one image", right // images, "That is one image."),
        WrongFormula("counted bits", 8 * right, "Those are bits; a byte has eight of them."),
    ]
    other = {"uint8": "float32", "float32": "float64", "float64": "float32"}[dtype]
    hint = f"That is {other}. What does {dtype} take?"
    wrong.append(WrongFormula("took another dtype", _memory_answer(images, side, other), hint))
    for label, unit in (("MiB", 2**20), ("GiB", 2**30), ("MB", 10**6), ("GB", 10**9)):
        if right % unit == 0:
            wrong.append(WrongFormula(f"gave {label}", right // unit, units))
    return wrong


def _memory_solution(images: int, side: int, dtype: str) -> str:
    size = np.dtype(dtype).itemsize
    return (
        f"images × height × width × channels × bytes per value = {images} · {side} · {side} · "
        f"{_CHANNELS} · {size} = {_memory_answer(images, side, dtype):,} bytes"
    )


def _steps_variables(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "images": int(rng.integers(500, 5001)),
        "batch": _BATCHES[int(rng.integers(len(_BATCHES)))],
        "epochs": int(rng.integers(2, 21)),
    }


def _steps_prompt(images: int, batch: int, epochs: int) -> str:
    return (
        f"{images:,} images in batches of {batch}, for {epochs} epochs: how many batches in one "
        "epoch, and how many in all? Answer with a list of two numbers."
    )


def _steps_answer(images: int, batch: int, epochs: int) -> tuple[int, int]:
    steps = steps_per_epoch(images, batch)
    return steps, epochs * steps


def _steps_wrong(images: int, batch: int, epochs: int) -> list[WrongFormula]:
    full = images // batch
    steps = steps_per_epoch(images, batch)
    return [
        WrongFormula(
            "dropped the last batch",
            (full, epochs * full),
            "The last, smaller batch counts: round up.",
        ),
        WrongFormula(
            "one long epoch",
            (steps, steps_per_epoch(epochs * images, batch)),
            "Every epoch ends with a smaller batch of its own: round up first, then multiply.",
        ),
        WrongFormula("multiplied", (images * batch, epochs * images * batch), "Divide."),
        WrongFormula(
            "forgot the epochs",
            (steps, steps),
            "The second number is for all epochs together.",
        ),
    ]


def _steps_solution(images: int, batch: int, epochs: int) -> str:
    steps, total = _steps_answer(images, batch, epochs)
    return (
        f"one epoch: {images} / {batch} = {images / batch:g}, rounded up {steps}\n"
        f"all epochs: {epochs} · {steps} = {total}"
    )


TEMPLATES = {
    "drill_dataset_memory": Template(
        variables=_memory_variables,
        prompt=_memory_prompt,
        answer=_memory_answer,
        wrong=_memory_wrong,
        solution=_memory_solution,
        spec={"type": "number"},
    ),
    "drill_steps": Template(
        variables=_steps_variables,
        prompt=_steps_prompt,
        answer=_steps_answer,
        wrong=_steps_wrong,
        solution=_steps_solution,
        spec={"type": "number_list", "length": 2},
    ),
}
