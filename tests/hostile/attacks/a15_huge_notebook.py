"""15. Ninety megabytes of text in one cell."""

STOCK = "read several times"
SAFE = False


def change(notebook):
    notebook["cells"].append(
        {"cell_type": "markdown", "id": "big", "metadata": {}, "source": "x" * 90_000_000}
    )
