"""The best windows are where a channel answers most strongly."""

import numpy as np
import pytest

from course_utils.explore.hierarchy import best_windows, plot_best_windows


def test_best_windows_are_found_and_ordered():
    rng = np.random.default_rng(0)
    images = rng.random((5, 8, 8)) * 0.1
    maps = np.zeros((5, 8, 8))
    for image, (row, col), strength in ((1, (4, 3), 2.0), (3, (0, 7), 5.0), (4, (6, 6), 1.0)):
        maps[image, row, col] = strength
    found = best_windows(maps, images, field=3, n=3)
    np.testing.assert_array_equal(found[1], images[1, 3:6, 2:5])
    np.testing.assert_array_equal(found[2], images[4, 5:8, 5:8])
    # The strongest is in a corner: beyond the border there are zeros.
    np.testing.assert_array_equal(found[0][1:, :2], images[3, :2, 6:])
    assert not found[0][0].any()
    assert not found[0][:, 2].any()


def test_best_windows_refuses_maps_of_another_size():
    with pytest.raises(ValueError, match="do not fit"):
        best_windows(np.zeros((5, 6, 6)), np.zeros((5, 8, 8)), 3, 2)
    with pytest.raises(ValueError, match="n=6"):
        best_windows(np.zeros((5, 8, 8)), np.zeros((5, 8, 8)), 3, 6)


def test_windows_grow_from_layer_to_layer_and_an_edge_filter_finds_edges():
    from keras import Input, layers, models

    model = models.Sequential([
        Input((12, 12, 1)),
        layers.Conv2D(1, 3, padding="same", name="edges"),
        layers.Conv2D(4, 3, padding="same", name="more"),
    ])  # fmt: skip
    kernel = np.tile([1.0, 0, -1], (3, 1))[:, :, None, None]
    model.get_layer("edges").set_weights([kernel, np.zeros(1)])
    images = np.random.default_rng(1).random((100, 12, 12, 1)).astype("float32") * 0.2
    images[:, :, :6] += 0.8
    figure = plot_best_windows(model, images, ["edges", "more"])
    titles = [ax.get_title() for ax in figure.axes]
    assert "edges: windows of 3×3" in titles[0]
    assert "more: windows of 5×5" in titles[1]
    # One channel, one row; the mean window is bright on the left and dark on the right.
    sheet = np.asarray(figure.axes[0].images[0].get_array())
    assert sheet.shape[0] < 130
    assert sheet[60, 20].mean() > 0.7 > 0.3 > sheet[60, 100].mean()
