"""14. The kernel is swapped for bash."""

STOCK = "the student's kernel is used"
SAFE = True


def change(notebook):
    notebook["metadata"]["kernelspec"] = {"name": "bash", "language": "bash", "display_name": "x"}
    notebook["metadata"]["language_info"] = {"name": "bash"}
