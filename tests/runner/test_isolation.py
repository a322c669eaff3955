"""What student code cannot see or touch."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from grader.runner import CellStep, Job, RunnerPool, rootfs
from grader.runner.rootfs import plan_root


@pytest.fixture
def answer_of(shown):
    return lambda source: shown(textwrap.dedent(source))


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.create_connection(('127.0.0.1', {port}), 2)",
        "socket.create_connection(('192.0.2.1', 80), 2)",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', {port}))",
        "socket.socket(socket.AF_INET6, socket.SOCK_STREAM).connect(('::1', {port}))",
        "socket.socket(socket.AF_UNIX).connect({path!r})",
        "socket.socket(socket.AF_UNIX).connect({abstract!r})",
        "socket.socket(socket.AF_INET, socket.SOCK_RAW, 1)",
        "socket.gethostbyname('example.org')",
    ],
)
def test_there_is_no_network(answer_of, tmp_path, attempt):
    path, abstract = str(tmp_path / "socket"), f"\0runner-test-{os.getpid()}"
    with socket.create_server(("127.0.0.1", 0)) as tcp, socket.socket(socket.AF_UNIX) as unix:
        unix.bind(path)
        unix.listen()
        with socket.socket(socket.AF_UNIX) as hidden:
            hidden.bind(abstract)
            hidden.listen()
            port = tcp.getsockname()[1]
            code = attempt.format(port=port, path=path, abstract=abstract)
            told = answer_of(
                f"import socket\ntry: {code}\nexcept OSError as e: print('no', type(e).__name__)"
            )
    assert told.startswith("no ")


def test_the_course_homes_and_secrets_are_absent(answer_of, tmp_path):
    repository = Path(rootfs.__file__).parents[2]
    secret = tmp_path / "answers.txt"
    secret.write_text("42")
    hidden = [
        repository / "solutions",
        repository / "grader",
        repository / "tests",
        repository / "pyproject.toml",
        Path.home() / ".bashrc",
        secret,
        Path("/etc/shadow"),
        Path("/home"),
        Path("/var"),
        Path("/sys"),
        Path("/run"),
        Path("/old"),
        Path("/proc/1/root/etc/shadow"),
        Path("/proc/1/cwd/../etc/shadow"),
    ]
    told = answer_of(f"import os\n[p for p in {[str(p) for p in hidden]!r} if os.path.exists(p)]")
    assert told == "[]"


def test_the_grader_cannot_be_imported_and_course_utils_can(run):
    result = run("import course_utils", "import grader", "import grader.exercises")
    assert result.cells["0"].status == "ok"
    assert result.cells["1"].error_name == "ModuleNotFoundError"
    assert result.cells["2"].error_name == "ModuleNotFoundError"


def test_the_graders_environment_and_files_are_not_inherited(answer_of, monkeypatch):
    monkeypatch.setenv("API_TOKEN", "secret")
    told = answer_of("import os, sys\nprint(dict(os.environ), sys.argv)")
    assert "secret" not in told
    # The Python environment is no secret, and may lie inside the repository.
    assert str(Path(rootfs.__file__).parents[2]) not in told.replace(sys.prefix, "")
    told = answer_of("""
        import os
        links = []
        for name in os.listdir("/proc/self/fd"):
            try: links.append(os.readlink(f"/proc/self/fd/{name}"))
            except FileNotFoundError: pass  # the one that listed the directory
        sorted({link.split(":")[0] for link in links if "(deleted)" not in link})
    """)
    assert told == "['/dev/null', 'socket']"


def test_only_the_scratch_directory_can_be_written(answer_of):
    told = answer_of("""
        import os, sys
        places = ["/", "/usr", "/etc", "/dev", "/runner", "/proc/sys/kernel", sys.prefix + "/lib",
                  os.path.dirname(__import__("course_utils").__file__)]
        written = []
        for place in places:
            try:
                with open(place + "/written", "w") as file: file.write("x")
                written.append(place)
            except OSError: pass
        open("here", "w").close()
        print(written, os.getcwd(), os.path.expanduser("~"), os.listdir())
    """)
    assert told.startswith("[] /scratch /scratch [")
    assert "'here'" in told


def test_every_other_mount_is_read_only_and_without_devices(answer_of):
    told = answer_of("""
        loose = []
        for line in open("/proc/mounts"):
            _, place, _, options, *_ = line.split()
            options = set(options.split(","))
            wanted = {"nosuid", "nodev"} if place in ("/proc", "/scratch") else {"ro", "nosuid"}
            wanted |= set() if place.startswith("/dev/") else {"nodev"}
            if not wanted <= options:
                loose.append(line)
        print(loose)
    """)
    assert told == "[]\n"


def test_there_are_no_privileges_and_no_way_to_get_them(answer_of):
    told = answer_of("""
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        status = open("/proc/self/status").read()
        caps = [line.split()[1] for line in status.splitlines() if line.startswith("Cap")]
        print(os.getuid() != 0, set(caps) == {"0" * 16}, "NoNewPrivs:\\t1" in status)
        calls = [libc.unshare(0x10000000), libc.unshare(0x20000), libc.umount2(b"/proc", 2),
                 libc.mount(b"/usr", b"/scratch", None, 4096, None), libc.chroot(b"/scratch"),
                 libc.sethostname(b"x", 1)]
        print(calls)
        for change in (os.setuid, os.setgid):
            try: change(0); print("changed")
            except OSError: pass
    """)
    assert told == "True True True\n[-1, -1, -1, -1, -1, -1]\n"


def test_shared_memory_segments_are_refused(answer_of):
    told = answer_of("""
        import ctypes
        libc = ctypes.CDLL(None)
        print(libc.shmget(0, ctypes.c_size_t(1 << 20), 0o1600), libc.msgget(0, 0o1600))
    """)
    release = tuple(map(int, os.uname().release.split(".")[:2]))
    assert told == "-1 -1\n" or release < (5, 19)


def test_processes_outside_cannot_be_seen_or_killed(answer_of, run):
    told = answer_of("""
        import os
        print(os.getpid(), os.getppid(), [n for n in os.listdir("/proc") if n.isdigit()])
        for pid in (os.getppid() or 2, 2, 3, -1):
            try: os.kill(pid, 9); print("killed", pid)
            except OSError: pass
    """)
    assert told == "1 0 ['1']\n"
    assert run("1").ended == "finished"


def test_a_daemon_does_not_survive_its_run(run, tmp_path):
    marker = f"{time.time_ns()}"
    source = f"""
import os, subprocess
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        os.execv("/bin/sh", ["sh", "-c", "sleep 1000; : {marker}"])
    os._exit(0)
subprocess.Popen(["sh", "-c", "sleep 1000; : {marker}"], start_new_session=True)
"""
    assert run(source, "import time; time.sleep(0.2)").ended == "finished"
    listing = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True)
    assert marker not in listing.stdout


def test_runs_side_by_side_do_not_meet(pool, run):
    source = """
import os, socket, time
open("/tmp/mine" if os.access("/tmp", os.W_OK) else "mine", "x").close()
server = socket.socket(socket.AF_UNIX); server.bind("\\0meeting"); server.listen()
time.sleep(0.3)
len([n for n in os.listdir("/proc") if n.isdigit()])
"""
    job = Job((CellStep("0", source),))
    results = [pool.submit(name, job) for name in "ab"]
    for future in results:
        outcome = future.result(60).cells["0"]
        assert outcome.status == "ok"
        assert outcome.outputs[0]["data"]["text/plain"] == "1"


def test_a_course_inside_a_system_directory_is_covered(tmp_path):
    shown, course = "/usr", "/usr/src"
    plan = plan_root([f"{course}/linux"], [course, "/usr/lib", str(tmp_path)])
    assert plan["binds"][shown] == shown
    assert course in plan["covers"]
    # Not where nothing is shown anyway.
    assert str(tmp_path) not in plan["covers"]


@pytest.mark.usefixtures("needs_isolation")
def test_hiding_works_inside_the_sandbox():
    folder = "/usr/share"
    assert os.listdir(folder)
    with RunnerPool(1, preload=(), hidden=[folder]) as pool:
        job = Job((CellStep("0", f"import os\nos.listdir({folder!r})"),))
        outcome = pool.submit("hidden", job).result(60).cells["0"]
    assert outcome.outputs[0]["data"]["text/plain"] == "[]"
