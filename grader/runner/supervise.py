"""The zygote's loop: fork a child per request, watch all of them, report how each ended.

It reads nothing that student code can write except process statistics from the kernel.
"""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from . import isolation
from .job import Limits
from .limits import Usage, disk_bytes, end_strays, usage_by_run, written_bytes

_WATCH_SECONDS = 0.25
_LONGEST_PAUSE = 1.0
_START_SECONDS = 5.0
_REWRITES = 4


@dataclass
class _Run:
    """One child and what is known about it."""

    pid: int
    status: socket.socket
    limits: Limits
    started: float
    end_signal: signal.Signals
    cause: str = ""
    usage: Usage | None = None
    closed: set[int] = field(default_factory=set)

    def stop(self) -> None:
        """End the run as the grader asked."""
        try:
            self.status.recv(16)  # left unread it would destroy our report
        except OSError:
            pass  # the grader has gone
        self.kill("stopped")

    def kill(self, cause: str) -> None:
        """End the run; the first cause is the one that is reported."""
        self.cause = self.cause or cause
        try:
            os.kill(self.pid, self.end_signal)
        except ProcessLookupError:
            pass  # reaped in a moment


class Supervisor:
    """Serves requests on `control` until the grader closes it.

    A request is JSON {"slot": int, "limits": {...}, "seed": int} with two sockets: one for the
    child's conversation with the grader, one for the report on how the run ended. Anything the
    grader sends on the second one, and closing it, ends the run.
    """

    def __init__(
        self,
        control: socket.socket,
        fork: Callable[[], int],
        become_runner: Callable[[socket.socket, dict], None],
        home: str,
        end_signal: signal.Signals,
    ) -> None:
        self._control = control
        self._fork = fork
        self._become_runner = become_runner
        self._home = home
        self._end_signal = end_signal
        self._runs: dict[int, _Run] = {}
        self._next_watch = 0.0
        self._wake, wake_end = socket.socketpair()
        for end in (self._wake, wake_end):
            end.setblocking(False)
        self._wake_end = wake_end

    def serve(self) -> None:
        """Loop until the control socket closes; the process should then end at once."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self._wake_end.fileno(), warn_on_full_buffer=False)
        while True:
            poll = select.poll()
            for source in (self._control, self._wake):
                poll.register(source, select.POLLIN)
            by_status = {run.status.fileno(): run for run in self._runs.values() if not run.cause}
            for descriptor in by_status:
                poll.register(descriptor, select.POLLIN)
            timeout = max(0.0, self._next_watch - time.monotonic()) if self._runs else None
            for descriptor, _ in poll.poll(None if timeout is None else timeout * 1000 + 1):
                if descriptor == self._wake.fileno():
                    self._wake.recv(4096)
                elif descriptor in by_status:
                    by_status[descriptor].stop()
                elif not self._accept():
                    return
            self._reap()
            if self._runs and time.monotonic() >= self._next_watch:
                self._watch()

    def _accept(self) -> bool:
        """Start the requested run; return False if the grader has gone."""
        data, descriptors, _, _ = socket.recv_fds(self._control, 4096, 2)
        if not data:
            return False
        connection, status = (socket.socket(fileno=number) for number in descriptors)
        request = json.loads(data)
        isolation.assert_one_thread()
        pid = self._fork()
        if pid == 0:
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            self._become_runner(connection, request)  # never returns
        connection.close()
        limits = Limits(**request["limits"])
        now = time.monotonic()
        self._runs[pid] = _Run(pid, status, limits, now, self._end_signal)
        self._next_watch = min(self._next_watch, now + _WATCH_SECONDS)
        return True

    def _reap(self) -> None:
        while True:
            try:
                pid, state, resources = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            run = self._runs.pop(pid, None)
            if run is None:
                continue
            cpu = resources.ru_utime + resources.ru_stime
            code = os.waitstatus_to_exitcode(state)
            report = {
                "cause": run.cause or ("signal" if code < 0 else "exit"),
                "code": abs(code),
                "wall": time.monotonic() - run.started,
                "cpu": max(cpu, run.usage.cpu_seconds if run.usage else 0.0),
                "peak": resources.ru_maxrss * 1024,
            }
            self._clean_up_after(pid)
            with run.status:
                try:
                    run.status.send(json.dumps(report).encode())
                except OSError:
                    pass  # the grader no longer wants to know

    def _watch(self) -> None:
        """End runs that are over a budget that the kernel does not enforce by itself."""
        began = time.monotonic()
        usage = usage_by_run(self._runs)
        for pid, run in self._runs.items():
            run.usage = used = usage[pid]
            limits = run.limits
            if began - run.started > limits.wall_seconds:
                run.kill("wall_time")
            elif used.cpu_seconds > limits.cpu_seconds:
                run.kill("cpu_time")
            elif used.tasks > limits.processes:
                run.kill("processes")
            elif used.resident_bytes > limits.memory_bytes < used.memory_bytes():
                run.kill("memory")
            elif self._home and self._fills_the_disk(run, began):
                run.kill("disk")
        spent = time.monotonic() - began
        nearest = min(run.started + run.limits.wall_seconds for run in self._runs.values())
        pause = min(max(_WATCH_SECONDS, 10 * spent), _LONGEST_PAUSE)
        self._next_watch = min(began + pause, max(nearest, began + 0.02)) + 0.001

    def _fills_the_disk(self, run: _Run, now: float) -> bool:
        """Return whether a run without a file system of its own takes too much of the machine's."""
        most = run.limits.scratch_bytes
        written, closed = written_bytes(run.usage.pids)
        # Once means nothing: a process that ends or isolates itself is closed for a moment.
        hides = bool(closed & run.closed) and now - run.started > _START_SECONDS
        run.closed = closed
        if hides or written > _REWRITES * most:
            return True
        try:
            return disk_bytes(scratch_of_run(self._home, run.pid)) > most
        except FileNotFoundError:
            return False  # it changes while we look; the next look is near
        except OSError:
            return True  # only a hostile run makes folders that its own user cannot open

    def _clean_up_after(self, pid: int) -> None:
        """Without namespaces, end what a run started and remove its files."""
        if not self._home:
            return
        end_strays(known=self._runs)
        shutil.rmtree(scratch_of_run(self._home, pid), ignore_errors=True)


def scratch_of_run(home: str, pid: int) -> str:
    """Return the working directory of run `pid` on a machine without namespaces."""
    return os.path.join(home, str(pid))
