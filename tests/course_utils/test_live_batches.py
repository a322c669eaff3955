"""The live trainer's batches: images in turn, shifted a little, mirrored if that is harmless."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.datasets.dataset import Dataset
from course_utils.live_batches import SHIFT, EndlessBatches


def batches_of(images, class_names, size, n):
    data = Dataset("", images, np.arange(len(images)), images, None, class_names, False, "")
    batches = EndlessBatches(data)
    return [batches.next(size) for _ in range(n)]


def test_every_image_comes_once_before_any_comes_again():
    images = np.zeros((10, 6, 6, 1), "float32")
    labels = np.concatenate([y for _, y in batches_of(images, ("a",), 4, 5)])
    assert sorted(labels[:10]) == sorted(labels[10:]) == list(range(10))
    assert list(labels[:10]) != list(labels[10:])


def test_a_batch_may_be_larger_than_what_is_left():
    images = np.zeros((5, 6, 6, 1), "float32")
    ((shown, labels),) = batches_of(images, ("a",), 5, 1)
    assert len(shown) == len(labels) == 5


@pytest.mark.parametrize(("names", "mirrored"), [(tuple("0123456789"), False), (("a", "b"), True)])
def test_pictures_are_shifted_a_little_and_mirrored_unless_they_are_digits(names, mirrored):
    image = np.zeros((1, 12, 12, 1), "float32")
    image[0, 5, 4], image[0, 5, 7] = 0.5, 1.0
    found = set()
    for shown, _ in batches_of(image, names, 1, 400):
        (row,), (bright,) = np.nonzero(shown[0, ..., 0] == 1)
        (_,), (dim,) = np.nonzero(shown[0, ..., 0] == 0.5)
        found.add((int(row) - 5, int(bright) - int(dim)))
        assert abs(row - 5) <= SHIFT
    assert {down for down, _ in found} == set(range(-SHIFT, SHIFT + 1))
    assert {distance for _, distance in found} == ({3, -3} if mirrored else {3})
