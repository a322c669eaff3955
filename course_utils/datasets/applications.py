"""The table of pretrained networks that the Keras documentation printed in 2019."""

from __future__ import annotations

import csv
from importlib import resources
from typing import NamedTuple


class Application(NamedTuple):
    """One row. Accuracies are on the ImageNet validation set; None where the table has a dash."""

    model: str
    size_mb: int
    top1: float
    top5: float
    params: int
    depth: int | None
    input_size: int


def applications_table() -> list[Application]:
    """Return the 20 rows, in the order in which they were printed.

    The numbers are the table's own; ``keras.applications`` of today is counted beside them in
    the notebook on residual networks. `input_size` is the default height and width of the
    images.

    >>> rows = {row.model: row for row in applications_table()}
    >>> len(rows), rows["VGG16"].params, rows["ResNet50"].depth
    (20, 138357544, None)
    """
    file = resources.files("course_utils") / "applications_2019.csv"
    rows = csv.DictReader(file.read_text(encoding="utf-8").splitlines())
    return [_row(**row) for row in rows]


def _row(model: str, depth: str, **numbers: str) -> Application:
    return Application(
        model,
        size_mb=int(numbers["size_mb"]),
        top1=float(numbers["top1"]),
        top5=float(numbers["top5"]),
        params=int(numbers["params"]),
        depth=int(depth) if depth else None,
        input_size=int(numbers["input_size"]),
    )
