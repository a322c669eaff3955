"""Glyphs and digits on clutter: promised form, repeatable, readable, and hard enough."""

from __future__ import annotations

from pathlib import Path

import matplotlib
import numpy as np
import pytest
from sklearn.datasets import load_digits

from course_utils.datasets.clutter import (
    CONTRAST,
    FACES,
    LETTERS,
    digits_on_clutter,
    glyphs_on_clutter,
)


def assert_pictures(images, n):
    assert images.shape == (n, 32, 32, 3)
    assert images.dtype == np.float32
    assert images.min() >= 0
    assert images.max() <= 1


def test_glyphs_have_the_promised_form():
    images, labels = glyphs_on_clutter(300)
    assert_pictures(images, 300)
    assert labels.dtype == np.int64
    assert set(labels) == set(range(len(LETTERS)))
    assert len(LETTERS) == 24
    assert not set(LETTERS) & set("IO")


def test_all_typefaces_ship_with_matplotlib():
    folder = Path(matplotlib.get_data_path(), "fonts", "ttf")
    assert len(set(FACES)) == 12
    assert all((folder / face).is_file() for face in FACES)


def test_glyphs_repeat_with_their_seed_and_longer_sets_begin_alike():
    images, labels = glyphs_on_clutter(20, "AB", seed=3)
    again, _ = glyphs_on_clutter(20, "AB", seed=3)
    more, more_labels = glyphs_on_clutter(30, "AB", seed=3)
    other, _ = glyphs_on_clutter(20, "AB", seed=4)
    np.testing.assert_array_equal(images, again)
    np.testing.assert_array_equal(images, more[:20])
    np.testing.assert_array_equal(labels, more_labels[:20])
    assert (images != other).any(axis=(1, 2, 3)).all()


def blocks():
    """Yield full blocks on clutter, where they cover it, and the clutter."""
    # Same seed, same draws: only the shape differs.
    pairs = (glyphs_on_clutter(40, character, seed=1)[0] for character in "█.")
    for block, dot in zip(*pairs, strict=True):
        yield block, np.abs(block - dot).max(axis=2) > 0.02, dot


def test_a_glyph_is_of_one_colour_that_stands_out_from_its_background():
    for block, covered, clutter in blocks():
        assert 150 < covered.sum() < 24 * 24
        colour = np.median(block[covered], axis=0)
        assert (np.abs(block[covered] - colour).max(axis=1) < 0.02).mean() > 0.5
        # The average of the clutter is that of the picture with only a dot on it, nearly.
        assert np.abs(colour - clutter.mean(axis=(0, 1))).mean() > CONTRAST - 0.05


def test_glyphs_are_anywhere_and_of_any_colour():
    shown = [(block[covered].mean(axis=0), np.argwhere(covered)) for block, covered, _ in blocks()]
    colours, places = zip(*shown, strict=True)
    middles = np.array([pixels.mean(axis=0) for pixels in places])
    assert (middles.std(axis=0) > 1.5).all()
    assert (np.std(colours, axis=0) > 0.15).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "n must be at least 1, got 0"),
        ((5, ""), "must be different from each other, got ''"),
        ((5, "ABA"), "must be different from each other, got 'ABA'"),
        ((5, "A B"), "must be visible, got ' '"),
    ],
)
def test_impossible_glyphs_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        glyphs_on_clutter(*arguments)


def test_digits_have_the_promised_form():
    data = digits_on_clutter(40)
    assert_pictures(data.x_train, 400)
    assert_pictures(data.x_test, 700)
    assert list(np.bincount(data.y_train)) == [40] * 10
    assert data.y_test.shape == (700,)
    assert set(data.y_test) == set(range(10))
    assert "handwritten" in data.note


def test_all_other_digits_are_for_training_by_default():
    data = digits_on_clutter()
    assert len(data.x_train) + len(data.x_test) == 1797
    together = np.concatenate([data.y_train, data.y_test])
    assert list(np.bincount(together)) == list(np.bincount(load_digits().target))


def test_smaller_training_sets_are_parts_of_larger_ones_and_the_test_images_stay():
    few, many = digits_on_clutter(10), digits_on_clutter(40)
    np.testing.assert_array_equal(few.x_test, many.x_test)
    np.testing.assert_array_equal(few.y_test, many.y_test)
    known = {image.tobytes() for image in many.x_train}
    assert {image.tobytes() for image in few.x_train} <= known
    assert not {image.tobytes() for image in many.x_test} & known


def test_digits_repeat_with_their_seed_and_are_not_shared():
    first = digits_on_clutter(5)
    first.x_test[:] = 0
    again, other = digits_on_clutter(5), digits_on_clutter(5, seed=6)
    assert again.x_test.any()
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert (again.y_test != other.y_test).any()


def test_every_picture_shows_the_digit_of_its_label():
    """Somewhere in the picture lies a patch like the digits of its class."""
    from course_utils.datasets import load_digits_images

    data, plain = digits_on_clutter(8), load_digits_images(20)
    means = np.stack([plain.x_train[plain.y_train == d, ..., 0].mean(axis=0) for d in range(10)])
    means = means.reshape(10, -1)
    means = (means - means.mean(axis=1, keepdims=True)) / means.std(axis=1, keepdims=True)
    grey = np.abs(data.x_train - np.median(data.x_train, axis=(1, 2), keepdims=True)).sum(axis=3)
    windows = np.lib.stride_tricks.sliding_window_view(grey, (20, 20), axis=(1, 2))
    windows = windows.reshape(len(grey), -1, 400)
    windows = windows - windows.mean(axis=2, keepdims=True)
    windows /= windows.std(axis=2, keepdims=True)
    scores = (windows @ means.T).max(axis=1)
    assert (scores.argmax(axis=1) == data.y_train).mean() > 0.4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n_train_per_class": 0}, "n_train_per_class must be 1 to 100 beside 700"),
        ({"n_train_per_class": 101}, "got 101"),
        ({"n_test": 1797}, "n_test must be 1 to 1796, got 1797"),
    ],
)
def test_impossible_digits_are_refused(arguments, message):
    with pytest.raises(ValueError, match=message):
        digits_on_clutter(**arguments)
