"""Interactive figures: a picture for every reader, moving where something can move."""

import base64
import io

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.capture import capture_output
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError
from PIL import Image

from course_utils.explore import choice, interactive_figure, slider, step_through, switch
from course_utils.explore.pictures import WIDGET_VIEW, render, tile
from course_utils.plots.style import new_figure
from tests.conftest import ROOT

SETUP = """
import sys
sys.path.insert(0, {root!r})
import ipywidgets
from course_utils import environment
from course_utils.explore import choice, interactive_figure, slider, step_through, switch
from course_utils.plots.style import new_figure

def draw(row, name="a", on=False):
    \"\"\"A line.

    More about it.\"\"\"
    if row == 3:
        raise ValueError("row <3> is too low")
    figure = new_figure(2 + row, 1)
    figure.add_subplot().plot([0, row])
    return figure

def widgets(kind):
    # ipywidgets 8, or 7
    registry = getattr(ipywidgets.widgets.widget, "_instances", None)
    registry = ipywidgets.Widget.widgets if registry is None else registry
    return [w for w in registry.values() if type(w) is kind]

environment.start()
"""
SHOW = "interactive_figure(draw, row=slider(0, 3, value=1), name=choice('ab'), on=switch())"


def run(*sources, colab=False):
    """Run cells in a kernel; return the outputs of each but the first."""
    setup = SETUP.format(root=str(ROOT))
    if colab:
        setup += "import types; sys.modules['google.colab'] = types.ModuleType('google.colab')\n"
    cells = [nbformat.v4.new_code_cell(source) for source in (setup, *sources)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    client = NotebookClient(notebook, timeout=120, kernel_name="python3", store_widget_state=False)
    client.execute()
    assert "widgets" not in notebook.metadata
    outputs = [cell.outputs for cell in notebook.cells[1:]]
    assert not [o for cell in outputs for o in cell if o.get("name") == "stderr"]
    return outputs


def png_of(output):
    return Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))


def with_png(outputs):
    return [output for output in outputs if "image/png" in output.get("data", {})]


def line(row):
    """A line."""
    figure = new_figure(2 + row, 1)
    figure.add_subplot().plot([0, row])
    return figure


def test_a_saved_notebook_shows_the_default_state_once():
    (outputs,) = run(SHOW)
    (picture,) = with_png(outputs)
    assert png_of(picture).width == pytest.approx(300, abs=40)
    assert picture.data["text/plain"] == "A line. Shown: row = 1, name = a, on = False"
    (controls,) = (output for output in outputs if WIDGET_VIEW in output.data)
    assert len(outputs) == 2
    # What a reader without widgets sees in place of the sliders.
    assert "row (0 to 3, shown: 1)" in controls.data["text/html"]


def test_moving_a_control_replaces_the_picture_in_place():
    outputs, moved = run(SHOW, "widgets(ipywidgets.IntSlider)[0].value = 2")
    assert moved == []
    (picture,) = with_png(outputs)
    assert png_of(picture).width == pytest.approx(400, abs=40)
    assert "row = 2" in picture.data["text/plain"]


def test_a_state_that_cannot_be_drawn_is_explained_and_the_picture_stays():
    status = "print([w.value for w in widgets(ipywidgets.HTML)])"
    outputs, moved = run(SHOW, f"widgets(ipywidgets.IntSlider)[0].value = 3\n{status}")
    assert "Not possible: row &lt;3&gt; is too low" in moved[0].text
    assert "row = 1" in with_png(outputs)[0].data["text/plain"]


def test_colab_gets_one_panel_with_the_picture_inside_and_as_a_fallback():
    move = "widgets(ipywidgets.IntSlider)[0].value = 2"
    size = "print(len(widgets(ipywidgets.Image)[0].value))"
    outputs, before, after = run(SHOW, size, f"{move}\n{size}", colab=True)
    (output,) = outputs
    assert {WIDGET_VIEW, "image/png"} <= set(output.data)
    assert before[0].text != after[0].text


def test_a_film_shows_an_overview_and_then_single_steps():
    play = "widgets(ipywidgets.IntSlider)[0].value = 5"
    show = "def film(step):\n    return draw(step % 2)\nstep_through(film, 9)"
    (overview,) = (with_png(outputs) for outputs in run(show))
    assert overview[0].data["text/plain"].endswith("steps 1, 4, 6, 9 of 9")
    outputs, _ = run(show, play)
    (frame,) = with_png(outputs)
    assert frame.data["text/plain"].endswith("step 5 of 9")
    assert png_of(frame).height < png_of(overview[0]).height
    outputs, _ = run(show, f"{play}\nwidgets(ipywidgets.IntSlider)[0].value = 0")
    assert with_png(outputs) == overview


@pytest.mark.parametrize(
    "source",
    ["interactive_figure(draw, row=slider(0, 3, value=3))", "step_through(draw, 3)"],
)
def test_errors_in_the_default_state_fail_the_cell(source):
    with pytest.raises(CellExecutionError, match="row <3> is too low"):
        run(source)


def test_a_figure_on_the_last_line_is_shown_once():
    pyplot = "import matplotlib.pyplot as plt\nfigure, ax = plt.subplots()\nfigure"
    for outputs in run(pyplot, "draw(1)"):
        assert len(with_png(outputs)) == 1


def test_a_shell_without_a_kernel_shows_the_picture_only(monkeypatch):
    shell = InteractiveShell()
    monkeypatch.setattr("IPython.get_ipython", lambda: shell)
    monkeypatch.setattr("IPython.core.getipython.get_ipython", lambda: shell)
    monkeypatch.setattr(InteractiveShell, "_instance", shell)
    with capture_output() as captured:
        interactive_figure(line, row=slider(0, 3))
        step_through(line, 4)
    assert captured.stderr == ""
    assert [set(output.data) for output in captured.outputs] == [{"image/png", "text/plain"}] * 2


def test_a_plain_script_gets_the_description(capsys):
    interactive_figure(line, row=slider(0, 3))
    step_through(line, 4)
    assert capsys.readouterr().out == (
        "A line. Shown: row = 0\nA line. Shown: steps 1, 2, 3, 4 of 4\n"
    )


def test_draw_gets_the_things_behind_the_names():
    seen = []

    def remember(kernel, size, on):
        seen.append((kernel, size, on))
        return line(1)

    blur = np.ones((3, 3))
    interactive_figure(
        remember,
        kernel=choice({"edge": 1, "blur": blur}, "blur"),
        size=choice([3, 5], 5),
        on=switch(True),
    )
    assert seen[0][0] is blur
    assert seen[0][1:] == (5, True)


def test_pyplot_figures_are_closed():
    def with_pyplot(row):
        return plt.subplots()[0]

    interactive_figure(with_pyplot, row=slider(0, 3))
    assert plt.get_fignums() == []


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: slider(3, 3), ValueError, "low < high, got 3 and 3"),
        (lambda: slider(0, 3, value=4), ValueError, "4 is not between 0 and 3"),
        (lambda: slider(0, 3, step=0), ValueError, "must be positive, got 0"),
        (lambda: choice([]), ValueError, "different names"),
        (lambda: choice([1, "1"]), ValueError, "different names"),
        (lambda: choice(["a"], "b"), ValueError, "'b' is none of the options: a"),
        (
            lambda: interactive_figure(line, row=(0, 3)),
            TypeError,
            r"'row' must be made with slider",
        ),
        (lambda: interactive_figure(lambda row: None, row=slider(0, 1)), TypeError, "NoneType"),
        (lambda: step_through(line, 1), ValueError, "at least 2 steps, got 1"),
        (lambda: step_through(line, 3, key_steps=[4]), ValueError, r"1 and 3, got \[4\]"),
    ],
)
def test_impossible_controls_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_sliders_for_whole_numbers_give_whole_numbers():
    assert type(slider(0, 3).widget("n")).__name__ == "IntSlider"
    assert type(slider(0, 1, step=0.1).widget("x")).__name__ == "FloatSlider"
    assert slider(2, 5).widget("n").value == 2


def test_tiles_keep_their_size_and_fit_a_notebook():
    small, large = render(new_figure(3, 1)), render(new_figure(8, 1))
    assert Image.open(io.BytesIO(tile([small] * 4, "abcd"))).width <= 940
    rows = Image.open(io.BytesIO(tile([large] * 2, "ab")))
    assert rows.height > 2 * Image.open(io.BytesIO(large)).height
