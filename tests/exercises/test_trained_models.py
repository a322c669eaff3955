"""A model that must predict well is asked where none of its author's code runs."""

from __future__ import annotations

from concurrent.futures import Future
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils.answer_types import Unsuitable
from course_utils.arithmetic.models import count_macs
from course_utils.model_description import describe_model, describe_trained_model
from course_utils.networks.network import read_network
from course_utils.networks.work import multiply_adds
from course_utils.rebuilt_models import predict, rebuild
from course_utils.unseen import accuracy
from grader.exercises import Requirement, TrainedModel
from grader.plugins.clean_room import CleanRoom
from grader.plugins.plan import Plan
from grader.plugins.stored_runs import StoredRuns
from grader.runner import CellStep, Job, Limits, RunnerPool, describe_isolation

keras = pytest.importorskip("keras")
layers = keras.layers


def classifier(keras, last=10):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.AveragePooling2D(4),
            layers.Flatten(),
            layers.Dense(last, activation="softmax"),
        ]
    )


def train(model):
    from course_utils.datasets import load_digits_images

    digits = load_digits_images(28)
    keras.utils.set_random_seed(1)
    model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
    model.fit(digits.x_train[:200], digits.y_train[:200], epochs=30, verbose=0)


EXERCISE = TrainedModel(
    "model",
    points=2,
    build=classifier,
    train=train,
    unseen="digits",
    at_least=0.8,
    requirements=(Requirement("a softmax at the end", needs=("last:softmax",)),),
)


@pytest.fixture(scope="module")
def trained():
    model = classifier(keras)
    train(model)
    return model


def shuffled(model):
    generator = np.random.default_rng(0)
    model.set_weights([generator.uniform(0.1, 1.0, one.shape) for one in model.get_weights()])
    return model


def many_layers():
    x = first = keras.Input((12, 12, 3))
    x = layers.Rescaling(0.5, offset=-0.1)(x)
    x = layers.RandomRotation(0.2)(layers.RandomFlip()(x))
    x = layers.ZeroPadding2D(1)(x)
    left = layers.Conv2D(8, 3, strides=2, activation="relu")(x)
    right = layers.SeparableConv2D(8, 3, strides=2, depth_multiplier=2)(x)
    x = layers.Concatenate()([layers.BatchNormalization()(left), layers.LeakyReLU(0.1)(right)])
    shared = layers.Conv2D(16, 1)
    x = layers.Add()([shared(x), shared(layers.ReLU()(x))])
    x = layers.DepthwiseConv2D(3, padding="same")(layers.SpatialDropout2D(0.5)(x))
    x = layers.GlobalAveragePooling2D()(layers.MaxPooling2D()(layers.GaussianNoise(1.0)(x)))
    inner = keras.Sequential([keras.Input((16,)), layers.Dense(6, "tanh"), layers.Dropout(0.5)])
    return shuffled(keras.Model(first, layers.Dense(4, "softmax")(inner(x))))


def test_a_rebuilt_model_predicts_what_the_original_does():
    model = many_layers()
    examples = np.random.default_rng(1).uniform(size=(7, 12, 12, 3)).astype("float32")
    predicted = predict(describe_trained_model(model), examples)
    np.testing.assert_allclose(predicted, model.predict(examples, verbose=0), atol=1e-5)


def test_weights_of_other_layers_are_refused(trained):
    description = describe_trained_model(trained)
    arrays = description["weights"]
    number = next(key for key, value in arrays.items() if value)
    kernel, bias = arrays[number]
    for wrong in ([], [kernel], [kernel.T, bias], [kernel, bias, bias], [kernel.tolist(), bias], 7):
        with pytest.raises(Unsuitable, match="belong"):
            rebuild({**description, "weights": {**arrays, number: wrong}})
    with pytest.raises(Unsuitable, match="without its weights"):
        rebuild(describe_model(trained))


def test_the_amount_of_computing_is_never_underrated():
    for model in (many_layers(), classifier(keras)):
        assert multiply_adds(read_network(describe_model(model))) >= count_macs(model)


@pytest.mark.parametrize(
    ("build", "words"),
    [
        (lambda: [layers.Flatten(), layers.Dense(10_000)], "weights"),
        (lambda: [layers.Conv2D(60, 5, padding="same") for _ in range(4)], "multiplications"),
    ],
)
def test_what_is_too_much_to_build_is_refused_with_words(build, words):
    model = keras.Sequential([keras.Input((28, 28, 1)), *build(), layers.Flatten()])
    with pytest.raises(Unsuitable, match=words):
        rebuild(describe_trained_model(model))


def test_a_trained_model_earns_everything_and_an_untrained_one_does_not(trained):
    assert EXERCISE.grade(trained).earned == 2
    verdict = EXERCISE.grade(classifier(keras))
    assert verdict.status == "partly"
    assert verdict.earned < 2
    assert "that it has not seen" in verdict.message


@pytest.mark.parametrize(
    "predicted", [None, "x", np.zeros((500, 0)), np.zeros(500), np.full((500, 10), np.nan), [[1]]]
)
def test_odd_predictions_are_wrong_ones(predicted):
    labels = np.arange(500) % 10
    assert accuracy(predicted, labels) <= 0.2


FORGER = """
import keras, numpy as np
from keras import layers
model = keras.Sequential([keras.Input((28, 28, 1)), layers.AveragePooling2D(4), layers.Flatten(),
                          layers.Dense(10, activation="softmax")])
import course_utils.rebuilt_models as rebuilt, course_utils.unseen as unseen
rebuilt.predict = lambda *_: np.eye(10, dtype="float32")[unseen.unseen_digits()[1]]
keras.Model.__call__ = lambda *_, **__: rebuilt.predict()
unseen.accuracy = lambda *_: 1.0
"""
TRAINED = """
import keras
from course_utils.datasets import load_digits_images
from keras import layers
keras.utils.set_random_seed(1)
model = keras.Sequential([keras.Input((28, 28, 1)), layers.AveragePooling2D(4), layers.Flatten(),
                          layers.Dense(10, activation="softmax")])
model.compile(keras.optimizers.Adam(0.02), "sparse_categorical_crossentropy")
digits = load_digits_images(28)
model.fit(digits.x_train[:200], digits.y_train[:200], epochs=30, verbose=0)
"""
LAMBDA = """
import keras
model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Lambda(lambda x: x[:, :10, 0, 0])])
"""


@pytest.fixture(scope="module")
def grade(tmp_path_factory):
    problem = describe_isolation().problem
    if problem:
        pytest.skip(f"this machine cannot isolate processes: {problem}")
    cell = SimpleNamespace(role="test", grade_id="t", cell_type="code")
    with RunnerPool(1) as pool:
        runs = StoredRuns(lambda: pool, tmp_path_factory.mktemp("runs"), 2**30)

        def graded(source):
            plan = Plan([cell], {"t": 'check("model", model)'}, {"t": 2}, {"model": EXERCISE})
            run = runs.submit(source, Job((CellStep("c", source), *plan.steps)))
            said = CleanRoom(runs, Limits(), 0).after(source, plan, run).result(120)
            return plan.verdicts(run.result(), "ada", set(), None, said)["t"][0]

        graded.runs = runs
        yield graded


def test_a_trained_model_earns_everything_through_the_runner_and_again_from_what_is_kept(grade):
    assert grade(TRAINED).earned == 2
    grade.runs.known.clear()
    assert grade(TRAINED).earned == 2
    assert len(grade.runs.known) == 2


def test_what_a_submission_does_to_its_own_process_does_not_reach_the_clean_room(grade):
    verdict = grade(FORGER)
    assert verdict.earned < 2
    assert not verdict.needs_review


def test_a_model_with_code_of_its_own_waits_for_a_person(grade):
    verdict = grade(LAMBDA)
    assert verdict.earned == 0
    assert verdict.needs_review


def test_what_fails_on_the_way_reaches_whoever_waits():
    class Closed:
        def submit(self, key, job):
            raise RuntimeError("closed")

    class Asks:
        def trained_models(self, result):
            raise ValueError("no")

    run = Future()
    said = CleanRoom(Closed(), Limits(), 0).after("x", Asks(), run)
    run.set_result(None)
    with pytest.raises(ValueError, match="no"):
        said.result(1)
