"""Count the weights and layers of the 20 networks of the lecture's table.

Usage: ``python benchmarks/applications_counts.py`` (one to two minutes, 2 GB of memory). Writes
course_utils/applications_counts.csv. Nothing is downloaded: the networks are built with random
weights.
"""

from __future__ import annotations

import csv
import os
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")

from course_utils.architectures.applications import COUNTS_FILE, NetworkCounts, count_network
from course_utils.datasets.applications import applications_table

FILE = Path(__file__).parents[1] / "course_utils" / COUNTS_FILE


def main() -> None:
    """Count every network and write the file."""
    rows = []
    for row in applications_table():
        rows.append(count_network(row.model))
        print(f"{row.model:18} {rows[-1].params:>11,}", flush=True)
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(NetworkCounts._fields)
        writer.writerows(rows)


if __name__ == "__main__":
    main()
