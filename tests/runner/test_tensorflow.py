"""Notebooks of the course: TensorFlow imported before the fork, used after it."""

from __future__ import annotations

import os
import time

import numpy as np
import pytest

from grader.runner import AnswerStep, Call, CellStep, Job, RunnerPool

MODEL = """
import keras
import numpy as np
from keras import layers

images = np.random.rand(64, 12, 12, 1).astype("float32")
labels = np.random.randint(0, 3, 64)
model = keras.Sequential([
    keras.Input((12, 12, 1)),
    layers.Conv2D(4, 3, activation="relu"),
    layers.MaxPooling2D(),
    layers.Flatten(),
    layers.Dense(3, activation="softmax"),
])
model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
history = model.fit(images, labels, epochs=2, batch_size=16).history
parameters = model.count_params()
predictions = model.predict(images[:2], verbose=0)
kernel = model.layers[0].kernel
"""
TENSORS = """
import tensorflow as tf
tensor = tf.constant([[1.0, 2.0]])
variable = tf.Variable([1, 2])
half = tf.cast(tensor, tf.bfloat16)
words = tf.constant(["a", "b"])
symbolic = keras.Input((3,))
def relu(values):
    return tf.nn.relu(values)
"""
NAMES = ("history", "parameters", "predictions", "kernel", "model")
JOB = Job(
    (
        CellStep("training", MODEL),
        *(AnswerStep(name, name) for name in NAMES),
        CellStep("tensors", TENSORS),
        *(AnswerStep(n, n) for n in ("tensor", "variable", "half", "words", "symbolic")),
        AnswerStep("relu", "relu", (Call((np.array([-1.0, 2.0], "float32"),)),)),
    ),
    seed=7,
)


@pytest.fixture(scope="module")
def warm(needs_isolation):
    with RunnerPool(1) as pool:
        pool.wait_until_ready()
        yield pool


@pytest.fixture(scope="module")
def trained(warm):
    return warm.submit("model", JOB).result(120)


def test_a_model_is_built_and_trained(trained):
    assert trained.ended == "finished"
    assert {cell.status for cell in trained.cells.values()} == {"ok"}
    history = trained.answers["history"].value
    assert [len(values) for values in history.values()] == [2, 2]
    assert trained.answers["parameters"].value == 4 * (9 + 1) + 3 * (5 * 5 * 4 + 1)
    np.testing.assert_allclose(trained.answers["predictions"].value.sum(axis=1), 1, rtol=1e-5)
    assert trained.answers["kernel"].value.shape == (3, 3, 1, 4)
    assert trained.answers["model"].kind == "callable"


def test_progress_bars_of_training_are_collapsed(trained):
    shown = "".join(o.get("text", "") for o in trained.cells["training"].outputs)
    assert shown.count("4/4") == 2
    assert "1/4" not in shown


def test_tensors_arrive_as_arrays(trained):
    answers = trained.answers
    np.testing.assert_array_equal(answers["tensor"].value, np.array([[1, 2]], "float32"))
    np.testing.assert_array_equal(answers["variable"].value, np.array([1, 2], "int32"))
    np.testing.assert_array_equal(answers["half"].value, np.array([[1, 2]], "float32"))
    np.testing.assert_array_equal(answers["relu"].results[0].value, np.array([0, 2], "float32"))
    assert answers["words"].kind == answers["symbolic"].kind == "unencodable"


def test_training_twice_gives_the_same_weights(warm, trained):
    again = warm.submit("again", JOB).result(120)
    assert again.answers["history"].value == trained.answers["history"].value
    first, second = (run.answers["kernel"].value for run in (trained, again))
    np.testing.assert_array_equal(first, second)


def test_the_zygote_never_starts_tensorflows_threads(warm, trained):
    assert len(os.listdir(f"/proc/{warm.zygote_pid}/task")) == 1


def test_a_trivial_job_costs_milliseconds_not_an_import(warm):
    job = Job((CellStep("0", "x = 1"), AnswerStep("x", "x")))
    times = []
    for _ in range(5):
        started = time.perf_counter()
        assert warm.submit("trivial", job).result(60).ended == "finished"
        times.append(time.perf_counter() - started)
    assert min(times) < 0.5
