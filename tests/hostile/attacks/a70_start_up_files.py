"""70. Files that Python, IPython, Keras and pytest read when they start."""

import json

STOCK = "read where tools look"
SAFE = True


def plant(folder, notebook):
    (folder / "ps1.ipynb").write_bytes(json.dumps(notebook).encode())
    owned = "open('/tmp/owned-by-startup', 'w')\n"
    for name in (
        "sitecustomize.py",
        "usercustomize.py",
        "conftest.py",
        "ipython_config.py",
        "nbgrader_config.py",
        "jupyter_config.py",
    ):
        (folder / name).write_text(owned)
    (folder / "keras.json").write_text("{")
