"""A PostgreSQL server in a temporary folder, reached through a socket file there."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

DEBIAN = "/usr/lib/postgresql/*/bin"
ACCOUNT = "postgres"
"""Debian's package makes it; the server refuses to run as root."""


def binaries() -> Path | None:
    """Return the folder of the newest server installed here, None if there is none."""
    versions = sorted(Path("/").glob(f"{DEBIAN[1:]}/initdb"), key=lambda path: path.parts[-3])
    found = str(versions[-1]) if versions else shutil.which("initdb")
    return Path(found).parent if found else None


@contextlib.contextmanager
def postgresql() -> Iterator[str]:
    """Start a server and yield its folder, which is the `host` to connect to; stop it after."""
    bin_folder = binaries()
    as_account = ["runuser", "-u", ACCOUNT, "--"] if os.getuid() == 0 else []

    def run(command: str, *arguments: str) -> None:
        subprocess.run(
            [*as_account, str(bin_folder / command), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            timeout=120,
        )

    folder = tempfile.mkdtemp(prefix="pg-")  # a short path: sockets allow about 100 characters
    try:
        if as_account:
            shutil.chown(folder, ACCOUNT)
        data = f"{folder}/data"
        run("initdb", "-D", data, "-U", "grader", "-A", "trust", "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        run("pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start")
        try:
            yield folder
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)
