"""Exercises of notebook 04: from image files to batches."""

from __future__ import annotations

from itertools import islice

import numpy as np
from PIL import Image

from course_utils.arithmetic import dataset_bytes, steps_per_epoch
from course_utils.datasets.pets import CLASSES
from course_utils.example_files import Blocks
from grader.exercises import (
    Call,
    Choice,
    Drill,
    Function,
    Mistake,
    NumberList,
    Prediction,
    ShapeList,
    Text,
    Written,
)

ROWS, COLUMNS, TRAIN = 768, 9, 700
IMAGES, SIDE, BATCH = 25_000, 150, 20
EPOCHS = ((2000, 20), (700, 10), (2000, 32))


# --- 4.2 slices of a table -----------------------------------------------------------------


def _pima(train=TRAIN, validation=ROWS - TRAIN, columns=COLUMNS - 1, label=()):
    return [(train, columns), (train, *label), (validation, columns), (validation, *label)]


TABLE = _pima()


# --- 4.3 bytes -----------------------------------------------------------------------------


def _bytes(dtype, images=IMAGES, channels=3):
    return dataset_bytes(images, SIDE, SIDE, channels, dtype)


SMALL, LARGE = _bytes("uint8"), _bytes("float32")
ON_DISK = 812_000_000
ONE_AXIS = "Indexing one column gives a 1-D array."


# --- 4.4 one picture -----------------------------------------------------------------------


def _picture(path, size, mode="RGB"):
    with Image.open(path) as file:
        picture = file.convert(mode) if mode else file.copy()
    return picture.resize((size[1], size[0]), Image.Resampling.BILINEAR) if size else picture


def _load(path, size=(150, 150)):
    return np.asarray(_picture(path, size), dtype="float32") / 255


def _swaps_sides(path, size=(150, 150)):
    return _load(path, size[::-1])


def _keeps_grey(path, size=(150, 150)):
    return np.asarray(_picture(path, size, mode=None), dtype="float32") / 255


def _keeps_bytes(path, size=(150, 150)):
    return np.asarray(_picture(path, size))


def _divides_bytes(path, size=(150, 150)):
    return np.asarray(_picture(path, size)) // 255


def _does_not_rescale(path, size=(150, 150)):
    return _load(path, size) * 255


def _gives_float64(path, size=(150, 150)):
    return np.asarray(_picture(path, size)) / 255


def _does_not_resize(path, size=(150, 150)):
    return _load(path, None)


def _ignores_size(path, size=(150, 150)):
    return _load(path)


def _rescales_around_zero(path, size=(150, 150)):
    return _load(path, size) * 2 - 1


def _channels_first(path, size=(150, 150)):
    return _load(path, size).transpose(2, 0, 1)


def _makes_a_batch(path, size=(150, 150)):
    return _load(path, size)[None]


COLOURS = [
    [[4, 0, 1], [0, 3, 0], [1, 2, 4]],
    [[0, 4, 2], [3, 3, 3], [4, 1, 0]],
    [[2, 2, 0], [4, 0, 4], [1, 4, 2]],
]
GREYS = [[0, 4, 1], [3, 2, 4], [1, 0, 3]]


def _file(colours, height, width, size=None):
    name = "grey.jpg" if np.ndim(colours) == 2 else "colour.jpg"
    args = (name,) if size is None else (name, size)
    return Call(args, files={name: Blocks(colours, height, width)}, reading="picture")


def _picture_probes(rng):
    def colours(*channels):
        return rng.integers(0, 5, (3, 3, *channels)).tolist()

    return {
        "other sizes": [
            _file(colours(3), 90, 60, (90, 150)),
            _file(colours(3), 120, 180, (64, 48)),
            _file(colours(3), 60, 60),
        ],
        "greyscale files": [_file(colours(), 75, 105), _file(colours(), 60, 90, (30, 60))],
        "right colours": [_file(colours(3), 150, 150, (150, 150)) for _ in range(3)],
    }


# --- 4.5 generators ------------------------------------------------------------------------


def _lecture_loop(test_first):
    printed = []
    for item in range(1, 100):
        if test_first and item > 4:
            break
        printed.append(item)
        if not test_first and item > 4:
            break
    return printed


def _batches(x, y, batch_size, shuffle=True, seed=0):
    rng = np.random.default_rng(seed)
    while True:
        order = rng.permutation(len(x)) if shuffle else np.arange(len(x))
        for start in range(0, len(x), batch_size):
            chosen = order[start : start + batch_size]
            yield x[chosen], y[chosen]


def _shuffles_apart(x, y, batch_size, shuffle=True, seed=0):
    images, labels = (_batches(x, x, batch_size, shuffle, seed + k) for k in (0, 1))
    where = {image.tobytes(): index for index, image in enumerate(x)}
    for (image_batch, _), (label_batch, _) in zip(images, labels, strict=True):
        yield image_batch, y[[where[image.tobytes()] for image in label_batch]]


def _one_pass(x, y, batch_size, shuffle=True, seed=0):
    steps = steps_per_epoch(len(x), batch_size)
    yield from islice(_batches(x, y, batch_size, shuffle, seed), steps)


def _drops_the_rest(x, y, batch_size, shuffle=True, seed=0):
    for images, labels in _batches(x, y, batch_size, shuffle, seed):
        if len(images) == batch_size:
            yield images, labels


def _shuffles_once(x, y, batch_size, shuffle=True, seed=0):
    order = np.random.default_rng(seed).permutation(len(x)) if shuffle else np.arange(len(x))
    yield from _batches(x[order], y[order], batch_size, False)


def _never_shuffles(x, y, batch_size, shuffle=True, seed=0):
    yield from _batches(x, y, batch_size, False)


def _always_shuffles(x, y, batch_size, shuffle=True, seed=0):
    yield from _batches(x, y, batch_size, True, seed)


def _draws_with_repetition(x, y, batch_size, shuffle=True, seed=0):
    rng = np.random.default_rng(seed)
    for images, labels in _batches(x, y, batch_size, False):
        chosen = rng.integers(0, len(x), len(images))
        yield (x[chosen], y[chosen]) if shuffle else (images, labels)


def _single_samples(x, y, batch_size, shuffle=True, seed=0):
    for images, labels in _batches(x, y, 1, shuffle, seed):
        yield images[0], labels[0]


def _images_only(x, y, batch_size, shuffle=True, seed=0):
    for images, _ in _batches(x, y, batch_size, shuffle, seed):
        yield images


def _labels_first(x, y, batch_size, shuffle=True, seed=0):
    for images, labels in _batches(x, y, batch_size, shuffle, seed):
        yield labels, images


def _returns_a_list(x, y, batch_size, shuffle=True, seed=0):
    return list(_one_pass(x, y, batch_size, shuffle, seed))


def _samples(n, *shape):
    """Return n different images and their labels."""
    x = np.arange(n * int(np.prod(shape))).reshape(n, *shape)
    return x, np.arange(n) * 10


def _asks(first, n, batch_size, shape=(2,), **kwargs):
    kwargs = {"batch_size": batch_size, **kwargs}
    return Call(_samples(n, *shape), kwargs, first=first, reading="batches")


def _generator_probes(rng):
    n = int(rng.integers(21, 31))
    labels = rng.permutation(n)
    x = rng.random((n, 3, 3, 1)).round(4)
    return {
        "the last batch is smaller": [_asks(12, 14, 4), _asks(6, 13, 12)],
        "all batches are full": [_asks(12, 20, 5, (2, 2, 3)), _asks(4, 16, 8)],
        "images keep their labels": [
            Call((x, labels, 6), {"seed": 3}, first=11, reading="batches"),
            Call((x, labels % 2, 5, True, 7), first=13, reading="batches"),
        ],
        "without shuffling": [
            _asks(9, 14, 6, shuffle=False),
            Call((x, labels, 7, False), first=12, reading="batches"),
        ],
    }


# --- 4.6 the Keras utilities ---------------------------------------------------------------

LISTING = [(BATCH, SIDE, SIDE, 3), (BATCH,)]
STEPS = [steps_per_epoch(n, batch) for n, batch in EPOCHS]


EXERCISES = [
    ShapeList(
        "pima_shapes",
        points=2,
        answer=TABLE,
        mistakes=(
            Mistake(
                "label among the inputs",
                ":8 stops before column 8, the label.",
                values=(
                    [(TRAIN, COLUMNS), *TABLE[1:]],
                    _pima(columns=COLUMNS),
                ),
            ),
            Mistake(
                "a column keeps its axis",
                ONE_AXIS,
                values=(
                    [TABLE[0], (TRAIN, 1), *TABLE[2:]],
                    _pima(label=(1,)),
                ),
            ),
            Mistake(
                "both",
                f":8 stops before column 8, the label. {ONE_AXIS}",
                values=(_pima(columns=COLUMNS, label=(1,)),),
            ),
            Mistake(
                "off by one row",
                "768 - 700.",
                values=tuple(_pima(validation=ROWS - TRAIN + step) for step in (1, -1)),
            ),
            Mistake(
                "row 700 counted twice",
                ":700 stops before row 700, and 700: begins with it.",
                values=(_pima(TRAIN + 1), _pima(TRAIN - 1)),
            ),
            Mistake(
                "validation not sliced",
                "700: takes only the rows from 700 on.",
                values=(_pima(validation=ROWS), _pima(validation=TRAIN)),
            ),
        ),
    ),
    NumberList(
        "dataset_memory_bytes",
        points=2,
        answer=[SMALL, LARGE],
        mistakes=(
            Mistake(
                "forgot the channels",
                "Three channels.",
                values=([_bytes("uint8", channels=1), _bytes("float32", channels=1)],),
            ),
            Mistake(
                "float64",
                "That is float64: float32 has 4 bytes.",
                values=([SMALL, _bytes("float64")],),
            ),
            Mistake(
                "size on disk",
                "That is the JPEG-compressed size; decoded pixels are what RAM holds.",
                values=([SMALL, ON_DISK], [ON_DISK, LARGE], [ON_DISK, ON_DISK]),
            ),
            Mistake(
                "size on disk and four times that",
                "You started from the JPEG-compressed size; decoded pixels are what RAM holds.",
                values=([ON_DISK, 4 * ON_DISK],),
            ),
            Mistake(
                "one image",
                "That is one image.",
                values=([_bytes("uint8", images=1), _bytes("float32", images=1)],),
            ),
            Mistake("other order", "First uint8, then float32.", values=([LARGE, SMALL],)),
            Mistake(
                "32 bytes",
                "float32 has 32 bits, and a byte has 8 of them.",
                values=([SMALL, 32 * SMALL],),
            ),
            Mistake(
                "values, not bytes",
                "That many values. How many bytes does one float32 take?",
                values=([SMALL, SMALL],),
            ),
        ),
    ),
    Choice(
        "why_not_load_all",
        points=1,
        answer="B",
        mistakes=(
            Mistake(
                "Keras takes no arrays",
                "Notebooks 01 to 03 gave Keras arrays all the time.",
                values=("A",),
            ),
            Mistake(
                "cannot be decoded before",
                "They can, and then they need much more room. What is the trouble with that?",
                values=("C",),
            ),
            Mistake(
                "generators train better",
                "The network sees the same numbers either way; it cannot tell where they come "
                "from.",
                values=("D",),
            ),
        ),
    ),
    Drill("drill_dataset_memory", points=1),
    Function(
        "load_image_steps",
        points=3,
        reference=_load,
        examples=(
            _file(COLOURS, 60, 60),
            _file(COLOURS, 120, 90, (90, 150)),
            _file(GREYS, 75, 75, (60, 60)),
        ),
        probes=_picture_probes,
        mistakes=(
            Mistake(
                "swaps height and width",
                "Pillow uses (width, height).",
                function=_swaps_sides,
            ),
            Mistake(
                "keeps greyscale",
                "A greyscale file has no axis for channels. Decode to RGB.",
                function=_keeps_grey,
            ),
            Mistake(
                "keeps bytes",
                "Step 3: convert to float before dividing.",
                function=_keeps_bytes,
            ),
            Mistake(
                "divides bytes",
                "Whole numbers divided as whole numbers are only 0 and 1. Step 3: convert to "
                "float before dividing.",
                function=_divides_bytes,
            ),
            Mistake("does not rescale", "Step 4: rescale.", function=_does_not_rescale),
            Mistake(
                "float64",
                "The type is float64, twice as large as needed: step 3 asks for float32.",
                function=_gives_float64,
            ),
            Mistake(
                "does not resize",
                "The picture still has the size of the file: resize it to `size`.",
                function=_does_not_resize,
            ),
            Mistake(
                "ignores the size",
                "The size is an argument: (150, 150) is only its default.",
                function=_ignores_size,
            ),
            Mistake(
                "rescales to -1 to 1",
                "Rescale from 0 to 1, not from -1 to 1.",
                function=_rescales_around_zero,
            ),
            Mistake(
                "channels first",
                "Channels last: (height, width, 3).",
                function=_channels_first,
            ),
            Mistake(
                "makes a batch",
                "One picture has three axes; the batch is step 5.",
                function=_makes_a_batch,
            ),
        ),
    ),
    NumberList(
        "generator_trace",
        points=1,
        answer=_lecture_loop(test_first=True),
        mistakes=(
            Mistake(
                "prints before the test",
                "Then the loop leaves before printing 5.",
                values=(_lecture_loop(test_first=False),),
            ),
            Mistake(
                "leaves too early",
                "Is 4 greater than 4?",
                values=(_lecture_loop(test_first=True)[:-1],),
            ),
            Mistake(
                "starts from zero",
                "i grows before it is yielded.",
                values=([0, *_lecture_loop(True)], [0, *_lecture_loop(True)[:-1]]),
            ),
        ),
    ),
    Prediction("predict_after_break", points=0),
    Function(
        "batch_generator",
        points=4,
        reference=_batches,
        examples=(
            _asks(9, 10, 4),
            _asks(6, 9, 4, shuffle=False),
            _asks(6, 12, 4, (2, 2, 1), seed=1),
        ),
        probes=_generator_probes,
        mistakes=(
            Mistake(
                "labels misaligned",
                "Images and labels no longer belong together. Shuffle one index array and use it "
                "for both.",
                function=_shuffles_apart,
            ),
            Mistake(
                "stops after one pass",
                "It ends after one pass: `while True` around the pass.",
                function=_one_pass,
            ),
            Mistake(
                "drops the remainder",
                "The last batch of a pass may be smaller, but it must not be missing.",
                function=_drops_the_rest,
            ),
            Mistake(
                "shuffles once",
                "Every pass has the same order. Draw a new one at the start of each pass.",
                function=_shuffles_once,
            ),
            Mistake(
                "never shuffles",
                "With shuffle=True the order must be random.",
                function=_never_shuffles,
            ),
            Mistake(
                "always shuffles",
                "With shuffle=False the order must stay as given.",
                function=_always_shuffles,
            ),
            Mistake(
                "draws with repetition",
                "Some samples come twice in a pass, others not at all: draw an order of all "
                "samples, not samples one by one.",
                function=_draws_with_repetition,
            ),
            Mistake(
                "yields single samples",
                "That is one sample at a time: yield batch_size of them as one array.",
                function=_single_samples,
            ),
            Mistake("yields images only", "Yield a pair: images, labels.", function=_images_only),
            Mistake("labels first", "Images first, then labels.", function=_labels_first),
            Mistake(
                "returns instead of yielding",
                "`return` ends a function with one result. `yield` hands out a batch, and goes on "
                "from there when the next one is asked for.",
                function=_returns_a_list,
            ),
        ),
    ),
    ShapeList(
        "first_batch_shapes",
        points=2,
        answer=LISTING,
        mistakes=(
            Mistake(
                "categorical labels",
                "That is class_mode='categorical'.",
                values=([LISTING[0], (BATCH, 2)],),
            ),
            Mistake(
                "modern labels",
                "That is what image_dataset_from_directory gives; the legacy class gives a 1-D "
                "array.",
                values=([LISTING[0], (BATCH, 1)],),
            ),
            Mistake(
                "channels first",
                "Channels last.",
                values=([(BATCH, 3, SIDE, SIDE), LISTING[1]],),
            ),
            Mistake(
                "no channels",
                "Colour pictures have an axis for their three channels.",
                values=([(BATCH, SIDE, SIDE), LISTING[1]],),
            ),
            Mistake(
                "one picture",
                "That is one picture with its label. Which axis does a batch add, and where?",
                values=([(SIDE, SIDE, 3), (1,)],),
            ),
        ),
    ),
    Text(
        "class_of_index",
        points=0,
        answer=CLASSES[1],
        mistakes=(
            Mistake(
                "counts from one",
                "Folders in alphabetical order, and Python counts from 0.",
                values=(CLASSES[0], CLASSES[0][:-1]),
            ),
            Mistake("singular", "Nearly: give the folder's name.", values=(CLASSES[1][:-1],)),
        ),
    ),
    Prediction("predict_largest_value", points=0),
    NumberList(
        "steps_per_epoch",
        points=2,
        answer=STEPS,
        mistakes=(
            Mistake(
                "rounds down",
                "The last, smaller batch counts: round up.",
                values=([n // batch for n, batch in EPOCHS],),
            ),
            Mistake("multiplies", "Divide.", values=([n * batch for n, batch in EPOCHS],)),
        ),
    ),
    Prediction("predict_unshuffled", points=0),
    Written("why_generators_written", points=2),
]
