"""Run a solution notebook from top to bottom and keep clean, repeatable outputs."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path

from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from grader.release.sources import SourceError

CELL_TIMEOUT = 600
QUIET = {
    "COURSE_DATA": "offline",
    "CUDA_VISIBLE_DEVICES": "-1",
    "PYTHONHASHSEED": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "TF_ENABLE_ONEDNN_OPTS": "0",
}
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LIST_MODULES = """\
import json as _json, sys as _sys
print(_json.dumps(sorted(name for name in _sys.modules if name.split(".")[0] == "course_utils")))"""


def execute(notebook: NotebookNode, path: Path) -> list[str]:
    """Run `notebook` in place, in the folder of `path`.

    Returns
    -------
    list of str
        The ``course_utils`` modules it imported.

    Raises
    ------
    SourceError
        When a cell fails or writes to stderr: readers must not see log noise.
    """
    notebook.cells.append(new_code_cell(_LIST_MODULES, id="modules"))
    client = NotebookClient(
        notebook,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        resources={"metadata": {"path": str(path.parent)}},
        store_widget_state=False,
        record_timing=False,
        extra_arguments=["--log-level=ERROR"],
    )
    before = dict(os.environ)
    os.environ.update(QUIET)
    try:
        client.execute()
    except CellExecutionError as error:
        message = _COLOURS.sub("", str(error))
        raise SourceError(f"{path}: a cell of the solution fails.\n{message}") from None
    finally:
        os.environ.clear()
        os.environ.update(before)
    # The kernel reports its exact Python version, which differs from machine to machine.
    notebook.metadata.language_info = NotebookNode(name="python")
    modules = json.loads(notebook.cells.pop().outputs[0].text)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_clean(path, cell, output) for output in cell.outputs]
    return modules


def fingerprint(root: Path, source: Path, modules: list[str]) -> str:
    """Return a hash of all that an executed notebook depends on: source and imported modules."""
    digest = hashlib.sha256()
    files = [source, source.parent / "exercises.py"]
    for name in modules:
        module = root.joinpath(*name.split("."))
        files.append(module / "__init__.py" if module.is_dir() else module.with_suffix(".py"))
    for file in files:
        digest.update(file.read_bytes() if file.is_file() else b"missing")
    return digest.hexdigest()


def _clean(path: Path, cell: NotebookNode, output: NotebookNode) -> NotebookNode:
    if output.output_type == "stream" and output.name == "stderr":
        raise SourceError(f"{path}: cell {cell.id!r} writes to stderr: {output.text[:300]}")
    # A widget's view refers to a random model id that is gone with the kernel.
    output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    if output.output_type == "execute_result":
        output.execution_count = cell.execution_count
    return output
