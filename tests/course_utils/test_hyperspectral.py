"""The synthetic hyperspectral cube."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.datasets.hyperspectral import hyperspectral_from_photo, wavelengths


def test_each_colour_is_strongest_at_its_own_wavelength():
    colours = np.eye(3)[None]  # a red, a green and a blue pixel
    cube = hyperspectral_from_photo(colours, bands=61)
    peaks = wavelengths(61)[cube[0].argmax(axis=1)]
    assert peaks[0] > 600 > 560 > peaks[1] > 530 > 470 > peaks[2]


def test_brightness_stays_in_range_and_is_kept():
    photo = np.random.default_rng(0).random((6, 7, 3))
    cube = hyperspectral_from_photo(photo, bands=31)
    assert cube.shape == (6, 7, 31)
    assert cube.dtype == np.float32
    assert cube.min() >= 0
    assert hyperspectral_from_photo(np.ones((1, 1, 3)), 31).max() == pytest.approx(1)


@pytest.mark.parametrize("bands", [3, 31, 200])
def test_three_mixtures_of_the_bands_give_the_photo_back(bands):
    photo = np.random.default_rng(1).random((9, 9, 3))
    cube = hyperspectral_from_photo(photo, bands).reshape(-1, bands)
    weights, *_ = np.linalg.lstsq(cube.astype(float), photo.reshape(-1, 3), rcond=1e-5)
    assert np.abs(cube @ weights - photo.reshape(-1, 3)).max() < 1e-3


def test_impossible_input_is_refused():
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        hyperspectral_from_photo(np.zeros((4, 4)))
    with pytest.raises(ValueError, match="bands"):
        wavelengths(1)
    with pytest.raises(TypeError, match="bands"):
        hyperspectral_from_photo(np.zeros((4, 4, 3)), bands=3.5)
