"""How applications save a notebook, and what students do to one: pure functions on its JSON."""

from __future__ import annotations

import copy
import json
from typing import Any

Notebook = dict[str, Any]


def cell_of(notebook: Notebook, grade_id: str) -> dict[str, Any]:
    """Return the first cell with this grade id."""
    return next(
        cell
        for cell in notebook["cells"]
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == grade_id
    )


def jupyter(notebook: Notebook) -> bytes:
    """Save as JupyterLab does: format 4.5 with cell ids."""
    return json.dumps(notebook, indent=1).encode()


def colab(notebook: Notebook, account: str = "Dora Example") -> bytes:
    """Save as Colab does: format 4.0, no cell ids, the account's name in the metadata."""
    saved = copy.deepcopy(notebook)
    saved["nbformat_minor"] = 0
    saved["metadata"] = {
        "colab": {"provenance": [], "toc_visible": True},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
    }
    for number, cell in enumerate(saved["cells"]):
        cell["metadata"]["id"] = cell.pop("id", f"c{number}")
        if cell["cell_type"] == "code":
            cell["metadata"]["executionInfo"] = {
                "status": "ok",
                "user": {"displayName": account, "userId": "01234567890123456789"},
            }
            cell["metadata"]["outputId"] = f"out-{number}"
    return jupyter(saved)


def vs_code(notebook: Notebook) -> bytes:
    """Save as VS Code does: format 4.2, no cell ids, a language id on each code cell."""
    saved = copy.deepcopy(notebook)
    saved["nbformat_minor"] = 2
    saved["metadata"] = {
        "kernelspec": {"display_name": ".venv", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.12.3"},
    }
    for cell in saved["cells"]:
        cell.pop("id", None)
        if cell["cell_type"] == "code":
            cell["metadata"]["vscode"] = {"languageId": "python"}
    return jupyter(saved)


def cut_off(notebook: Notebook) -> bytes:
    """Save only the first half of the file, as a broken upload does."""
    data = jupyter(notebook)
    return data[: len(data) // 2]


def with_duplicate(notebook: Notebook, grade_id: str) -> Notebook:
    """Copy and paste one cell, metadata and all."""
    changed = copy.deepcopy(notebook)
    index = changed["cells"].index(cell_of(changed, grade_id))
    twin = copy.deepcopy(changed["cells"][index])
    twin["id"] = f"{grade_id}-copy"[:64]
    changed["cells"].insert(index + 1, twin)
    return changed


def without(notebook: Notebook, grade_id: str) -> Notebook:
    """Delete one cell."""
    changed = copy.deepcopy(notebook)
    changed["cells"].remove(cell_of(changed, grade_id))
    return changed


def turned_to_text(notebook: Notebook, grade_id: str) -> Notebook:
    """Turn one code cell into a text cell."""
    changed = copy.deepcopy(notebook)
    cell = cell_of(changed, grade_id)
    cell["cell_type"] = "markdown"
    cell.pop("outputs", None)
    cell.pop("execution_count", None)
    return changed
