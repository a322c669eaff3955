"""Run the course's experiments on real pictures and write docs/real-data.md.

Usage: ``python benchmarks/real_data.py FOLDER`` (about 25 minutes on two cores). FOLDER holds
``keras-home`` (with ``datasets/mnist.npz`` and the MobileNet weights in ``models``),
``dogs-vs-cats`` (train, validation and test, each with cats and dogs) and
``cifar10/cifar10-jpeg.tar.xz``. With names of experiments behind the folder only these are run,
and the others keep their rows.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "real-data.md"
ROWS = ROOT / "benchmarks" / "real_data.json"
HEAD = """\
# The same ideas on real pictures

Offline the notebooks use small stand-ins. This table was written by
`python benchmarks/real_data.py FOLDER` from runs on the real data; nothing in it is typed. Seed
0 everywhere, {cores} CPU cores, Keras {keras}. "Train" and "validation" are the accuracies after
the last epoch; the best epoch's, chosen afterwards, stands beside them. "2019" is what the course's
notebooks of that year reached with their own networks; theirs were larger in places, so the column
is for orientation.

* CIFAR-10 is read from JPEG copies of the images (the original archive was not at hand), of which
  the first 8,000 train and 2,000 test.
* Weights of VGG16 were not at hand: the rows of transfer learning use MobileNet with a quarter of
  its channels, trained on ImageNet, on pictures enlarged to 150×150. Seconds include its
  features, and are of a machine with other work on it.

"""
COLUMNS = (
    "notebooks", "network", "training images", "weights", "epochs", "seconds", "train",
    "validation", "best epoch", "2019",
)  # fmt: skip
NOTEBOOKS = {
    "lenet": "06",
    "depth": "07, 08",
    "augmentation": "05",
    "cats_and_dogs": "04, 05, 12",
    "cifar10": "12",
}


def page(rows: dict[str, list[dict]]) -> str:
    """Return the page for all rows, by experiment."""
    text = HEAD.format(cores=os.cpu_count(), keras=version("keras"))
    text += f"| {' | '.join(COLUMNS)} |\n|{'---|' * len(COLUMNS)}\n"
    for name, notebooks in NOTEBOOKS.items():
        for row in rows.get(name, []):
            cells = (
                notebooks, row["network"], row["images"], f"{row['weights']:,}", row["epochs"],
                f"{row['seconds']:g}", f"{row['train']:.3f}", f"**{row['validation']:.3f}**",
                f"{row['best']:.3f}", row["course_2019"],
            )  # fmt: skip
            text += f"| {' | '.join(map(str, cells))} |\n"
    return text


def main(folder: Path, names: list[str]) -> None:
    """Run experiments, and write the page after each."""
    with tempfile.TemporaryDirectory() as scratch:
        # Keras reads these when it is imported, and writes into its home: it gets a copy.
        home = Path(scratch, "keras-home")
        shutil.copytree(folder / "keras-home", home, copy_function=shutil.copyfile)
        os.environ |= {
            "KERAS_HOME": str(home),
            "COURSE_DATA": "online",
            "TF_CPP_MIN_LOG_LEVEL": "3",
        }
        from real_experiments import EXPERIMENTS

        rows = json.loads(ROWS.read_text()) if ROWS.is_file() else {}
        for name in names or NOTEBOOKS:
            rows[name] = [row._asdict() for row in EXPERIMENTS[name](folder)]
            ROWS.write_text(json.dumps(rows, indent=1) + "\n")
            PAGE.write_text(page(rows), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(f"Say where the data are: python {sys.argv[0]} FOLDER")
    main(Path(sys.argv[1]), sys.argv[2:])
