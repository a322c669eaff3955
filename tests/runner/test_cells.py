"""What a cell shows and how its errors are kept."""

from __future__ import annotations

import base64

import pytest

from .conftest import text_of


def test_last_expression_print_and_stderr_keep_their_order(run):
    source = "import sys\nprint('one')\nprint('two', file=sys.stderr)\nprint('three')\n6 * 7"
    outputs = run(source).cells["0"].outputs
    assert [(o.get("name"), o.get("text")) for o in outputs[:3]] == [
        ("stdout", "one\n"),
        ("stderr", "two\n"),
        ("stdout", "three\n"),
    ]
    assert outputs[3]["output_type"] == "execute_result"
    assert outputs[3]["data"] == {"text/plain": "42"}


def test_an_error_is_recorded_and_the_next_cell_runs(run):
    result = run("x = 1\nx / 0", "x + 1")
    assert result.ended == "finished"
    failed = result.cells["0"]
    assert (failed.status, failed.error_name) == ("error", "ZeroDivisionError")
    assert failed.error_message == "division by zero"
    assert failed.outputs[-1]["ename"] == "ZeroDivisionError"
    assert any("x / 0" in line for line in failed.outputs[-1]["traceback"])
    assert text_of(result, "1") == "2"


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("x =", "SyntaxError"),
        ("import sys; sys.exit(0)", "SystemExit"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt"),
        ("raise NotImplementedError('exercise 3')", "NotImplementedError"),
        ("input('name? ')", "RuntimeError"),
        ("def f(): return f()\nf()", "RecursionError"),
    ],
)
def test_every_kind_of_error_only_ends_its_cell(run, source, name):
    result = run(source, "1 + 1")
    assert result.cells["0"].status == "error"
    assert result.cells["0"].error_name == name
    assert result.cells["1"].status == "ok"


def test_an_exception_whose_message_fails_does_no_harm(run):
    source = "class E(Exception):\n    def __str__(self): raise ValueError\nraise E"
    result = run(source, "1")
    assert [result.cells[cell].status for cell in "01"] == ["error", "ok"]


def test_open_figures_become_small_pictures(run):
    source = """
import matplotlib.pyplot as plt
for height in range(12):
    plt.figure()
    plt.plot([0, height])
"""
    result = run(source, "plt.get_fignums()")
    pictures = [o["data"]["image/png"] for o in result.cells["0"].outputs if "data" in o]
    assert len(pictures) == 8
    for picture in pictures:
        data = base64.b64decode(picture)
        assert data.startswith(b"\x89PNG")
        assert len(data) <= 300_000
    assert text_of(result, "1") == "[]"


def test_show_keeps_the_order_of_pictures_and_text(run):
    source = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('after')"
    kinds = [output["output_type"] for output in run(source).cells["0"].outputs]
    assert kinds == ["display_data", "stream"]


def test_a_huge_noisy_figure_is_made_small(run):
    source = """
import matplotlib.pyplot as plt, numpy as np
figure, axes = plt.subplots(figsize=(30, 30))
axes.imshow(np.random.rand(500, 500)); None
"""
    (output,) = run(source).cells["0"].outputs
    assert len(output["data"].get("image/png", "")) <= 400_000


def test_a_figure_that_cannot_be_drawn_is_reported(run):
    source = "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.title(r'$\\broken$')\nx = 1"
    result = run(source, "x")
    assert "ValueError" in [output.get("ename") for output in result.cells["0"].outputs]
    assert text_of(result, "1") == "1"


def test_captured_output_stays_captured(run):
    result = run("%%capture caught\nprint('inside')", "caught.stdout")
    assert result.cells["0"].outputs == []
    assert text_of(result, "1") == "'inside\\n'"


def test_html_and_scripts_stay_behind(run):
    source = """
from IPython.display import HTML, SVG, Javascript, display
display(HTML("<script>alert(1)</script>"))
display(Javascript("alert(1)"))
class Page:
    def _repr_html_(self): return "<b>bold</b>"
    def _repr_javascript_(self): return "alert(1)"
Page()
"""
    for output in run(source).cells["0"].outputs:
        assert set(output["data"]) == {"text/plain"}
        assert "<script>" not in output["data"]["text/plain"]


def test_progress_bars_and_terminal_codes_are_cleaned(run):
    source = r"""
for step in range(100):
    print(f"\r{step}%", end="")
print("\r100%")
print("\x1b[31mred\x1b[0m \x07\x00\u202eend")
"""
    assert text_of(run(source), "0") == "100%\nred end\n"


def test_long_text_is_cut_and_the_cell_goes_on(run):
    result = run("for _ in range(20_000): print('x' * 100)\ny = 1", "y")
    text = text_of(result, "0")
    assert result.cells["0"].status == "ok"
    assert 10_000 < len(text) < 200_000
    assert "output shortened" in text
    assert text_of(result, "1") == "1"


def test_outputs_of_all_cells_share_one_budget(run):
    cells = ["print('x' * 60_000)"] * 10
    result = run(*cells, output_bytes=150_000)
    sizes = [len(text_of(result, str(position))) for position in range(10)]
    assert result.ended == "finished"
    assert sizes[0] == 60_001
    assert sum(sizes) < 160_000


def test_a_million_displays_are_bounded(run):
    result = run("for i in range(3000): display(i)")
    assert result.cells["0"].status == "ok"
    assert len(result.cells["0"].outputs) <= 100


def test_clear_output_and_updated_displays(run):
    source = """
from IPython.display import clear_output
print("gone")
clear_output()
handle = display("first", display_id=True)
handle.update("second")
"""
    assert text_of(run(source), "0") == "'second'"


def test_magics_and_shell_commands(run):
    result = run(
        "!echo from $((40 + 2))",
        "%pip install torch",
        "!pip install torch\n!python -m pip install torch",
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
        "%%bash\necho bash",
        "%%time\nx = 3",
        "files = !ls /\n'usr' in files",
        "get_ipython().run_line_magic('who', '')",
    )
    assert text_of(result, "0") == "from 42\n"
    assert text_of(result, "1").startswith("Nothing is installed while grading")
    assert text_of(result, "2").count("Nothing is installed") == 2
    assert text_of(result, "4") == "bash\n"
    assert "'usr'" in text_of(result, "6") or text_of(result, "6") == "True"
    assert {cell.status for cell in result.cells.values()} == {"ok"}


def test_widgets_degrade_to_text(run):
    result = run(
        """
import ipywidgets as widgets
@widgets.interact(x=(0, 5))
def show(x=2):
    print("x is", x)
""",
        "box = widgets.VBox([widgets.IntSlider(), widgets.Button()])\nbox",
        "out = widgets.Output()\nwith out:\n    print('inside')\ndisplay(out)",
    )
    assert {cell.status for cell in result.cells.values()} == {"ok"}
    assert "x is 2" in text_of(result, "0")
    assert text_of(result, "1").startswith("VBox(")


def test_what_c_code_prints_is_kept(run):
    source = "import os\nos.write(2, b'from C\\n'); None"
    (output,) = run(source).cells["0"].outputs
    assert (output["name"], output["text"]) == ("stderr", "from C\n")


def test_seeds_make_runs_repeatable(run):
    source = """
import random
import numpy as np
print(random.random(), np.random.rand(), hash("text"), list({"a", "b", "c"}))
"""
    first, second = run(source), run(source)
    assert text_of(first, "0") == text_of(second, "0") != ""


def test_threads_and_forked_processes_do_not_disturb_the_run(run):
    result = run(
        """
import multiprocessing, os, threading
thread = threading.Thread(target=lambda: print("thread")); thread.start(); thread.join()
with multiprocessing.get_context("fork").Pool(2) as workers:
    print(workers.map(abs, [-1, -2]))
os.fork(); None
""",
        "'still here'",
    )
    assert "[1, 2]" in text_of(result, "0")
    assert text_of(result, "1") == "'still here'"
