"""A plain IPython shell whose outputs go to a recorder: a notebook kernel without the messaging."""

from __future__ import annotations

import base64
import builtins
import subprocess
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from matplotlib_inline.config import InlineBackend
from traitlets import Any as AnyTrait
from traitlets import Type
from traitlets.config import Config

from .figures import OpenFigures, to_png
from .recorder import Recorder

_INSTALLERS = ("pip", "pip3", "conda", "mamba", "uv", "apt", "apt-get")
_NO_INSTALL = "Nothing is installed while grading: the course's packages are already there.\n"


class _ResultHook(DisplayHook):
    """Sends the value of a cell's last expression to the recorder."""

    def write_output_prompt(self) -> None:
        """Print no prompt."""

    def write_format_data(self, format_dict: dict, md_dict: dict | None = None) -> None:
        """Record the value instead of printing it."""
        text, png = _text_and_png(format_dict)
        self.shell.recorder.display("result", text, png)


class _Publisher(DisplayPublisher):
    """Sends what `display` is given to the recorder."""

    def publish(
        self, data: dict, metadata: Any = None, *, transient: Any = None, **_kwargs: Any
    ) -> None:
        """Record the text and the picture in `data`; other forms are dropped."""
        text, png = _text_and_png(data)
        self.shell.recorder.display("display", text, png, (transient or {}).get("display_id"))

    def clear_output(self, wait: bool = False) -> None:
        """Forget what the cell has shown so far."""
        self.shell.recorder.clear()


class NotebookShell(InteractiveShell):
    """IPython as student code knows it, without files, threads, history or a terminal."""

    recorder = AnyTrait()
    displayhook_class = Type(_ResultHook)
    display_pub_class = Type(_Publisher)

    def init_virtualenv(self) -> None:
        """Leave sys.path alone."""

    def enable_gui(self, gui: str | None = None) -> None:
        """Ignore requests for a window system."""

    def system(self, cmd: str) -> None:
        """Run a shell command and record what it prints."""
        command = self.var_expand(cmd, depth=1)
        if _installs(command):
            self.recorder.text("stdout", _NO_INSTALL)
            return
        with subprocess.Popen(
            command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        ) as process:
            try:
                while chunk := process.stdout.read1(65536):
                    self.recorder.text("stdout", chunk.decode("utf-8", "replace"))
            except BaseException:
                process.kill()
                raise
        self.user_ns["_exit_code"] = process.returncode

    def _showtraceback(self, etype: type, evalue: BaseException, stb: list[str]) -> None:
        self.recorder.error(etype.__name__, describe(evalue), self.InteractiveTB.stb2text(stb))


def make_shell(recorder: Recorder) -> NotebookShell:
    """Return the process's one shell, writing to `recorder`."""
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    config.InteractiveShell.xmode = "Plain"
    shell = NotebookShell.instance(config=config, recorder=recorder)
    shell.display_formatter.active_types = ["text/plain", "image/png"]
    shell.configurables.append(InlineBackend.instance(parent=shell))
    for name in ("pip", "conda", "mamba", "uv"):
        shell.register_magic_function(_no_install, "line", name)
    shell.register_magic_function(_ignore, "line", "matplotlib")
    builtins.input = _no_input
    return shell


def watch_figures(shell: NotebookShell, pyplot: Any) -> OpenFigures:
    """Have figures shown as pictures, displayed explicitly or left open."""
    png = shell.display_formatter.formatters["image/png"]
    png.for_type_by_name("matplotlib.figure", "Figure", to_png)

    def show(figure: Any) -> None:
        try:
            shell.recorder.display("display", repr(figure), to_png(figure))
        except Exception:  # such as a formula in a title that cannot be typeset
            shell.showtraceback()

    return OpenFigures(pyplot, show)


def describe(error: BaseException) -> str:
    """Return the message of an exception whose own `__str__` may fail."""
    try:
        return str(error)[:2000]
    except Exception:
        return ""


def _text_and_png(data: dict) -> tuple[str, bytes]:
    text, png = data.get("text/plain", ""), data.get("image/png", b"")
    if isinstance(png, str):
        png = base64.b64decode(png)
    return str(text), bytes(png)


def _installs(command: str) -> bool:
    words = command.split()
    if words[:1] == ["sudo"]:
        words = words[1:]
    is_module = len(words) > 2 and words[0].startswith("python") and words[1:3] == ["-m", "pip"]
    return is_module or (words[:1] != [] and words[0] in _INSTALLERS)


def _no_install(line: str) -> None:
    print(_NO_INSTALL, end="")


def _ignore(line: str) -> None:
    """Do nothing: figures are shown as pictures in any case."""


def _no_input(prompt: object = "") -> str:
    raise RuntimeError("input() cannot be answered while grading: nobody is at the keyboard")
