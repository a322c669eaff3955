"""What the checks of notebook 12 say about functions that a student might write."""

from __future__ import annotations

import numpy as np
import pytest

from course_utils import transfer_checks
from course_utils.checks import examine

IMAGES = (np.arange(160) * 7 % 11 - 3).reshape(5, 4, 4, 2)


def by_predict(base, images, batch_size=32):
    return base.predict(images, batch_size=batch_size, verbose=0).reshape(len(images), -1)


def by_hand(base, images, batch_size=32):
    rows = []
    for start in range(0, len(images), batch_size):
        maps = base(images[start : start + batch_size], training=False)
        rows.extend(np.asarray(maps).reshape(len(maps), -1))
    return np.array(rows)


def as_tensor(base, images, batch_size=32):
    import keras

    return keras.ops.reshape(base(images), (len(images), -1))


def one_by_one(base, images, batch_size=32):
    return [np.ravel(base(image[None])) for image in images]


def after_training(base, images, batch_size=32):
    base.trainable = True
    base.compile("sgd", "mse")
    base.train_on_batch(images, np.ones((len(images), *base.output_shape[1:])))
    return by_predict(base, images, batch_size)


@pytest.mark.parametrize("function", [by_predict, by_hand, as_tensor, one_by_one])
def test_every_right_way_to_extract_features_counts(function):
    assert examine("extract_features", function).status == "right"
    np.testing.assert_allclose(
        transfer_checks.extracted(function, IMAGES, 2),
        transfer_checks.extracted(by_predict, IMAGES),
        rtol=1e-5,
    )


def test_a_changed_base_is_noticed():
    assert transfer_checks.extracted(after_training, IMAGES) == transfer_checks.WEIGHTS_CHANGED
    assert "inference mode" in examine("extract_features", after_training).message


def test_any_other_order_is_noticed():
    def shuffled(base, images, batch_size=32):
        order = np.random.default_rng().permutation(len(images))
        if (order == np.arange(len(images))).all():
            order = order[::-1]
        return by_predict(base, images)[order]

    assert transfer_checks.extracted(shuffled, IMAGES) == transfer_checks.OTHER_ORDER
    assert "another order" in examine("extract_features", shuffled).message


@pytest.mark.parametrize("result", [None, "text", object(), [[1], [2, 3]]])
def test_other_results_are_wrong_and_raise_nothing(result):
    assert examine("extract_features", lambda base, images, size=1: result).status == "wrong"


def compiled(model, learning_rate, **options):
    from keras import optimizers

    settings = {"loss": model.loss, "metrics": ["accuracy"], **options}
    model.compile(optimizers.RMSprop(learning_rate), **settings)


def base_first(model, base, prefix, learning_rate):
    base.trainable = True
    for layer in base.layers:
        layer.trainable = layer.name.startswith(prefix)
    compiled(model, learning_rate)


def layers_only(model, base, prefix, learning_rate):
    for layer in base.layers:
        layer.trainable = layer.name.startswith(prefix)
    compiled(model, learning_rate)


def in_a_frozen_base(model, base, prefix, learning_rate):
    base.trainable = False
    for layer in base.layers:
        if layer.name.startswith(prefix):
            layer.trainable = True
    # Keras keeps the metrics of a model that is compiled again without any.
    compiled(model, learning_rate, metrics=None)


def loss_object(model, base, prefix, learning_rate):
    from keras import losses

    base_first(model, base, prefix, learning_rate)
    sparse = model.loss == "sparse_categorical_crossentropy"
    kind = losses.SparseCategoricalCrossentropy if sparse else losses.CategoricalCrossentropy
    compiled(model, learning_rate, loss=kind())


@pytest.mark.parametrize("function", [base_first, layers_only, in_a_frozen_base, loss_object])
def test_every_right_way_to_unfreeze_counts(function):
    assert examine("unfreeze_top_block", function).status == "right"


def frozen_afterwards(model, base, prefix, learning_rate):
    # Setting it to False would do nothing while it is False.
    base_first(model, base, prefix, learning_rate)
    base.trainable = False
    compiled(model, learning_rate)


def thawed_afterwards(model, base, prefix, learning_rate):
    layers_only(model, base, prefix, learning_rate)
    base.trainable = True
    compiled(model, learning_rate)


def layers_of_the_model(model, base, prefix, learning_rate):
    for layer in model.layers:
        layer.trainable = layer.name.startswith(prefix)
    compiled(model, learning_rate)


def everything_else_frozen(model, base, prefix, learning_rate):
    for layer in model.layers[1:]:
        layer.trainable = False
    base_first(model, base, prefix, learning_rate)


def not_compiled(model, base, prefix, learning_rate):
    base.trainable = True
    for layer in base.layers:
        layer.trainable = layer.name.startswith(prefix)


def the_models_counters(model, base, prefix, learning_rate):
    base_first(model, base, prefix, learning_rate)
    model.train_on_batch(np.zeros((1, *model.input_shape[1:])), _label(model))
    compiled(model, learning_rate, metrics=model.metrics)


def _label(model):
    sparse = model.loss == "sparse_categorical_crossentropy"
    return np.zeros(1) if sparse else np.eye(model.output_shape[-1])[:1]


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (frozen_afterwards, "The block is still frozen"),
        (thawed_afterwards, "The whole base trains"),
        (layers_of_the_model, "go through base.layers"),
        (everything_else_frozen, "must go on training"),
        (not_compiled, "takes effect at compile"),
        (the_models_counters, "Keras' own counters"),
    ],
)
def test_wrong_ways_draw_their_hints(function, words):
    result = examine("unfreeze_top_block", function)
    assert result.status == "hint"
    assert words in result.message


def test_a_function_that_does_nothing_is_wrong():
    assert examine("unfreeze_top_block", lambda *arguments: None).status == "wrong"


def test_a_step_that_stops_is_a_fact():
    def other_loss(model, base, prefix, learning_rate):
        compiled(model, learning_rate, loss="categorical_crossentropy")

    found = transfer_checks.unfreezing_facts(other_loss, "three blocks", "block3", 1e-3)
    assert found[-1] == transfer_checks.STOPS


def test_checking_leaves_no_warnings(capfd):
    for _ in range(2):
        examine("unfreeze_top_block", base_first)
        examine("extract_features", by_predict)
    assert "retracing" not in capfd.readouterr().err
