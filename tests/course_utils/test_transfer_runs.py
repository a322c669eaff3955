"""The comparison with few images, cut short."""

from __future__ import annotations

import numpy as np

from course_utils import transfer_runs
from course_utils.architectures.backbone import backbone_weights


def test_each_way_trains_what_it_should(monkeypatch):
    trained = []

    def one_epoch(model, x, y, *, epochs, batch_size, seed):
        base = model.layers[0]
        starts_trained = np.array_equal(base.get_weights()[0], backbone_weights()[0])
        trains = [layer.name for layer in base.layers if layer.trainable and layer.weights]
        trained.append((starts_trained, trains, len(x)))
        model.fit(x, y, epochs=1, batch_size=batch_size, verbose=0)

    monkeypatch.setattr(transfer_runs, "fit_quietly", one_epoch)
    result = transfer_runs.ways_with_ten_images()
    blocks = ["block1_conv", "block2_conv", "block3_conv"]
    assert trained == [(False, blocks, 100), (True, [], 100), (True, ["block3_conv"], 100)]
    assert list(result) == ["train_accuracy", "test_accuracy"]
    for column in result.values():
        assert list(column) == ["scratch", "feature_extraction", "fine_tuning"]
        assert all(0 <= accuracy <= 1 for accuracy in column.values())
