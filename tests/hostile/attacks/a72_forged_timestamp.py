"""72. `timestamp.txt` with a date that is none."""

import json

STOCK = "the student fails"
SAFE = False


def plant(folder, notebook):
    (folder / "ps1.ipynb").write_bytes(json.dumps(notebook).encode())
    (folder / "timestamp.txt").write_text("yesterday, I swear")
