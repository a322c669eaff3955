"""Transformations of pictures agree with Keras, and the figures of notebook 05 show them."""

from __future__ import annotations

import doctest

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import augmenter_facts, picture_transforms
from course_utils.augmenter_facts import describe_augmenter
from course_utils.conv_ops import shift_image
from course_utils.explore import augmentation
from course_utils.picture_transforms import FILL_MODES, transform_picture

PICTURE = np.random.default_rng(0).random((40, 50, 3)).astype("float32")
# A 2, a 4 and a 5, seven pixels a side.
PATTERNS = [
    np.array([[int(mark == "#") for mark in row] for row in rows.split()])
    for rows in (
        ".#####. ##...## .....## ...###. .###... ##..... #######",
        "....##. ...###. ..#.##. .#..##. ####### ....##. ....##.",
        "####### ##..... #####.. ....##. .....## ##..##. .####..",
    )
]
BLACK = {"fill_mode": "constant"}


def drawn_by(layer) -> np.ndarray:
    return np.asarray(layer(PICTURE[None], training=True))[0]


@pytest.mark.parametrize("module", [augmenter_facts, picture_transforms, augmentation])
def test_examples_in_the_documentation_are_true(module):
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("fill", FILL_MODES)
@pytest.mark.parametrize(
    ("change", "make"),
    [
        ({"rotation": 30}, lambda f: layers.RandomRotation((30 / 360, 30 / 360), fill_mode=f)),
        ({"down": 0.2}, lambda f: layers.RandomTranslation((0.2, 0.2), (0, 0), fill_mode=f)),
        ({"right": -0.1}, lambda f: layers.RandomTranslation((0, 0), (-0.1, -0.1), fill_mode=f)),
        ({"zoom": 0.3}, lambda f: layers.RandomZoom((0.3, 0.3), fill_mode=f)),
        ({"zoom": -0.3}, lambda f: layers.RandomZoom((-0.3, -0.3), fill_mode=f)),
    ],
)
def test_a_transformation_is_what_keras_draws(change, make, fill):
    ours = transform_picture(PICTURE, **change, fill=fill)
    np.testing.assert_allclose(ours, drawn_by(make(fill)), atol=1e-3)


def test_shear_moves_rows_by_the_slope():
    line = np.zeros((41, 41))
    line[:, 20] = 1
    sheared = transform_picture(line, shear=0.5, fill="constant")
    places = sheared[::2].argmax(axis=1)
    assert places.tolist() == list(range(10, 31))


def test_whole_pixels_are_moved_exactly_and_flips_are_mirrors():
    moved = transform_picture(PICTURE, down=0.1, right=-0.1)
    np.testing.assert_allclose(moved, shift_image(PICTURE, 4, -5), atol=1e-6)
    np.testing.assert_allclose(transform_picture(PICTURE, flip=True), PICTURE[:, ::-1])


@pytest.mark.parametrize("wrong", [{"image": [1, 2]}, {"image": [[1]], "fill": "wrap"}])
def test_impossible_transformations_say_why(wrong):
    with pytest.raises(ValueError, match=r"shape \(2,\)|'wrap'"):
        transform_picture(**wrong)


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize(
    ("fact", "stack"),
    [
        (augmenter_facts.GOOD, [("RandomRotation", (0.04,), BLACK)]),
        (
            augmenter_facts.GOOD,
            [
                ("RandomTranslation", (0.15, 0.15), {}),
                ("RandomRotation", (0.06,), {}),
                ("RandomZoom", (0.2, 0.2), {}),
                ("RandomShear", (0.2,), {}),
            ],
        ),
        (augmenter_facts.GOOD, [("RandomBrightness", (0.2,), {"value_range": (0, 1)})]),
        (augmenter_facts.MIRRORED, [("RandomFlip", ("horizontal",), {})]),
        (augmenter_facts.MIRRORED, [("RandomFlip", ("vertical",), {})]),
        (
            augmenter_facts.MIRRORED,
            [("RandomFlip", ("horizontal",), {}), ("RandomRotation", (0.1,), {})],
        ),
        (augmenter_facts.TURNED, [("RandomRotation", (0.5,), BLACK)]),
        (augmenter_facts.TURNED, [("RandomRotation", (0.25,), {})]),
        (augmenter_facts.NOT_RANDOM, [("RandomRotation", (0.0,), {})]),
        (augmenter_facts.NOT_RANDOM, [("RandomRotation", ((0.1, 0.1),), {})]),
        (augmenter_facts.CHANGES_ALWAYS, [("Rescaling", (1 / 255,), {})]),
        (augmenter_facts.OUT_OF_RANGE, [("RandomBrightness", (0.2,), {})]),
        (augmenter_facts.LOST, [("RandomTranslation", (0.9, 0.9), BLACK)]),
        ("pictures of shape (24, 24, 1)", [("RandomCrop", (24, 24), {})]),
    ],
)
def test_augmenters_are_told_apart(pattern, fact, stack):
    augmenter = keras.Sequential([getattr(layers, n)(*args, **more) for n, args, more in stack])
    assert describe_augmenter(augmenter, pattern) == fact


def test_the_type_of_a_result_is_told():
    image = np.ones((2, 2, 1), "uint8")
    assert augmenter_facts.attribute_of_result(shift_image, image, 1, 0, "dtype") == "uint8"


def test_the_grid_draws_different_versions_and_repeats_with_its_seed():
    def pictures(seed):
        layer = layers.RandomTranslation(0.3, 0.3, seed=seed)
        figure = augmentation.plot_augmentation_grid(PICTURE, layer, n=6, seed=seed)
        return [ax.images[0].get_array() for ax in figure.axes]

    first = pictures(1)
    assert len(first) == 6
    assert len({np.asarray(picture).tobytes() for picture in first}) == 6
    assert all(map(np.array_equal, first, pictures(1)))


def test_versions_are_asked_about_under_their_label():
    figure = augmentation.plot_versions({"dog": PICTURE, "2": PICTURE[..., 0]})
    asked = [ax.get_xlabel() for ax in figure.axes if ax.get_xlabel()]
    assert asked == ["still a dog?"] * 6 + ["still a 2?"] * 6


def test_a_transformation_is_told_in_all_its_units():
    figure = augmentation.plot_transformation(PICTURE, rotation=90, right=0.1, shear=0.2, zoom=0.25)
    told = figure.axes[2].texts[0].get_text()
    for part in ("+0.250 of a full turn", "+5 pixels", "+11.3°", "× 0.80", "mirrored: no"):
        assert part in told


def test_the_legacy_class_shears_by_degrees_that_nobody_sees():
    told = augmentation.legacy_draws(
        n=300, rotation_range=40, width_shift_range=0.2, shear_range=0.2, horizontal_flip=True
    )
    low, high = next(line for line in told.splitlines() if "shear" in line)[24:48].split(" to ")
    assert -0.2 <= float(low) < float(high.split()[0]) <= 0.2
    figure = augmentation.plot_shear_units(PICTURE, 0.2)
    before, legacy, modern = (np.asarray(ax.images[0].get_array()) for ax in figure.axes)
    assert np.abs(legacy - before).mean() < 0.1 * np.abs(modern - before).mean()


def test_versions_of_a_picture_are_more_alike_than_pictures():
    rng = np.random.default_rng(0)
    colours = rng.random((12, 1, 1, 3)).astype("float32")
    others = np.clip(colours + 0.05 * rng.normal(size=(12, 8, 8, 3)), 0, 1)
    versions = np.stack([others[:3]] * 4, axis=1)
    figure = augmentation.plot_likeness(versions, others)
    alike = np.asarray(figure.axes[0].images[0].get_array())
    same = np.kron(np.eye(3), np.ones((4, 4))).astype(bool)
    assert alike[same].min() > 0.99 > alike[~same].max()
    assert len(figure.axes[0].patches) == 3


def test_the_exploration_describes_its_default_picture(capsys):
    augmentation.explore_transformations({"noise": PICTURE})
    shown = capsys.readouterr().out
    assert "picture = noise" in shown
    assert "shift right = 0.15" in shown
