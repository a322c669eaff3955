"""A picture with many wavelength bands, made from a colour photograph."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from course_utils.arithmetic.arguments import whole_number

SHORTEST, LONGEST = 400.0, 700.0
# Where red, green and blue light have their peaks, and how broad they are, in nanometres.
_PEAKS = np.array([610.0, 545.0, 460.0])
_BREADTH = 35.0


def wavelengths(bands: int = 31) -> np.ndarray:
    """Return the middle of each band in nanometres, evenly spaced over the visible light.

    Raises
    ------
    TypeError, ValueError
        If `bands` is no whole number of at least 2.

    >>> wavelengths(31)[:3].tolist()
    [400.0, 410.0, 420.0]
    """
    return np.linspace(SHORTEST, LONGEST, whole_number("bands", bands, minimum=2))


def hyperspectral_from_photo(photo: ArrayLike, bands: int = 31) -> np.ndarray:
    """Spread the three channels of a photograph over many bands: a *synthetic* cube.

    Every band is a mixture of red, green and blue; each colour counts the more, the closer the
    band is to its peak (Gaussian curves about 610, 545 and 460 nm). A cube from a real
    hyperspectral camera holds more than three channels can tell, this one does not.

    Parameters
    ----------
    photo : (height, width, 3) array
        Red, green and blue in [0, 1].
    bands : int

    Returns
    -------
    numpy.ndarray
        float32 in [0, 1] of shape (height, width, bands).

    Raises
    ------
    TypeError, ValueError
        If `photo` has another shape, or `bands` is no whole number of at least 2.

    >>> hyperspectral_from_photo(np.ones((4, 5, 3)), bands=8).shape
    (4, 5, 8)
    """
    photo = np.asarray(photo)
    if photo.ndim != 3 or photo.shape[2] != 3:
        raise ValueError(f"expected a photograph (height, width, 3), got shape {photo.shape}")
    distance = (wavelengths(bands)[None, :] - _PEAKS[:, None]) / _BREADTH
    spectra = np.exp(-(distance**2) / 2)
    # White stays in range: no band adds up to more than 1.
    spectra /= spectra.sum(axis=0).max()
    return (photo @ spectra).astype("float32")
