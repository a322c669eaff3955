"""The digit network at any depth."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils.architectures.depth import KINDS, digit_depth_net


def convolutions(model):
    return [layer for layer in model.layers if type(layer).__name__ == "Conv2D"]


@pytest.mark.parametrize("kind", KINDS)
def test_depth_counts_the_convolutions_after_the_first(kind):
    for depth in (0, 2, 8):
        model = digit_depth_net(depth, kind)
        assert len(convolutions(model)) == depth + 1
        assert model.predict(np.zeros((2, 8, 8, 1)), verbose=0).shape == (2, 10)


def test_shortcuts_cost_no_weights():
    counts = {kind: digit_depth_net(30, kind).count_params() for kind in KINDS}
    assert counts["plain"] == counts["residual"] == counts["one_conv_skip"] == counts["sigmoid"]
    assert counts["batchnorm"] > counts["plain"]


def test_large_images_are_pooled_early():
    model = digit_depth_net(2, "plain", (28, 28, 1))
    assert convolutions(model)[1].output.shape[1:3] == (14, 14)


@pytest.mark.parametrize(
    ("depth", "kind", "message"),
    [(3, "plain", "even"), (-2, "plain", "even"), (2, "dense", "kind"), (102, "plain", "100")],
)
def test_impossible_nets_are_refused(depth, kind, message):
    with pytest.raises(ValueError, match=message):
        digit_depth_net(depth, kind)
