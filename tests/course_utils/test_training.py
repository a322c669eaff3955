"""Quiet training: nothing printed, everything returned, repeatable."""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils.environment import set_seed
from course_utils.plots.training import plot_training_curves
from course_utils.training import fit_quietly

X = np.random.default_rng(0).normal(size=(60, 5)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


def train(**arguments):
    set_seed(1)
    model = keras.Sequential([keras.Input((5,)), layers.Dropout(0.2), layers.Dense(2, "softmax")])
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    return model, fit_quietly(model, X, Y, epochs=3, batch_size=20, **arguments)


def test_nothing_is_printed_and_everything_returned(capfd):
    _, run = train(validation_data=(X, Y))
    assert capfd.readouterr() == ("", "")
    assert set(run.history) == {"loss", "accuracy", "val_loss", "val_accuracy"}
    assert all(len(values) == 3 for values in run.history.values())
    assert all(type(value) is float for value in run.history["loss"])
    assert run.seconds > 0
    assert len(plot_training_curves(run).axes) == 2


def test_a_fast_look_is_one_epoch(monkeypatch):
    monkeypatch.setenv("COURSE_FAST", "1")
    assert len(train()[1].history["loss"]) == 1


def test_the_same_seed_gives_the_same_training_and_another_one_does_not():
    first, again, other = (train(seed=seed)[0].get_weights()[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


def test_batches_may_come_from_a_generator():
    class Batches(keras.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, index):
            return X[20 * index : 20 * index + 20], Y[20 * index : 20 * index + 20]

    model, _ = train()
    assert len(fit_quietly(model, Batches(), epochs=2).history["loss"]) == 2


def test_a_data_set_that_shuffles_itself_draws_no_warning(recwarn):
    tensorflow = pytest.importorskip("tensorflow")
    batches = tensorflow.data.Dataset.from_tensor_slices((X, Y)).batch(20)
    model, _ = train()
    assert len(fit_quietly(model, batches, epochs=2).history["loss"]) == 2
    assert not [warning for warning in recwarn if "shuffle" in str(warning.message)]
