"""Run untrusted notebook code: isolated, bounded, a few milliseconds after it is asked for.

Trusted side, in the grader's process:
``job``           what a run is given and gives back
``pool``          `RunnerPool`: many runs in parallel, restarts, retries
``launch``        starts the zygote and sends it runs
``conversation``  requests to one run, bounded replies, its end
``remote``        values and calls of one run; what an examiner works with
``replies``       replies into results
``conditions``  a digest of what all runs on a machine share
``verdict``       how a run ended, in words
``machine``       what isolation this machine offers, tried before every grading
``attempts``      what is tried to break out

Both sides:
``wire``, ``encode``, ``decode``  the only form in which values cross
``outputs``       what a cell's output may be
``rootfs``        the file system student code sees

Untrusted side, in a process that never has the rest of `grader`:
``zygote``        entry point: imports everything, then forks
``supervise``     its loop: forks, watches, ends, reports
``isolation``, ``limits``, ``linux``  namespaces, users, budgets, system calls
``landlock``, ``seccomp``, ``guard``  a second wall, and the only one where namespaces are refused
``session``       answers requests inside the student's process
``shell``, ``recorder``, ``figures``, ``timeout``  a notebook kernel without the messaging
"""

from .decode import DecodeError
from .encode import UnencodableError
from .job import (
    Answer,
    AnswerStep,
    Call,
    CallResult,
    CellOutcome,
    CellStep,
    Job,
    Limits,
    RunResult,
    ServeStep,
)
from .launch import DEFAULT_PRELOAD, RunnerError
from .machine import (
    ISOLATION_SETTINGS,
    IsolationReport,
    IsolationUnavailable,
    describe_isolation,
)
from .pool import RunnerPool
from .remote import Remote

__all__ = [
    "DEFAULT_PRELOAD",
    "ISOLATION_SETTINGS",
    "Answer",
    "AnswerStep",
    "Call",
    "CallResult",
    "CellOutcome",
    "CellStep",
    "DecodeError",
    "IsolationReport",
    "IsolationUnavailable",
    "Job",
    "Limits",
    "Remote",
    "RunResult",
    "RunnerError",
    "RunnerPool",
    "ServeStep",
    "UnencodableError",
    "describe_isolation",
]
