"""19. Cells without metadata, outputs or ids, and one whose source is a dictionary."""

STOCK = "the student fails"
SAFE = True


def change(notebook):
    for cell in notebook["cells"]:
        for field in ("id", "outputs", "execution_count", "metadata"):
            cell.pop(field, None)
    notebook["cells"].append({"cell_type": "code", "source": {"a": "pass"}})
