"""17. A byte order mark, bytes that are no UTF-8, NUL characters and lone surrogates around right
answers.
"""

import json

STOCK = "the student fails"
SAFE = True
BASE, HONEST = "right", 4.0


def write(notebook):
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "odd", "metadata": {}, "source": "\ud800 \x00"}
    )
    text = json.dumps(notebook).encode()
    return b"\xef\xbb\xbf" + text.replace(b"Problem set", b"Problem \xff set")
