"""The live trainer trains, reads out what is so, obeys its settings, and can be paused."""

from __future__ import annotations

import math

import numpy as np
import pytest

from course_utils.architectures.browser import convnetjs_cifar10
from course_utils.datasets.clutter import digits_on_clutter
from course_utils.datasets.dataset import Dataset
from course_utils.live_trainer import VALIDATION_IMAGES, LiveTrainer, Readings
from course_utils.plots.live_training import reading_lines
from tests.course_utils.figures import assert_fits_a_notebook, pictures, words
from tests.course_utils.test_explore_widget import run, with_png

CELL = """
import keras
from course_utils.architectures.browser import convnetjs_cifar10
from course_utils.datasets.clutter import digits_on_clutter
from course_utils.live_trainer import LiveTrainer
trainer = LiveTrainer(convnetjs_cifar10(), digits_on_clutter(), optimizer={optimizer})
trainer.step(3)
trainer.show()
"""


@pytest.fixture(scope="module")
def digits():
    return digits_on_clutter()


def two_colours(n=40):
    """Reddish and bluish noise: learned in a few steps."""
    rng = np.random.default_rng(0)
    labels = np.arange(2 * n) % 2
    images = rng.uniform(0, 0.3, (2 * n, 8, 8, 3)).astype("float32")
    images[np.arange(2 * n), :, :, 2 * labels] += 0.6
    parts = images[:n], labels[:n], images[n:], labels[n:]
    return Dataset("two colours", *parts, ("red", "blue"), False, "")


def small_network(side=8, classes=2):
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    return keras.Sequential(
        [
            keras.Input((side, side, 3)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(classes, activation="softmax"),
        ]
    )


def sgd(rate=0.1, momentum=0.0):
    import keras

    return keras.optimizers.SGD(rate, momentum=momentum)


@pytest.fixture(scope="module")
def trained():
    trainer = LiveTrainer(small_network(), two_colours())
    return trainer, trainer.step(120)


def test_the_seven_readings_are_what_they_say(trained):
    trainer, readings = trained
    assert readings is trainer.readings
    assert list(Readings._fields) == [
        "forward_ms", "backward_ms", "classification_loss", "l2_loss", "train_accuracy",
        "validation_accuracy", "examples_seen",
    ]  # fmt: skip
    assert readings.examples_seen == 480
    assert 0 < readings.forward_ms < 100
    assert 0 <= readings.backward_ms < 1000
    assert readings.train_accuracy > 0.9
    assert readings.classification_loss == pytest.approx(np.mean(trainer.losses[-25:]), rel=1e-5)
    images, labels = (
        part[:VALIDATION_IMAGES] for part in (trainer.data.x_test, trainer.data.y_test)
    )
    said = trainer.model.predict(images, verbose=0).argmax(axis=1)
    assert readings.validation_accuracy == pytest.approx((said == labels).mean())


def test_it_learns(trained):
    trainer, readings = trained
    assert len(trainer.losses) == 120
    assert readings.classification_loss < 0.5 * trainer.losses[0]
    assert readings.validation_accuracy > 0.9


def test_the_weight_decay_loss_is_half_of_l2_times_the_squared_kernels():
    trainer = LiveTrainer(small_network(), two_colours(), l2=0.01)
    kernels = [w for w in trainer.model.get_weights() if w.ndim > 1]
    expected = 0.005 * sum((kernel**2).sum() for kernel in kernels)
    assert trainer.step().l2_loss == pytest.approx(expected, rel=1e-4)


def test_weight_decay_shrinks_the_kernels():
    def size(decay):
        trainer = LiveTrainer(small_network(), two_colours(), l2=decay, optimizer=sgd())
        trainer.step(40)
        return sum(np.square(w).sum() for w in trainer.model.get_weights() if w.ndim > 1)

    assert size(0.5) < 0.5 * size(0.0)


def test_one_step_is_the_step_of_the_optimizer():
    """One batch of all images, no disguises to speak of: the same as Keras' own step."""
    data = two_colours()
    flat = data._replace(
        x_train=data.x_train.mean(axis=(1, 2), keepdims=True).repeat(8, 1).repeat(8, 2)
    )
    trainer = LiveTrainer(small_network(), flat, len(flat.x_train), l2=0.0, optimizer=sgd())
    other = small_network()
    other.compile(sgd(), "sparse_categorical_crossentropy")
    trainer.step()
    other.fit(flat.x_train, flat.y_train, batch_size=len(flat.x_train), verbose=0)
    for ours, theirs in zip(trainer.model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_frozen_layers_stay():
    model = small_network()
    model.layers[0].trainable = False
    before = model.get_weights()
    LiveTrainer(model, two_colours()).step(5)
    changed = [(a != b).any() for a, b in zip(before, model.get_weights(), strict=True)]
    assert changed == [False, False, True, True]


def test_the_default_is_the_demonstrations(digits):
    trainer = LiveTrainer(convnetjs_cifar10(), digits)
    settings = trainer.batch_size, trainer.learning_rate, trainer.l2, trainer.momentum
    assert settings == (4, 1.0, pytest.approx(1e-4), None)
    assert trainer.step(2).examples_seen == 8


@pytest.mark.parametrize("start", [0.0, 0.5])
def test_momentum_can_be_changed_on_the_way(start):
    def lengths(momentum):
        trainer = LiveTrainer(small_network(), two_colours(), optimizer=sgd(0.01, start))
        trainer.step()
        trainer.momentum = momentum
        before = trainer.model.get_weights()
        trainer.step(20)
        assert trainer.momentum == momentum
        after = trainer.model.get_weights()
        return sum(np.abs(a - b).sum() for a, b in zip(before, after, strict=True))

    assert lengths(0.9) > 2 * lengths(0.0)


def test_other_settings_can_be_changed_on_the_way():
    trainer = LiveTrainer(small_network(), two_colours(), optimizer=sgd())
    trainer.step()
    trainer.batch_size = 10
    assert trainer.step().examples_seen == 14
    trainer.l2 = 0.0
    assert trainer.step().l2_loss == 0
    trainer.learning_rate = 1e-12
    before = trainer.model.get_weights()
    trainer.step()
    for old, new in zip(before, trainer.model.get_weights(), strict=True):
        np.testing.assert_allclose(old, new, atol=1e-9)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("learning_rate", 0, "learning rate must be above 0, got 0"),
        ("learning_rate", math.nan, "got nan"),
        ("momentum", 1, "from 0 to below 1, got 1"),
        ("batch_size", 0, "whole number from 1 to 40, got 0"),
        ("batch_size", 41, "got 41"),
        ("batch_size", 2.5, "got 2.5"),
        ("l2", -1, "weight decay must be 0 or more, got -1"),
    ],
)
def test_impossible_settings_are_refused_and_the_old_ones_stay(name, value, message):
    trainer = LiveTrainer(small_network(), two_colours(), optimizer=sgd())
    before = getattr(trainer, name)
    with pytest.raises(ValueError, match=message):
        setattr(trainer, name, value)
    assert getattr(trainer, name) == before


def test_adadelta_says_that_it_has_no_momentum():
    with pytest.raises(ValueError, match=r"Adadelta has no momentum; start with .*SGD"):
        LiveTrainer(small_network(), two_colours()).momentum = 0.9


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (
            lambda: small_network(side=9),
            r"takes images of \(9, 9, 3\), two colours has \(8, 8, 3\)",
        ),
        (lambda: small_network(classes=3), r"gives \(3,\) numbers .* has 2 classes"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(model, message):
    with pytest.raises(ValueError, match=message):
        LiveTrainer(model(), two_colours())


def test_a_model_without_a_convolution_is_refused():
    import keras

    head = [keras.layers.Flatten(), keras.layers.Dense(2)]
    with pytest.raises(ValueError, match="has no convolution"):
        LiveTrainer(keras.Sequential([keras.Input((8, 8, 3)), *head]), two_colours())


def test_no_steps_are_refused():
    with pytest.raises(ValueError, match="at least 1, got 0"):
        LiveTrainer(small_network(), two_colours()).step(0)


def test_a_slice_of_time_trains_at_least_once_and_ends():
    trainer = LiveTrainer(small_network(), two_colours())
    assert trainer.step_for(0).examples_seen == 4
    assert trainer.step_for(0.3).examples_seen > 8


def test_the_figure_shows_readings_filters_and_predictions(trained):
    trainer, readings = trained
    figure = trainer.figure()
    assert_fits_a_notebook(figure)
    shown = words(figure)
    assert f"{readings.classification_loss:.5f}" in shown
    assert "480" in shown
    assert "4 filters 3×3" in shown
    said = trainer.model.predict(trainer.data.x_test[:10], verbose=0)
    marks = []
    for says, truth in zip(said, trainer.data.y_test, strict=False):
        best = says.argmax()
        name = trainer.data.class_names[best]
        marks.append(f"{'✓' if best == truth else '✗'} {name}\n{says.max():.0%}")
    assert [word for word in shown if word[0] in "✓✗"] == marks
    assert len(pictures(figure)) == 11
    (smooth,) = [line for axes in figure.axes for line in axes.lines if line.get_linewidth() == 2]
    assert smooth.get_ydata()[-1] == pytest.approx(np.mean(trainer.losses[-25:]))


def test_before_the_first_step_numbers_are_not_known_yet(digits):
    trainer = LiveTrainer(convnetjs_cifar10(), digits)
    assert [value for _, value in reading_lines(trainer.readings)] == ["–"] * 6 + ["0"]
    assert_fits_a_notebook(trainer.figure())


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("rate", [1e4, 1e30])
def test_a_training_that_explodes_is_shown_too(digits, rate):
    trainer = LiveTrainer(convnetjs_cifar10(), digits)
    trainer.learning_rate = rate
    trainer.step(60)
    assert_fits_a_notebook(trainer.figure())


def test_without_a_kernel_there_is_a_description(trained, capsys):
    trained[0].show()
    out = capsys.readouterr().out
    assert out.startswith("A network in training")
    assert "examples seen 480" in out


def test_in_a_kernel_it_trains_while_the_browser_counts_and_stops_when_it_stops():
    fields = "print([(w.description, w.disabled) for w in widgets(ipywidgets.FloatText)])"
    play = "play = widgets(ipywidgets.Play)[0]"
    seen = "print(trainer.readings.examples_seen)"
    cells = run(
        CELL.format(optimizer=None),
        f"{play}\nplay.value = 1\n{seen}",
        f"play.value = 0\n{seen}",
        fields,
    )
    (picture,) = with_png(cells[0])
    trained_on = int(cells[1][0].text)
    assert trained_on > 12
    # The picture was replaced in place, by one of the network as it is at the end.
    assert f"examples seen {trained_on:,}" in picture.data["text/plain"]
    assert int(cells[2][0].text) == trained_on
    texts = [output.get("data", {}).get("text/html", "") for output in cells[0]]
    assert "start and pause" in "".join(texts)
    assert "learning rate, momentum, batch size, weight decay" in "".join(texts)
    # Adadelta has no momentum.
    assert "('momentum (none)', True)" in cells[3][0].text
    assert "('learning rate', False)" in cells[3][0].text


def test_in_a_kernel_the_fields_change_the_settings_and_refuse_nonsense():
    fields = (
        "fields = widgets(ipywidgets.FloatText) + widgets(ipywidgets.IntText)\n"
        "found = {field.description: field for field in fields}\n"
        "assert found['learning rate'].value == 0.01\n"
        "found['learning rate'].value = 0.25\n"
        "found['momentum'].value = 0.8\n"
        "found['batch size'].value = 16\n"
        "found['weight decay'].value = 0.01\n"
        "print(trainer.learning_rate, trainer.momentum, trainer.batch_size, trainer.l2)"
    )
    wrong = (
        "found['batch size'].value = 0\n"
        "print(trainer.batch_size, found['batch size'].value)\n"
        "print([w.value for w in widgets(ipywidgets.HTML)])"
    )
    optimizer = "keras.optimizers.SGD(0.01)"
    _, changed, refused = run(CELL.format(optimizer=optimizer), fields, wrong)
    assert changed[0].text.split() == ["0.25", "0.8", "16", "0.01"]
    assert refused[0].text.startswith("16 16")
    assert "Not possible: the batch size must be" in refused[0].text
