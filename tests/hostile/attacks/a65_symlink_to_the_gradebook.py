"""65. The submission is a link to the gradebook."""

STOCK = "copied into the student's folder"
SAFE = True


def plant(folder, notebook):
    (folder / "ps1.ipynb").symlink_to(folder.parents[2] / "gradebook.db")
