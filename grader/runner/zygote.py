"""Entry point of the untrusted half: launcher, zygote, and the children it forks.

The launcher is a small process that stays outside the namespaces and only waits. The zygote
imports what notebooks import, runs no operation (TensorFlow started in a parent hangs in its
children) and then forks one child per submission. It is started without the `grader` package
around it: this folder's modules are all it has of it.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass

from . import isolation, limits, linux
from .job import Limits
from .supervise import Supervisor, scratch_of_run
from .verdict import BROKEN


@dataclass(frozen=True)
class _Setup:
    """How runs are isolated."""

    level: str
    home: str  # folder of the runs' files, empty where they have file systems of their own
    shown: list[str]  # all that may be read without namespaces
    group: int | None  # number of this zygote if each run gets a user id of its own


def main(control_fd: int) -> None:
    """Launch the zygote; return when it has ended."""
    os.umask(0o022)
    control = socket.socket(fileno=control_fd)
    config = json.loads(control.recv(1 << 20))
    level = config["isolation"]
    home = "" if level == "namespaces" else _make_home()
    own_users = {"namespaces": isolation.is_privileged, "landlock": isolation.may_change_user}
    privileged = level in own_users and own_users[level]()
    setup = _Setup(level, home, config["shown"], os.getpid() if privileged else None)
    try:
        if not home:
            isolation.enter_outer(privileged)
        else:
            linux.adopt_orphans()
        pid = os.fork()
    except OSError as error:
        _send(control, {"failed": f"{type(error).__name__}: {error}"})
        return
    if pid == 0:
        _run_zygote(control, config, setup)
    try:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())
        _send(control, {"pid": pid})
        control.close()
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        if level == "landlock":
            limits.wait_for_guards()  # to kill a guard would set free what it guards
        elif home:
            limits.end_strays()
        if home:
            shutil.rmtree(home, ignore_errors=True)


def _make_home() -> str:
    """Make a folder for the files of runs, on a disk and not in memory if there is a choice."""
    on_disk = "/var/tmp" if os.access("/var/tmp", os.W_OK) else None
    return tempfile.mkdtemp(prefix="grader-runner-", dir=on_disk)


def _send(control: socket.socket, message: dict) -> None:
    try:
        control.send(json.dumps(message).encode())
    except OSError:
        pass  # the grader has gone; the zygote sees that too and ends


def _run_zygote(control: socket.socket, config: dict, setup: _Setup) -> None:
    """Prepare and serve; leave the process at the end, whatever happens."""
    home = setup.home
    try:
        linux.die_with_parent()
        linux.set_dumpable(False)
        began = time.monotonic()
        if home:
            linux.adopt_orphans()
            os.environ.update(HOME=home, TMPDIR=home)
            os.chdir(home)
            if setup.group is not None:
                os.chmod(home, 0o711)  # for the other users to get to their folders
        else:
            isolation.enter_inner(config["root"])
        # Not earlier: what it imports writes caches into the home directory.
        from .session import Session, prepare, seed_everything

        sys.path += config["paths"]
        sys.argv = [""]
        loaded = preload(config["preload"])
        if setup.level == "landlock":
            _forget_paths(config["paths"])
        shell, figures = prepare()
        isolation.assert_one_thread()
        _forget_own_modules()

        def serve(connection: socket.socket, limits: Limits, seed: int) -> None:
            seed_everything(seed)
            Session(connection, limits, shell, figures).serve()

        zygote = os.getpid()

        def become_runner(connection: socket.socket, request: dict) -> None:
            _run_child(connection, request, setup, zygote, serve)

        fork = os.fork if home else isolation.fork_in_new_pid_namespace
        end_signal = signal.SIGTERM if setup.level == "landlock" else signal.SIGKILL
        supervisor = Supervisor(control, fork, become_runner, home, end_signal)
        gc.collect()
        gc.freeze()
        _send(control, {"ready": loaded, "seconds": time.monotonic() - began})
        supervisor.serve()
    except BaseException as error:
        _send(control, {"failed": f"{type(error).__name__}: {error}"})
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(0)  # the first of its namespace: nothing in there outlives it


def preload(names: list[str]) -> list[str]:
    """Import every module of `names` that exists, packages of the course with all submodules."""
    loaded = []
    for name in names:
        with contextlib.suppress(ImportError):
            module = importlib.import_module(name)
            loaded.append(name)
            if name == "course_utils":
                for found in pkgutil.walk_packages(module.__path__, "course_utils."):
                    importlib.import_module(found.name)
    return loaded


def _forget_paths(folders: list[str]) -> None:
    """Find no more modules in `folders`: what lies there beside the course's is out of reach."""
    for folder in folders:
        sys.path.remove(folder)
        sys.path_importer_cache.pop(folder, None)


def _forget_own_modules() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] == "grader"]:
        del sys.modules[name]


def _run_child(
    connection: socket.socket,
    request: dict,
    setup: _Setup,
    zygote: int,
    serve: Callable[[socket.socket, Limits, int], None],
) -> None:
    """Become the process of one submission: isolate, limit, serve. Never returns."""
    code = 1
    try:
        os.setsid()
        _keep_only(connection.fileno())
        budget = Limits(**request["limits"])
        group = setup.group
        private = None if group is None else isolation.private_id(group, request["slot"])
        own_count = private is not None
        if setup.level == "namespaces":
            isolation.isolate_run(budget, private)
            own_count = isolation.counts_own_processes(private)
        else:
            scratch = scratch_of_run(setup.home, os.getpid())
            os.mkdir(scratch, 0o700)
            os.environ.update(HOME=scratch, TMPDIR=scratch)
            tempfile.tempdir = None  # have it look at TMPDIR again
            if setup.level == "landlock":
                isolation.isolate_guarded(setup.shown, scratch, budget, private, zygote)
            else:
                linux.set_dumpable(True)
                os.chdir(scratch)
        linux.die_with_parent()
        limits.apply_rlimits(budget, own_count=own_count)
        serve(connection, budget, request["seed"])
    except BaseException as error:
        print(f"runner: {type(error).__name__}: {error}", file=sys.__stderr__)
        code = BROKEN
    finally:
        os._exit(code)


def _keep_only(descriptor: int) -> None:
    """Close every file but standard output, error and `descriptor`; standard input is empty."""
    null = os.open("/dev/null", os.O_RDWR)
    os.dup2(null, 0)
    for name in os.listdir("/proc/self/fd"):
        if int(name) > 2 and int(name) != descriptor:
            try:
                os.close(int(name))
            except OSError:
                pass  # the one that listed the directory
