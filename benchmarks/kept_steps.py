"""The steps of a run that takes hours, each kept when it is done: a cut run can be resumed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from measured_command import Measured

Table = dict[str, Measured]


class KeptSteps:
    """Steps by name, in a file.

    Parameters
    ----------
    path : Path
        The file, written after every step.
    settings : dict
        Everything that a step's numbers depend on, as text and numbers.
    resume : bool
        Whether to keep the steps that the file has; else it is begun anew.
    anew : str
        What to measure again, with changed code: steps named "...: what ..." of older code are
        not kept, and all others are.

    Raises
    ------
    RuntimeError
        When the file to resume was measured with other settings; it is left as it is.
    """

    def __init__(self, path: Path, settings: dict[str, Any], *, resume: bool, anew: str = ""):
        self._path, self._settings = path, settings
        self._steps: dict[str, dict[str, Any]] = {}
        if not (resume and path.exists()):
            return
        said = json.loads(path.read_text(encoding="utf-8"))
        before = said["settings"]
        other = [name for name in settings if before.get(name) != settings[name]]
        if anew and other == ["code"]:
            other = []
        if other:
            raise RuntimeError(
                f"{path} cannot be resumed: {', '.join(other)} changed since. Without --resume "
                "everything is measured anew."
            )
        steps = {name: {"code": before["code"], **one} for name, one in said["steps"].items()}
        self._steps = {
            name: one
            for name, one in steps.items()
            if one["code"] == settings["code"] or _what(name) != anew
        }

    def step(self, name: str, measure: Callable[[], Table]) -> Table:
        """Return what the step of this `name` gave, measuring it if it is not kept."""
        if name not in self._steps:
            costs = {situation: asdict(cost) for situation, cost in measure().items()}
            ended = datetime.now(UTC).isoformat(timespec="minutes")
            self._steps[name] = {"ended": ended, "code": self._settings["code"], "costs": costs}
            self._save()
        return {key: Measured(**cost) for key, cost in self._steps[name]["costs"].items()}

    def days(self) -> list[str]:
        """Return the days on which steps ended, each once, as 2026-11-30."""
        return sorted({step["ended"][:10] for step in self._steps.values()})

    def older(self) -> list[str]:
        """Return what was measured before the code changed."""
        code = self._settings["code"]
        return sorted({_what(name) for name, step in self._steps.items() if step["code"] != code})

    def _save(self) -> None:
        whole = {"settings": self._settings, "steps": self._steps}
        beside = self._path.with_suffix(".new")
        beside.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")
        os.replace(beside, self._path)


def _what(name: str) -> str:
    """Return what a step measured: growth for "round 1.2: growth 03_max_pooling 40"."""
    return name.partition(": ")[2].partition(" ")[0]
