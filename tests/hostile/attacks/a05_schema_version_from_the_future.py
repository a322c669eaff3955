"""5. `schema_version: 99` in nbgrader's metadata."""

STOCK = "aborts the class"
SAFE = True


def change(notebook):
    for cell in notebook["cells"]:
        cell["metadata"].get("nbgrader", {}).update(schema_version=99)
