"""67. Files with newlines, backslashes and 255 bytes in their names."""

import json

STOCK = "paths are joined as they are"
SAFE = True
BASE, HONEST = "right", 4.0


def plant(folder, notebook):
    (folder / "ps1.ipynb").write_bytes(json.dumps(notebook).encode())
    for name in ("new\nline.txt", "back\\slash", "x" * 250, "\u202egnp.txt", "CON", "a:b"):
        (folder / name).write_text("x")
