"""66. A dangling link, a pipe and a folder that cannot be read lie beside the notebook."""

import json
import os

STOCK = "the student fails"
SAFE = False


def plant(folder, notebook):
    (folder / "ps1.ipynb").write_bytes(json.dumps(notebook).encode())
    (folder / "dangling").symlink_to("/nowhere/at/all")
    os.mkfifo(folder / "pipe")
    (folder / "closed").mkdir(mode=0o000)
