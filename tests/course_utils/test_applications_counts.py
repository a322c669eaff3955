"""The stored counts of the 20 networks are what building them gives."""

from __future__ import annotations

import doctest

import pytest

from course_utils.architectures import applications
from course_utils.architectures.applications import (
    build_network,
    count_network,
    measured_counts,
)
from course_utils.datasets.applications import applications_table
from course_utils.explore.network_rows import NETWORKS, network_macs

PRINTED = {row.model: row for row in applications_table()}


@pytest.mark.parametrize("name", PRINTED)
def test_counting_again_gives_the_stored_row(name):
    assert count_network(name) == measured_counts()[name]


def test_rows_and_order_are_those_of_the_table():
    assert list(measured_counts()) == list(PRINTED)
    assert doctest.testmod(applications).failed == 0


def test_every_printed_number_of_parameters_is_still_right():
    assert {n: c.params for n, c in measured_counts().items()} == {
        name: row.params for name, row in PRINTED.items()
    }
    rebuilt = [name for name, c in measured_counts().items() if c.source == "rebuilt"]
    assert rebuilt == ["ResNeXt50", "ResNeXt101"]


@pytest.mark.parametrize("name", ["MobileNet", "MobileNetV2", "ResNet50", "NASNetMobile"])
def test_without_top_is_what_keras_means_by_it(name):
    import keras

    build = getattr(keras.applications, name)
    without = build(weights=None, include_top=False, input_shape=(224, 224, 3))
    assert without.count_params() == measured_counts()[name].without_top
    keras.backend.clear_session()


def test_printed_depths_follow_three_conventions():
    counts = measured_counts()
    follows = {
        name: [
            key
            for key in ("layers", "longest_path", "weight_layers")
            if getattr(counts[name], key) == row.depth
        ]
        for name, row in PRINTED.items()
        if row.depth is not None
    }
    for name in ("VGG16", "VGG19"):
        assert "layers" in follows[name]
    for name in ("Xception", "InceptionV3", "InceptionResNetV2"):
        assert follows[name] == ["longest_path"]
    for name in ("DenseNet121", "DenseNet169", "DenseNet201"):
        assert follows[name] == ["weight_layers"]
    assert follows["MobileNet"] == follows["MobileNetV2"] == []


def test_multiplications_by_formula_are_those_of_keras():
    assert network_macs(NETWORKS["VGG-19"]) == measured_counts()["VGG19"].macs


def test_unknown_networks_are_refused():
    with pytest.raises(ValueError, match="NoNet"):
        build_network("NoNet")
