"""What is known of one submitted notebook when it is graded."""

from __future__ import annotations

from dataclasses import dataclass

from grader.intake import Rebuilt
from grader.plugins.plan import Verdicts
from grader.plugins.skeletons import Released
from grader.runner import RunResult


@dataclass(frozen=True)
class Graded:
    """Everything known about one submitted notebook."""

    released: Released
    rebuilt: Rebuilt
    unreadable: bool
    result: RunResult
    verdicts: Verdicts
    known: bool = False
    """The answers were kept from an earlier, equal run."""
    notes: tuple[tuple[str, str], ...] = ()
    """For the instructor: grade id of a test cell, and what is odd about its outcome."""

    @property
    def needs_review(self) -> bool:
        """True when a person must look: unreadable, the machine failed, or a verdict says so."""
        unsure = any(one.needs_review for verdicts in self.verdicts.values() for one in verdicts)
        return self.unreadable or self.result.ended == "killed" or unsure
