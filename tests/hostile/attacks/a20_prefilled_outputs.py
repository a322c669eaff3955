"""20. Outputs that show full marks are already there."""

from tests.hostile.course import tests

STOCK = "cleared"
SAFE = True


def change(notebook):
    for cell in tests(notebook):
        cell["outputs"] = [
            {
                "output_type": "execute_result",
                "execution_count": 1,
                "metadata": {},
                "data": {"text/plain": "2"},
            }
        ]
