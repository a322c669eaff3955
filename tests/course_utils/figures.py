"""What the tests of figures look at."""

import io
import itertools

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.image import AxesImage
from matplotlib.text import Text
from PIL import Image


def texts(figure):
    # A legend's texts are found twice.
    found = {id(text): text for text in figure.findobj(Text)}
    return [text for text in found.values() if text.get_text()]


def words(figure):
    return [text.get_text() for text in texts(figure)]


def pictures(figure):
    return [image for ax in figure.axes for image in ax.get_children() if type(image) is AxesImage]


def assert_fits_a_notebook(figure):
    """Assert that the figure is as broad as a notebook at most, and no two texts overlap."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", bbox_inches="tight")
    assert Image.open(buffer).width <= 940
    renderer = FigureCanvasAgg(figure).get_renderer()
    boxes = [
        (t.get_text(), t.get_window_extent(renderer)) for t in texts(figure) if t.get_visible()
    ]
    for (one, a), (other, b) in itertools.combinations(boxes, 2):
        width = min(a.x1, b.x1) - max(a.x0, b.x0)
        height = min(a.y1, b.y1) - max(a.y0, b.y0)
        assert width < 2 or height < 2, f"{one!r} and {other!r} overlap"
