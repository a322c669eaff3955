"""The comparison of notebook 12 once more, with very few images."""

from __future__ import annotations

from typing import Any

from course_utils.architectures.backbone import load_backbone
from course_utils.datasets.clutter import digits_on_clutter
from course_utils.datasets.dataset import Dataset
from course_utils.training import fit_quietly

PER_CLASS = 10


def ways_with_ten_images(seed: int = 0) -> dict[str, dict[str, float]]:
    """Train in three ways with ten digits on clutter of each class; some ten seconds.

    From scratch (40 epochs, Adam), feature extraction (30 epochs, Adam) and fine-tuning of block 3
    after it (15 epochs, RMSprop at 1e-4); batches of 16, dropout of 0.3 before the classifier.

    Returns
    -------
    dict
        ``{"train_accuracy": {way: accuracy}, "test_accuracy": {way: accuracy}}`` with the ways
        scratch, feature_extraction and fine_tuning; 100 training and 700 test images.
    """
    import keras

    data = digits_on_clutter(PER_CLASS)
    pairs = {}

    keras.utils.set_random_seed(seed)
    scratch = _with_classifier(keras.models.clone_model(load_backbone(trainable=True)))
    pairs["scratch"] = _train(scratch, data, keras.optimizers.Adam(), 40, seed)

    keras.utils.set_random_seed(seed)
    base = load_backbone()
    model = _with_classifier(base)
    pairs["feature_extraction"] = _train(model, data, keras.optimizers.Adam(), 30, seed)

    base.trainable = True
    for layer in base.layers:
        layer.trainable = layer.name.startswith("block3")
    pairs["fine_tuning"] = _train(model, data, keras.optimizers.RMSprop(1e-4), 15, seed)

    columns = zip(
        ("train_accuracy", "test_accuracy"), zip(*pairs.values(), strict=True), strict=True
    )
    return {name: dict(zip(pairs, values, strict=True)) for name, values in columns}


def _with_classifier(base: Any) -> Any:
    from keras import layers, models

    head = [layers.Flatten(), layers.Dropout(0.3), layers.Dense(10, activation="softmax")]
    return models.Sequential([base, *head])


def _train(model: Any, data: Dataset, optimizer: Any, epochs: int, seed: int) -> tuple[float, ...]:
    """Compile and train; return the accuracies on training and test images."""
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    fit_quietly(model, data.x_train, data.y_train, epochs=epochs, batch_size=16, seed=seed)
    parts = (data.x_train, data.y_train), (data.x_test, data.y_test)
    return tuple(model.evaluate(images, labels, verbose=0)[1] for images, labels in parts)
