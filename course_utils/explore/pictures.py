"""Figures as PNG pictures: rendered, tiled, shown in a notebook and replaced later."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.figure import Figure
from PIL import Image, ImageDraw, ImageFont

from course_utils.plots.style import DPI, WIDTH

WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
PAGE_WIDTH = int(WIDTH * DPI)


def render(figure: Figure) -> bytes:
    """Return a figure as PNG. A pyplot figure is closed, so that a notebook won't show it again.

    Raises
    ------
    TypeError
        If `figure` is not a matplotlib ``Figure``.
    """
    if not isinstance(figure, Figure):
        raise TypeError(f"the drawing function must return a Figure, got {type(figure).__name__}")
    buffer = io.BytesIO()
    # No matplotlib version in the file: the same figure is the same picture everywhere.
    figure.savefig(buffer, format="png", dpi=DPI, bbox_inches="tight", metadata={"Software": None})
    close_pyplot_figures(figure)
    return buffer.getvalue()


def close_pyplot_figures(figure: Figure | str = "all") -> None:
    """Make pyplot forget one figure, or all that an interrupted drawing left behind."""
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close(figure)


def tile(pictures: Sequence[bytes], captions: Sequence[str]) -> bytes:
    """Return one PNG with the pictures side by side, as many in a row as a notebook is wide."""
    frames = [Image.open(io.BytesIO(picture)).convert("RGB") for picture in pictures]
    font_file = Path(matplotlib.get_data_path(), "fonts", "ttf", "DejaVuSans.ttf")
    font, gap, caption_height = ImageFont.truetype(str(font_file), 13), 16, 22
    width = max(frame.width for frame in frames)
    height = max(frame.height for frame in frames) + caption_height
    columns = min(len(frames), max(1, (PAGE_WIDTH + gap) // (width + gap)))
    rows = -(-len(frames) // columns)
    size = (columns * (width + gap) - gap, rows * (height + gap) - gap)
    sheet = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(sheet)
    for index, (frame, caption) in enumerate(zip(frames, captions, strict=True)):
        left, top = index % columns * (width + gap), index // columns * (height + gap)
        draw.text((left + 4, top + 2), caption, fill="#555555", font=font)
        sheet.paste(frame, (left, top + caption_height))
    buffer = io.BytesIO()
    sheet.save(buffer, "png", optimize=True)
    return buffer.getvalue()


class ShownPicture:
    """A picture in the output of the running cell; ``replace`` changes it in place."""

    def __init__(self, png: bytes, alt: str):
        self._handle = _publish(*_bundle(png, alt), display_id=True)

    def replace(self, png: bytes, alt: str) -> None:
        """Show another picture in the same place."""
        data, metadata = _bundle(png, alt)
        self._handle.update(data, raw=True, metadata=metadata)


class PictureWidget:
    """The same, as a widget below the controls.

    For Colab, which does not promise to replace an output after its cell has finished.
    """

    def __init__(self, png: bytes, alt: str):
        import ipywidgets

        self.widget = ipywidgets.Image(value=png, format="png")
        self.fallback = _bundle(png, alt)

    def replace(self, png: bytes, alt: str) -> None:
        """Show another picture in the same place."""
        self.widget.value = png


def show_picture(png: bytes, alt: str) -> None:
    """Show a picture that will not change. Outside IPython its description is printed."""
    if "IPython" in sys.modules and sys.modules["IPython"].get_ipython() is not None:
        _publish(*_bundle(png, alt))
    else:
        print(alt)


def show_panel(controls: Any, png: bytes, alt: str, caption: str) -> ShownPicture | PictureWidget:
    """Show widgets with a picture below them, in a running notebook.

    Readers of the saved notebook see the picture, and `caption` where the widgets were.
    """
    import ipywidgets

    if "google.colab" in sys.modules:
        picture = PictureWidget(png, alt)
        panel = ipywidgets.VBox([controls, picture.widget])
        data, metadata = picture.fallback
        _publish({**_view(panel), **data}, metadata)
        return picture
    note = f'<p style="color:#6b6b6b"><em>{escape(caption)}</em></p>'
    _publish({**_view(controls), "text/html": note, "text/plain": caption})
    return ShownPicture(png, alt)


def _view(widget: Any) -> dict[str, Any]:
    # What both ipywidgets 7 and 8 publish when a widget is displayed.
    return {WIDGET_VIEW: {"version_major": 2, "version_minor": 0, "model_id": widget.model_id}}


def _bundle(png: bytes, alt: str) -> tuple[dict[str, Any], dict[str, Any]]:
    data = {"image/png": base64.b64encode(png).decode("ascii"), "text/plain": alt}
    return data, {"image/png": {"alt": alt}}


def _publish(
    data: dict[str, Any], metadata: dict[str, Any] | None = None, display_id: bool | None = None
) -> Any:
    from IPython.display import display

    return display(data, raw=True, metadata=metadata or {}, display_id=display_id)
