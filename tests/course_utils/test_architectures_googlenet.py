"""GoogLeNet has the shapes, weights and multiplications of its paper, counted in Keras."""

from __future__ import annotations

import doctest

import pytest

from course_utils.architectures import googlenet as module
from course_utils.architectures.googlenet import MODULES, googlenet, small_inception_net
from course_utils.arithmetic.models import count_macs, layer_table, longest_path

# Output side, channels, parameters and multiplications (with biases, at 224×224).
COUNTED = {
    "3a": (28, 256, 163_696, 128_049_152),
    "3b": (28, 480, 388_736, 304_267_264),
    "4a": (14, 512, 376_176, 73_608_192),
    "4b": (14, 512, 449_160, 87_908_352),
    "4c": (14, 512, 510_104, 99_850_240),
    "4d": (14, 528, 605_376, 118_515_712),
    "4e": (14, 832, 868_352, 169_996_288),
    "5a": (7, 832, 1_043_456, 51_079_168),
    "5b": (7, 1024, 1_444_080, 70_697_984),
}


@pytest.fixture(scope="module")
def main():
    return googlenet()


@pytest.fixture(scope="module")
def rows(main):
    return {row["name"]: row for row in layer_table(main)}


def test_examples_in_the_documentation_are_true():
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_as_large_as_in_the_paper(rows, name):
    side, channels, params, macs = COUNTED[name]
    inside = [row for layer, row in rows.items() if layer.startswith(f"inception_{name}")]
    assert rows[f"inception_{name}_output"]["output_shape"] == (side, side, channels)
    assert MODULES[name].channels == channels
    assert sum(row["params"] for row in inside) == params
    assert sum(row["macs"] for row in inside) == macs


def test_the_paper_counts_weights_without_biases_in_binary_thousands(rows):
    for name, printed in (("3a", 159), ("3b", 380)):
        inside = [row for layer, row in rows.items() if layer.startswith(f"inception_{name}")]
        channels = [row["output_shape"][2] for row in inside if row["params"]]
        assert (sum(row["params"] for row in inside) - sum(channels)) / 1024 == pytest.approx(
            printed, abs=1
        )


@pytest.mark.parametrize(
    ("layer", "shape", "params"),
    [
        ("conv1", (112, 112, 64), 9_472),
        ("pool1", (56, 56, 64), 0),
        ("conv2_reduce", (56, 56, 64), 4_160),
        ("conv2", (56, 56, 192), 110_784),
        ("pool2", (28, 28, 192), 0),
        ("classifier", (1000,), 1_025_000),
    ],
)
def test_stem_and_classifier(rows, layer, shape, params):
    assert (rows[layer]["output_shape"], rows[layer]["params"]) == (shape, params)


def test_the_whole_network(main):
    assert main.count_params() == 6_998_552
    assert count_macs(main) == 1_582_671_872
    # 22 layers on the longest path, 58 in all: Keras counts the weights in pairs.
    assert longest_path(main, weighted_only=True) == 22
    assert len(main.weights) == 2 * 58


def test_auxiliary_heads_only_add(main):
    model = googlenet(auxiliary=True)
    assert model.count_params() == 13_378_280
    assert model.output_shape == [(None, 1000)] * 3
    rows = {row["name"]: row for row in layer_table(model)}
    for name, channels, params in (("4a", 512, 3_188_840), ("4d", 528, 3_190_888)):
        head = [row for layer, row in rows.items() if layer.startswith(f"auxiliary_{name}")]
        assert rows[f"auxiliary_{name}_pool"]["output_shape"] == (4, 4, channels)
        assert sum(row["params"] for row in head) == params
    kept = {layer.name for layer in model.layers if not layer.name.startswith("auxiliary")}
    assert kept - {model.layers[0].name} == {layer.name for layer in main.layers[1:]}


def test_the_small_network():
    model = small_inception_net()
    assert model.count_params() == 10_080
    assert model.input_shape == (None, 28, 28, 1)
    assert model.output_shape == (None, 10)
    assert small_inception_net(classes=3).output_shape == (None, 3)
