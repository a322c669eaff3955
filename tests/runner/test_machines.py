"""Other machines, played by root: no root at all, and a course inside a system directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.runner.ordinary import run_script

SCRIPT = """
import json, os
from grader.runner import *
code = '''
import os, socket
facts = {}
facts["ids"] = [os.getuid(), os.getgid(), os.getpid()]
facts["root"] = sorted(os.listdir("/"))
facts["grader"] = os.path.exists(GRADER)
status = open("/proc/self/status").read().splitlines()
facts["capabilities"] = sorted({line.split()[1] for line in status if line.startswith("Cap")})
try:
    socket.create_connection(("127.0.0.1", 9), 1)
except OSError as error:
    facts["network"] = str(error)
forks = 0
try:
    while True:
        if os.fork() == 0:
            os._exit(0) if forks % 2 else __import__("time").sleep(30)
        forks += 1
except OSError:
    facts["forks"] = forks
'''.replace("GRADER", repr(os.path.abspath("grader")))
steps = (CellStep("0", code), AnswerStep("facts", "facts"), CellStep("1", "bytearray(10**10)"))
with RunnerPool(1, preload=("numpy",)) as pool:
    result = pool.submit("user", Job(steps, Limits(processes=30))).result(60)
report = describe_isolation()
print(json.dumps([report.privileged, result.ended, result.answers["facts"].value,
                  [cell.error_name for cell in result.cells.values()]]))
"""


COURSE_IN_USR = """
import json, os, shutil, sys
from grader.runner import linux
linux.unshare(linux.NEWNS)
linux.mount(None, "/", None, linux.MS_REC | linux.MS_PRIVATE)
linux.mount("course", "/usr/src", "tmpfs", 0, "mode=755")
os.makedirs("/usr/src/app/.venv")
os.makedirs("/usr/src/app/solutions")
for package in ("grader", "course_utils"):
    shutil.copytree(package, f"/usr/src/app/{package}")
linux.mount(sys.prefix, "/usr/src/app/.venv", None, linux.MS_BIND | linux.MS_REC)
os.chdir("/usr/src/app")
os.environ["PYTHONPATH"] = "/usr/src/app"
os.execv(".venv/bin/python", [".venv/bin/python", "-c", sys.argv[1]])
"""

LOOK = """
import json, sys
from grader.runner import *
code = "import os, sys, course_utils; seen = [sys.prefix, sorted(os.listdir('/usr/src/app'))]"
with RunnerPool(1, preload=("numpy", "course_utils")) as pool:
    job = Job((CellStep("0", code), AnswerStep("seen", "seen")))
    print(json.dumps(pool.submit("look", job).result(60).answers["seen"].value))
"""


def skip_without_rights(told: subprocess.CompletedProcess) -> None:
    if "Operation not permitted" in told.stderr:
        pytest.skip("this root may not change mounts or users")
    assert told.returncode == 0, told.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root to put a course there")
@pytest.mark.skipif(sys.prefix == sys.base_prefix, reason="needs a virtual environment to move")
@pytest.mark.usefixtures("needs_isolation")
def test_a_course_and_its_environment_inside_usr():
    told = subprocess.run(
        [sys.executable, "-c", COURSE_IN_USR, LOOK],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=120,
    )
    skip_without_rights(told)
    assert json.loads(told.stdout) == ["/usr/src/app/.venv", [".venv", "course_utils"]]


@pytest.mark.skipif(os.geteuid() != 0, reason="the other tests already run as an ordinary user")
@pytest.mark.usefixtures("needs_isolation")
def test_an_ordinary_user_gets_the_same_isolation():
    privileged, ended, facts, errors = json.loads(run_script(SCRIPT))
    assert not privileged
    assert ended == "finished"
    assert facts["ids"] == [1000, 1000, 1]
    assert not facts["grader"]
    assert "home" not in facts["root"]
    assert "var" not in facts["root"]
    assert facts["capabilities"] == ["0" * 16]
    assert "unreachable" in facts["network"]
    assert facts["forks"] <= 30
    assert errors == ["", "MemoryError"]
