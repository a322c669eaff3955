"""What goes into a run and what comes out of it: plain frozen dataclasses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MIB = 1024 * 1024


@dataclass(frozen=True)
class Limits:
    """Budgets of one run. Times in seconds, sizes in bytes.

    Attributes
    ----------
    wall_seconds, cpu_seconds : the whole run; CPU time is summed over all its processes.
    cell_seconds, call_seconds : one cell; one call of a student's function.
    memory_bytes : address space of each process, and memory of all of them together.
    processes : processes and threads alive at once.
    file_bytes, scratch_bytes : largest file; everything written to disk.
    output_bytes, answer_bytes : all cell outputs; all answer values of the run.

    Raises
    ------
    ValueError
        If a budget is not positive: to the kernel, 0 means no limit in places.
    """

    wall_seconds: float = 300.0
    cell_seconds: float = 60.0
    cpu_seconds: int = 300
    memory_bytes: int = 4096 * MIB
    processes: int = 128
    file_bytes: int = 64 * MIB
    scratch_bytes: int = 256 * MIB
    output_bytes: int = 1 * MIB
    answer_bytes: int = 32 * MIB
    call_seconds: float = 10.0

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if not value > 0:
                raise ValueError(f"{name} must be more than 0, not {value}")


@dataclass(frozen=True)
class CellStep:
    """Run `source` as a notebook cell; an error is recorded and the next step runs."""

    id: str
    source: str


@dataclass(frozen=True)
class Call:
    """Arguments for one call of a student's function.

    With `through`, the dotted name of a function that the runner can import, that function is
    called in its place, as ``through(function, *args, **kwargs)``.
    """

    args: tuple = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    through: str = ""


@dataclass(frozen=True)
class AnswerStep:
    """Send the value of variable `name`; if it is callable, call it once per entry of `calls`.

    Of a value that cannot be sent, those of `calls` are made that go through another function.
    """

    id: str
    name: str
    calls: tuple[Call, ...] = ()


@dataclass(frozen=True)
class ServeStep:
    """Let the examiner ask for values and calls of `names` until it returns."""

    id: str
    names: tuple[str, ...] = ()


Step = CellStep | AnswerStep | ServeStep


@dataclass(frozen=True)
class Job:
    """Steps of one submission, run in order in one process of its own.

    Raises
    ------
    ValueError
        If two steps share an id, or `seed` does not fit in 32 bits.
    """

    steps: tuple[Step, ...]
    limits: Limits = Limits()
    seed: int = 0

    def __post_init__(self) -> None:
        ids = [step.id for step in self.steps]
        repeated = sorted({name for name in ids if ids.count(name) > 1})
        if repeated:
            raise ValueError(f"step ids must differ, but {repeated[0]!r} appears more than once")
        if not 0 <= self.seed < 2**32:
            raise ValueError(f"seed must be between 0 and 2**32 - 1, not {self.seed}")


@dataclass(frozen=True)
class CallResult:
    """What one call of a student's function gave.

    `kind` is "value", "unanswered" (it returned `...`), "error", "timeout", "unencodable" (the
    value has a type that may not leave the runner; see `type_name`) or "not_reached".
    For an error, `error_bases` are the builtin exception classes it derives from, most specific
    first: a student's own subclass of ValueError still has "ValueError" among them.
    """

    kind: str
    value: Any = None
    type_name: str = ""
    error_name: str = ""
    error_bases: tuple[str, ...] = ()
    message: str = ""
    seconds: float = 0.0

    @property
    def not_implemented(self) -> bool:
        """True if the function is still a stub that raises NotImplementedError."""
        return self.kind == "error" and "NotImplementedError" in self.error_bases


@dataclass(frozen=True)
class Answer:
    """What a variable held.

    `kind` is "value", "callable" (`results` has one entry per call), "absent" (no such variable),
    "unanswered" (`...`), "unencodable", "timeout" (reading it took too long) or "not_reached".
    For a callable, `detail` names the module it says it comes from. An unencodable value has
    `results` of the calls that went through another function.
    """

    kind: str
    value: Any = None
    type_name: str = ""
    results: tuple[CallResult, ...] = ()
    detail: str = ""


@dataclass(frozen=True)
class CellOutcome:
    """How one cell went.

    `status` is "ok", "error", "timeout" or "not_reached". `outputs` are nbformat 4 output
    dictionaries holding only streams, errors, text/plain and image/png.
    """

    status: str
    outputs: list[dict[str, Any]] = field(default_factory=list)
    error_name: str = ""
    error_message: str = ""
    seconds: float = 0.0


@dataclass(frozen=True)
class RunResult:
    """Everything one run gave, however it ended.

    `ended` is "finished", "wall_time", "cpu_time", "memory", "output", "exited" (the student's
    code left the process), "killed" or "crashed"; `detail` says it in a sentence. `cells` and
    `answers` have an entry for every such step of the job, also for those not reached.
    """

    cells: dict[str, CellOutcome]
    answers: dict[str, Answer]
    ended: str
    detail: str = ""
    wall_seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_bytes: int = 0
