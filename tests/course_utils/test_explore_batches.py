"""Figures of notebook 04 show the numbers they talk about."""

import numpy as np
import pytest
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle
from PIL import Image

from course_utils.explore import batches
from course_utils.plots.style import BLUE, ORANGE


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pictures")
    rng = np.random.default_rng(0)
    for number, side in enumerate((150, 150, 150, 200, 90, 150)):
        pixels = rng.integers(0, 256, (side, side + number, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number}.jpg")
    return sorted(folder.iterdir())


def texts(figure):
    return [text.get_text() for ax in figure.axes for text in ax.texts] + [
        text.get_text() for text in figure.texts
    ]


def test_the_belt_shows_the_file_and_its_pixels(files):
    figure = batches.plot_belt(files[:4], row=10, col=20)
    shown = texts(figure)
    assert any(text.startswith("FF D8") for text in shown)
    assert f"{files[0].stat().st_size:,} bytes of JPEG" in shown
    red = np.asarray(Image.open(files[0]))[10, 20, 0]
    assert f"{red:.1f}" in shown
    assert f"{red / 255:.2f}" in shown
    assert any("batch, here of 4" in text for text in shown)


def test_memory_bars_are_as_long_as_the_bytes():
    figure = batches.plot_dataset_memory(60_000, 28, 1, batch_size=100)
    bars = [bar.get_width() for bar in figure.axes[0].patches]
    assert bars[:4] == [47_040_000, 188_160_000, 376_320_000, 313_600]
    assert {"47 MB", "188 MB", "376 MB", "314 kB"} <= set(texts(figure))


def samples_drawn(figure, n, passes=2):
    colours = {to_rgba(BLUE): "cat", to_rgba(ORANGE): "dog"}
    numbers = [int(t.get_text()) for t in figure.axes[0].texts if t.get_text().isdigit()]
    kinds = [
        colours[patch.get_facecolor()]
        for patch in figure.axes[0].patches
        if isinstance(patch, Rectangle) and patch.get_facecolor() in colours
    ]
    assert len(numbers) == len(kinds) == n * passes
    assert all(
        (kind == "cat") == (number < n // 2) for number, kind in zip(numbers, kinds, strict=True)
    )
    return [numbers[i * n : (i + 1) * n] for i in range(passes)]


def test_passes_in_order_and_shuffled():
    assert samples_drawn(batches.plot_passes(18, 4), 18) == [list(range(18))] * 2
    first, second = samples_drawn(batches.plot_passes(18, 4, shuffle=True), 18)
    assert sorted(first) == sorted(second) == list(range(18))
    assert first != second


@pytest.mark.parametrize(("batch_size", "steps", "last"), [(4, 5, 2), (6, 3, 6), (18, 1, 18)])
def test_passes_say_how_many_batches_there_are(batch_size, steps, last):
    figure = batches.plot_passes(18, batch_size)
    assert f"batches per pass: {steps}; samples in the last one: {last}" in texts(figure)
    frames = [patch for patch in figure.axes[0].patches if not patch.get_fill()]
    assert len(frames) == 2 * steps


def test_streaming_needs_the_memory_of_batches_only(files):
    few, many = batches.measure_loading(files * 10, counts=(12, 60), batch_size=3)
    picture = 150 * 150 * 3 * 4
    assert few.all_bytes >= 12 * picture
    assert many.all_bytes >= 60 * picture
    assert many.batch_bytes < 1.2 * few.batch_bytes < 12 * picture
    assert many.batch_seconds < many.all_seconds
    figure = batches.plot_loading([few, many])
    np.testing.assert_allclose(figure.axes[0].lines[0].get_ydata()[1], many.all_bytes / 1e6)


def test_explorations_show_a_picture_without_a_kernel(capsys):
    batches.explore_dataset_memory()
    batches.explore_passes()
    shown = capsys.readouterr().out
    assert "images = 25000" in shown
    assert "batch size = 4" in shown
