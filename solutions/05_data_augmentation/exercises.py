"""Exercises of notebook 05: data augmentation and dropout."""

from __future__ import annotations

import math

import numpy as np

from course_utils import augmenter_facts as facts
from course_utils.arithmetic import conv_output_shape, pool_output_shape
from course_utils.conv_ops import shift_image
from course_utils.datasets import load_digits_images
from course_utils.training import fit_quietly
from grader.exercises import (
    Call,
    Choice,
    Choices,
    Claim,
    Function,
    Mistake,
    Model,
    Number,
    NumberList,
    Prediction,
    Requirement,
    Table,
    TrainedModel,
    Written,
)

WIDTH, SHIFT = 150, 0.2
DEGREES = 40

# --- 5.2 moving and mirroring ---------------------------------------------------------------

ATTRIBUTE = "course_utils.augmenter_facts.attribute_of_result"


def _asked(move):
    """Let `move` answer a question about its result, as `attribute_of_result` does."""

    def told(image, dy, dx, *attribute):
        result = move(np.asarray(image), dy, dx)
        return str(getattr(result, *attribute)) if attribute else result

    return told


def _wraps(image, dy, dx):
    return np.roll(image, (dy, dx), axis=(0, 1))


def _fills_with_zeros(image, dy, dx):
    rows, columns = np.indices(image.shape[:2])
    height, width = image.shape[:2]
    rows, columns = rows - dy, columns - dx
    inside = (rows >= 0) & (rows < height) & (columns >= 0) & (columns < width)
    return np.where(inside[..., None], shift_image(image, dy, dx), 0).astype(image.dtype)


def _swaps_axes(image, dy, dx):
    return shift_image(image, dx, dy)


def _wrong_way(image, dy, dx):
    return shift_image(image, -dy, -dx)


def _fails_far_away(image, dy, dx):
    if abs(dy) >= image.shape[0] or abs(dx) >= image.shape[1]:
        raise IndexError("index is out of bounds")
    return shift_image(image, dy, dx)


def _makes_floats(image, dy, dx):
    return shift_image(image, dy, dx).astype("float64")


PATTERN = np.array([[[1], [2], [3]], [[4], [5], [6]], [[7], [8], [9]]])
BYTES = np.array([[[10, 20], [30, 40]], [[50, 60], [70, 80]]], "uint8")


def _type_of_pixels(image, dy, dx):
    return Call((image, dy, dx, "dtype"), through=ATTRIBUTE)


def _shift_probes(rng):
    def case(height, width, channels, dy, dx):
        return Call((rng.integers(0, 256, (height, width, channels)), dy, dx))

    return {
        "down and up": [case(5, 4, 1, 2, 0), case(4, 6, 3, -1, 0)],
        "right and left": [case(5, 4, 1, 0, 2), case(4, 6, 3, 0, -3)],
        "both": [case(6, 5, 2, 2, -1), case(6, 5, 2, -3, 2), case(5, 7, 1, 0, 0)],
        "further than the picture": [
            case(3, 4, 1, 3, 0),
            case(3, 4, 2, 0, -9),
            case(3, 4, 1, 5, 7),
        ],
        "type of the pixels": [
            _type_of_pixels(rng.integers(0, 256, (4, 4, 3)).astype("uint8"), 1, 1),
            _type_of_pixels(rng.random((4, 4, 1)).astype("float32"), -1, 2),
        ],
    }


def _flip(batch):
    return np.asarray(batch)[:, :, ::-1]


def _flip_probes(rng):
    def case(*shape):
        return Call((rng.integers(0, 256, shape),))

    return {
        "one picture": [case(1, 3, 4, 1), case(1, 5, 5, 3)],
        "several pictures": [case(4, 3, 2, 1), case(3, 4, 5, 3)],
    }


BATCH = np.arange(24).reshape(2, 3, 2, 2)

# --- 5.5 the listing ------------------------------------------------------------------------

FILTERS = (32, 64, 128, 128)


def _listing(keras, padding="valid", channels=3, units=1, final="sigmoid", dropout="flatten"):
    layers = keras.layers
    stack = [keras.Input((150, 150, channels))]
    for filters in FILTERS:
        stack.append(layers.Conv2D(filters, (3, 3), padding=padding, activation="relu"))
        stack.append(layers.MaxPooling2D((2, 2)))
    head = [
        ("flatten", layers.Flatten()),
        ("dense", layers.Dense(512, activation="relu")),
        ("output", layers.Dense(units, activation=final)),
    ]
    for name, layer in head:
        stack.append(layer)
        if name == dropout:
            stack.append(layers.Dropout(0.5))
    return keras.Sequential(stack)


def _changed(build, **changes):
    return lambda keras: build(keras, **changes)


def _last_map(padding="valid", rounded_up=False):
    shape = (150, 150, 3)
    for index, filters in enumerate(FILTERS):
        shape = conv_output_shape(shape, filters, 3, padding=padding)
        up = rounded_up and index == len(FILTERS) - 1
        shape = pool_output_shape(shape, padding="same" if up else "valid")
    return math.prod(shape)


FLAT = _last_map()

# --- 5.7 the homework -----------------------------------------------------------------------

THROUGH = "course_utils.augmenter_facts.describe_augmenter"
DIGITS = {
    "2": (".#####.", "##...##", ".....##", "...###.", ".###...", "##.....", "#######"),
    "4": ("....##.", "...###.", "..#.##.", ".#..##.", "#######", "....##.", "....##."),
    "5": ("#######", "##.....", "#####..", "....##.", ".....##", "##..##.", ".####.."),
}


def _tried_on(name):
    pattern = np.array([[int(mark == "#") for mark in row] for row in DIGITS[name]])
    return Call((pattern,), through=THROUGH)


def _that_does(fact, *layers):
    """Return what `describe_augmenter` says of `layers`: (class of Keras, arguments, options)."""

    def told(pattern):
        return fact

    told.layers = layers
    return told


BLACK = {"fill_mode": "constant"}
TURN = ("RandomRotation", (0.04,), BLACK)
MOVE = ("RandomTranslation", (0.1, 0.1), BLACK)
ZOOM = ("RandomZoom", (0.1, 0.1), BLACK)


def _as_keras(told):
    """Return the augmenter of which `told` says what it does."""
    import keras

    made = [getattr(keras.layers, name)(*args, **options) for name, args, options in told.layers]
    return keras.Sequential(made)


def _digit_net(keras, dropout="flatten", flip=False, channels=1, final="softmax"):
    layers = keras.layers
    stack = [keras.Input((28, 28, channels))]
    if flip:
        stack.append(layers.RandomFlip("horizontal"))
    stack += [layers.RandomTranslation(0.1, 0.1), layers.RandomRotation(0.04)]
    for filters in (16, 32):
        stack += [layers.Conv2D(filters, 3, activation="relu"), layers.MaxPooling2D()]
    stack.append(layers.Flatten())
    if dropout == "flatten":
        stack.append(layers.Dropout(0.25))
    stack += [layers.Dense(64, activation="relu"), layers.Dense(10, activation=final)]
    if dropout == "end":
        stack.append(layers.Dropout(0.25))
    return keras.Sequential(stack)


def _train_digit_net(model):
    digits = load_digits_images(28)
    model.compile("adam", "sparse_categorical_crossentropy")
    fit_quietly(model, digits.x_train[:200], digits.y_train[:200], epochs=60, seed=3)


def _results(loss=0.15, accuracy=0.95, plain_train=1.0):
    rows = {"plain": (plain_train, 0.93, 0.27), "augmented": (0.99, accuracy, loss)}
    columns = ("train_accuracy", "val_accuracy", "val_loss")
    return {
        column: {row: values[index] for row, values in rows.items()}
        for index, column in enumerate(columns)
    }


EXERCISES = [
    Prediction("predict_changed", points=0),
    Number(
        "shift_in_pixels",
        points=1,
        # With a tolerance, so that 0 and 0.2 are understood and draw their hints.
        tolerance=0.01,
        answer=SHIFT * WIDTH,
        mistakes=(
            Mistake(
                "nothing, or the fraction itself",
                "A value below 1 is a fraction of the width.",
                values=(0, SHIFT),
            ),
            Mistake("percent of 100", "Not percent of 100: 0.2 × 150.", values=(100 * SHIFT,)),
            Mistake(
                "half of it",
                "The range is ± the full fraction.",
                values=(SHIFT * WIDTH / 2,),
            ),
            Mistake(
                "both directions added",
                "The largest shift in one direction: left and right are not added.",
                values=(2 * SHIFT * WIDTH,),
            ),
        ),
    ),
    Number(
        "rotation_factor",
        points=1,
        tolerance=0.0005,
        answer=DEGREES / 360,
        mistakes=(
            Mistake("degrees", "Keras 3 wants a fraction of a full turn.", values=(DEGREES,)),
            Mistake("radians", "Radians: divide by 2π.", values=(math.radians(DEGREES),)),
            Mistake(
                "half a turn, or both directions",
                "A full turn is 360°, and the layer already draws from ±factor.",
                values=(DEGREES / 180,),
            ),
            Mistake(
                "split between the directions",
                "The layer draws from -factor to +factor: do not halve it.",
                values=(DEGREES / 720,),
            ),
        ),
    ),
    Choice(
        "shear_units",
        points=1,
        answer="C",
        mistakes=(
            Mistake(
                "a fraction or radians",
                "Read the legacy docstring: shear angle in degrees.",
                values=("A", "B"),
            ),
            Mistake(
                "scaled by a hundred",
                "The unit is right, but the number is taken as it stands.",
                values=("D",),
            ),
        ),
    ),
    Function(
        "flip_horizontal",
        points=1,
        reference=_flip,
        examples=(Call((BATCH,)),),
        probes=_flip_probes,
        mistakes=(
            Mistake(
                "upside down",
                "That is upside down. Axis 2 is width.",
                function=lambda batch: batch[:, ::-1],
            ),
            Mistake(
                "order of the batch reversed",
                "The pictures changed places. Axis 0 is the batch.",
                function=lambda batch: batch[::-1],
            ),
            Mistake(
                "channels reversed",
                "That swaps the colours: the last axis holds the channels.",
                function=lambda batch: batch[..., ::-1],
            ),
            Mistake(
                "turned by 180°",
                "Mirrored along both axes is turned by 180°. Leave the rows in their order.",
                function=lambda batch: batch[:, ::-1, ::-1],
            ),
            Mistake(
                "rows and columns exchanged",
                "That exchanges rows and columns. A mirror keeps each pixel in its row.",
                function=lambda batch: batch.transpose(0, 2, 1, 3),
            ),
        ),
    ),
    Function(
        "shift_image",
        points=3,
        reference=_asked(shift_image),
        examples=(
            Call((PATTERN, 1, 0)),
            Call((PATTERN, 0, -1)),
            Call((PATTERN, -4, 1)),
            _type_of_pixels(BYTES, 1, 0),
        ),
        probes=_shift_probes,
        mistakes=(
            Mistake(
                "wraps around",
                "np.roll wraps; repeat the edge instead.",
                function=_asked(_wraps),
            ),
            Mistake(
                "fills with zeros",
                "That is fill_mode='constant': new pixels are black. Repeat the edge.",
                function=_asked(_fills_with_zeros),
            ),
            Mistake("axes swapped", "dy is rows, dx is columns.", function=_asked(_swaps_axes)),
            Mistake(
                "moves the other way",
                "The content moves the wrong way: positive is down and right.",
                function=_asked(_wrong_way),
            ),
            Mistake(
                "fails for large shifts",
                "A shift may be larger than the picture: then only an edge is left to repeat.",
                function=_asked(_fails_far_away),
            ),
            Mistake(
                "gives floats",
                "Keep the type of the pixels: bytes stay bytes.",
                function=_asked(_makes_floats),
            ),
        ),
    ),
    Choices(
        "label_preserving",
        points=2,
        options="ABCDEF",
        answer=("A", "C", "D"),
        mistakes=(
            Mistake("mirrored", "Is a mirrored 2 still a 2?", values=("B", "F")),
            Mistake("turned around", "6 and 9.", values=("E",)),
        ),
    ),
    NumberList(
        "flatten_size",
        points=1,
        answer=[FLAT, 0],
        mistakes=(
            Mistake(
                "same padding",
                "'same' padding: 150→75→37→18→9.",
                values=([_last_map("same"), 0],),
            ),
            Mistake(
                "rounded up",
                "15/2 floors to 7.",
                values=([_last_map(rounded_up=True), 0],),
            ),
            Mistake(
                "weights for Dropout",
                "Dropout has a rate, no weights.",
                values=([FLAT, FLAT], [FLAT, FLAT // 2], [FLAT, 1], [FLAT, FLAT * 512]),
            ),
        ),
    ),
    Model(
        "listing_5_13_model",
        points=3,
        build=_listing,
        mistakes=(
            Mistake(
                "'same' padding",
                "'same' padding used: Flatten is then 9·9·128 = 10,368.",
                function=_changed(_listing, padding="same"),
            ),
            Mistake(
                "two output units",
                "Two output units; binary labels need one sigmoid neuron.",
                function=_changed(_listing, units=2),
            ),
            Mistake(
                "grey pictures",
                "Colour images: three channels.",
                function=_changed(_listing, channels=1),
            ),
            Mistake(
                "Dropout missing or elsewhere",
                "Dropout belongs right before the dense classifier.",
                facts=("edge:Flatten > Dense",),
                function=_changed(_listing, dropout="dense"),
            ),
            Mistake(
                "no sigmoid",
                "The last neuron gives a probability: which activation stays between 0 and 1?",
                facts=("last:Dense", "last:relu"),
                function=_changed(_listing, final=None),
            ),
        ),
    ),
    Prediction("predict_flipped_digits", points=0),
    Function(
        "homework_augmenter",
        points=2,
        reference=_that_does(facts.GOOD, MOVE, TURN, ZOOM),
        student_form=_as_keras,
        examples=(_tried_on("2"),),
        probes=lambda rng: {"other digits": [_tried_on("4"), _tried_on("5")]},
        mistakes=(
            Mistake(
                "mirrors",
                "A mirrored digit is another symbol.",
                function=_that_does(facts.MIRRORED, ("RandomFlip", ("horizontal",), {}), TURN),
            ),
            Mistake(
                "turns too far",
                "6 and 9: turned that far a digit may become another one, or none.",
                function=_that_does(facts.TURNED, ("RandomRotation", (0.5,), BLACK)),
            ),
            Mistake(
                "changes nothing",
                "In training every copy should come out a little different: is a range zero, or "
                "a layer missing?",
                function=_that_does(facts.NOT_RANDOM, ("RandomRotation", (0.0,), BLACK)),
            ),
            Mistake(
                "changes validation pictures",
                "Validate on untouched images: what is not training must leave them as they are.",
                function=_that_does(facts.CHANGES_ALWAYS, ("Rescaling", (1 / 255,), {}), TURN),
            ),
            Mistake(
                "another range of brightness",
                "The digits are lost: our pixels go from 0 to 1, but layers that change brightness "
                "expect 0 to 255 unless they are told value_range=(0, 1).",
                function=_that_does(facts.OUT_OF_RANGE, ("RandomBrightness", (0.2,), {}), TURN),
            ),
            Mistake(
                "pushes digits out",
                "Some digits leave the picture: smaller ranges.",
                function=_that_does(facts.LOST, ("RandomTranslation", (0.9, 0.9), BLACK)),
            ),
        ),
    ),
    TrainedModel(
        "homework_model",
        points=1,
        build=_digit_net,
        train=_train_digit_net,
        unseen="digits",
        at_least=0.85,
        requirements=(
            Requirement("a convolution", needs=("has:Conv2D", "has:SeparableConv2D")),
            Requirement(
                "Dropout before the dense classifier",
                needs=("edge:Dropout > Dense", "edge:Dropout > Flatten"),
            ),
            Requirement("softmax at the end", needs=("last:softmax",)),
            Requirement("no RandomFlip", forbids=("has:RandomFlip",)),
        ),
        mistakes=(
            Mistake(
                "flips",
                "A mirrored digit is another symbol.",
                facts=("has:RandomFlip",),
                function=_changed(_digit_net, flip=True),
            ),
            Mistake(
                "Dropout at the end",
                "Dropout behind the classifier deletes answers: put it before.",
                facts=("last:Dropout",),
                function=_changed(_digit_net, dropout="end"),
            ),
            Mistake(
                "colour pictures",
                "These digits are grey: one channel.",
                facts=("input:(28, 28, 3)",),
                function=_changed(_digit_net, channels=3),
            ),
            Mistake(
                "sigmoid",
                "Ten digits exclude each other: their probabilities should add up to 1.",
                facts=("last:sigmoid", "last:Dense"),
                function=_changed(_digit_net, final="sigmoid"),
            ),
        ),
    ),
    Table(
        "homework_results",
        points=2,
        columns={
            "train_accuracy": "fraction",
            "val_accuracy": "fraction",
            "val_loss": "positive",
        },
        rows=("plain", "augmented"),
        answer=_results(),
        claims=(
            Claim(
                "plain knows its training digits (0.95)",
                ("plain", "train_accuracy"),
                at_least=0.95,
            ),
            Claim(
                "the validation loss is smaller with augmentation",
                ("augmented", "val_loss"),
                at_most=("plain", "val_loss"),
                margin=1e-4,
            ),
            Claim(
                "validation accuracy of at least 0.85 with augmentation",
                ("augmented", "val_accuracy"),
                at_least=0.85,
            ),
        ),
        mistakes=(
            Mistake(
                "stopped too early",
                "Train longer: augmented data needs more epochs.",
                values=(_results(loss=0.4, accuracy=0.88),),
            ),
            Mistake(
                "worse in both",
                "Are the validation digits untouched, and does every transformation keep the "
                "label? If so, train longer.",
                values=(_results(loss=0.9, accuracy=0.7),),
            ),
            Mistake(
                "better, but not good",
                "Better than plain, but not there yet: milder ranges, or more epochs?",
                values=(_results(loss=0.26, accuracy=0.8),),
            ),
            Mistake(
                "plain is no fair opponent",
                "Give the plain network its chance: train it until it knows its own digits.",
                values=(_results(plain_train=0.6),),
            ),
        ),
    ),
    Written("augmentation_written", points=2),
]
