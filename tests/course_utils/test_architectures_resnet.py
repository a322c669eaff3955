"""ResNet, its plain twin and ResNeXt have the weights of the papers and of Keras."""

from __future__ import annotations

import pytest

from course_utils.architectures.resnet import cifar_resnet, resnet34
from course_utils.architectures.resnext import resnext
from course_utils.arithmetic import batchnorm_params, conv_params
from course_utils.arithmetic.models import count_macs, longest_path
from course_utils.explore.network_rows import NETWORKS, network_macs


def additions(model):
    return [layer for layer in model.layers if type(layer).__name__ == "Add"]


def test_the_34_layers():
    residual, plain = resnet34(), resnet34(plain=True)
    assert residual.count_params() == 21_814_696
    assert (len(additions(residual)), len(additions(plain))) == (16, 0)
    # The plain one lacks three projections with their batch normalisation, and nothing else.
    projections = sum(
        conv_params(1, width // 2, width, use_bias=False) + batchnorm_params(width)[0]
        for width in (128, 256, 512)
    )
    assert residual.count_params() - plain.count_params() == projections
    for model, name in ((residual, "34 layers, residual"), (plain, "34 layers, plain")):
        assert longest_path(model, weighted_only=True) == 34
        assert count_macs(model) == network_macs(NETWORKS[name])


def test_stages_halve_and_double():
    model = resnet34()
    shapes = [
        model.get_layer(f"conv{stage}_block1_relu2").output.shape[1:] for stage in range(2, 6)
    ]
    assert shapes == [(56, 56, 64), (28, 28, 128), (14, 14, 256), (7, 7, 512)]


@pytest.mark.parametrize(("depth", "params"), [(20, 271_098), (56, 857_082)])
def test_cifar_networks_are_equally_large_with_and_without_shortcuts(depth, params):
    residual, plain = cifar_resnet(depth), cifar_resnet(depth, plain=True)
    assert residual.count_params() == plain.count_params() == params
    assert len(additions(residual)) == (depth - 2) // 2
    assert longest_path(plain, weighted_only=True) == depth


@pytest.mark.parametrize("depth", [2, 21, 128, "20"])
def test_other_depths_are_refused(depth):
    with pytest.raises(ValueError, match="6 n"):
        cifar_resnet(depth)


def test_resnext_splits_channels_into_groups():
    model = resnext((1, 1), groups=4, width=8)
    grouped = [
        layer for layer in model.layers if type(layer).__name__ == "Conv2D" and layer.groups > 1
    ]
    assert [layer.kernel.shape for layer in grouped] == [(3, 3, 2, 8), (3, 3, 4, 16)]
    with pytest.raises(ValueError, match="divide"):
        resnext((1,), groups=3, width=8)
