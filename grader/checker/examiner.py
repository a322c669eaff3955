"""Examine one submission: its runner answers, a checker process asks, we pass on both."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from typing import Any

from grader.checker.channel import ChannelClosed
from grader.checker.judge import Outcome, judge, lost
from grader.checker.process import CheckerProcess
from grader.checker.testcell import PlainTest
from grader.runner import Limits, Remote, UnencodableError


class Examiner:
    """Examines the plain test cells of one submission; give it to `RunnerPool.submit`.

    Parameters
    ----------
    tests : dict
        Test cells by grade id, which is also the id of their `ServeStep`.
    written : collection of str
        Names the student's code defines. The notebook's own helpers of these names are used all
        the same, and the instructor is told.
    limits : Limits
        Of the checker process; `cell_seconds` is the most it computes for one test cell.
    seed : int
        For random numbers in test cells.

    Attributes
    ----------
    outcomes : dict
        `Outcome` of each test cell that was reached.
    """

    def __init__(
        self,
        tests: Mapping[str, PlainTest],
        written: Collection[str],
        limits: Limits,
        seed: int,
    ) -> None:
        self._tests = tests
        self._written = frozenset(written)
        self._limits = limits
        self._seed = seed
        self._process: CheckerProcess | None = None
        self.outcomes: dict[str, Outcome] = {}

    def __call__(self, grade_id: str, remote: Remote) -> None:
        """Examine one test cell while the run waits."""
        if grade_id in self.outcomes:  # the run is repeated: never mix what two runs earned
            self.outcomes.clear()
        test = self._tests[grade_id]
        try:
            done = self._examine(test, remote)
        except TimeoutError:
            self.close()
            seconds = self._limits.cell_seconds
            self.outcomes[grade_id] = lost(test, f"it took longer than {seconds:g} seconds")
        except ChannelClosed as error:
            self.close()
            self.outcomes[grade_id] = lost(test, f"the checker process ended: {error}")
        except BaseException:  # the run was lost: nobody waits for the answer any more
            self.close()
            raise
        else:
            self.outcomes[grade_id] = judge(test, done, self._written)

    def close(self) -> None:
        """End the checker process, if there is one."""
        process, self._process = self._process, None
        if process is not None:
            process.close()

    def _examine(self, test: PlainTest, remote: Remote) -> dict[str, Any]:
        if self._process is None:
            self._process = CheckerProcess(self._limits)
        process = self._process
        process.send(_message(test, self._seed))
        left = self._limits.cell_seconds
        while True:
            began = time.monotonic()
            message = process.receive(left)
            left -= time.monotonic() - began
            if "done" in message:
                return message["done"]
            process.send(_answer(message, remote))


def _message(test: PlainTest, seed: int) -> dict[str, Any]:
    given = [
        {
            "cell": one.cell,
            "source": one.source,
            "index": one.index,
            "binds": sorted(one.binds),
            "replaceable": one.replaceable,
        }
        for one in test.given
    ]
    return {
        "grade_id": test.grade_id,
        "source": test.source,
        "names": list(test.names),
        "given": given,
        "seed": seed,
    }


def _answer(message: dict[str, Any], remote: Remote) -> dict[str, Any]:
    """Ask the runner what the checker process wants to know."""
    name = message["name"]
    if message["ask"] == "value":
        answer = remote.value(name)
        return {"kind": answer.kind, "type_name": answer.type_name, "value": answer.value}
    try:
        result = remote.call(name, message["args"], message["kwargs"])
    except UnencodableError as error:
        return {"kind": "unencodable", "type_name": error.type_name}
    return {
        "kind": result.kind,
        "type_name": result.type_name,
        "value": result.value,
        "error_name": result.error_name,
        "error_bases": result.error_bases,
        "message": result.message,
    }
