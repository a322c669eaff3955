"""10. Points, lock and checksum of test cells changed, their text replaced."""

from tests.hostile.course import tests

STOCK = "restored"
SAFE = True


def change(notebook):
    for cell in tests(notebook):
        cell["source"] = "100"
        cell["metadata"]["nbgrader"].update(points=100, locked=False, checksum="0" * 32)
