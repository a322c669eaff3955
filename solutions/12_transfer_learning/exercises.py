"""Exercises of notebook 12: feature extraction, fine-tuning, a network trained live."""

from __future__ import annotations

from collections.abc import Callable
from itertools import permutations
from typing import NamedTuple

import numpy as np

from course_utils.architectures.backbone import backbone_weights
from course_utils.arithmetic import conv_params, dense_params
from course_utils.conv_ops import conv2d, max_pool2d
from course_utils.transfer_checks import (
    CLASSES,
    OTHER_ORDER,
    STOPS,
    WEIGHTS_CHANGED,
    facts,
    small_base_weights,
)
from grader.exercises import (
    Call,
    Choice,
    Claim,
    Function,
    Mistake,
    Number,
    NumberList,
    Prediction,
    Shape,
    ShapeList,
    Table,
    Written,
)

# --- 12.2 CIFAR-10 -------------------------------------------------------------------------

CIFAR_CLASSES, TRAIN_PER_CLASS, TEST_PER_CLASS = 10, 5000, 1000
CIFAR_IMAGE = (32, 32, 3)
N_TRAIN, N_TEST = CIFAR_CLASSES * TRAIN_PER_CLASS, CIFAR_CLASSES * TEST_PER_CLASS


def _cifar10(n_train=N_TRAIN, n_test=N_TEST, image=CIFAR_IMAGE, label=(1,)):
    return [(n_train, *image), (n_train, *label), (n_test, *image), (n_test, *label)]


# --- 12.3 the network in the browser -------------------------------------------------------


def _browser_params(use_bias=True, poolings=3):
    channels, total = CIFAR_IMAGE[2], 0
    for filters in (16, 20, 20):
        total += conv_params(5, channels, filters, use_bias)
        channels = filters
    side = CIFAR_IMAGE[0] // 2**poolings
    return total + dense_params(side * side * channels, CIFAR_CLASSES, use_bias)


# --- 12.5 VGG16 ----------------------------------------------------------------------------

VGG_BLOCKS = ((2, 64), (2, 128), (3, 256), (3, 512), (3, 512))


def _vgg_layers(channels=3):
    """Return the weights of each convolution by its name in Keras."""
    layers = {}
    for block, (count, filters) in enumerate(VGG_BLOCKS, start=1):
        for number in range(1, count + 1):
            layers[f"block{block}_conv{number}"] = conv_params(3, channels, filters)
            channels = filters
    return layers


VGG_BASE = _vgg_layers()
BASE = sum(VGG_BASE.values())
BLOCK5 = sum(count for name, count in VGG_BASE.items() if name.startswith("block5"))
BLOCK4 = sum(count for name, count in VGG_BASE.items() if name.startswith("block4"))


def _vgg_output(side):
    return (side // 2 ** len(VGG_BLOCKS),) * 2 + (VGG_BLOCKS[-1][1],)


def _vgg_top(side=224, classes=1000):
    flat = int(np.prod(_vgg_output(side)))
    return dense_params(flat, 4096) + dense_params(4096, 4096) + dense_params(4096, classes)


def _vgg_head(side=32):
    flat = int(np.prod(_vgg_output(side)))
    return {"hidden": dense_params(flat, 256), "classifier": dense_params(256, CIFAR_CLASSES)}


def _trainable(head=None, block5=BLOCK5):
    head = sum(_vgg_head().values()) if head is None else head
    return [head, block5 + head, BASE + head]


HIDDEN = _vgg_head()["hidden"]


# --- 12.4 feature extraction ---------------------------------------------------------------


def _conv_relu(image, kernel, bias):
    return np.maximum(conv2d(image, kernel, bias, padding="same"), 0)


def _small_base_maps(image):
    kernel, bias, gamma, beta, mean, variance = small_base_weights()
    maps = _conv_relu(image, kernel, bias)
    return max_pool2d(gamma * (maps - mean) / np.sqrt(variance) + beta)


def _backbone_maps(image):
    weights = backbone_weights()
    for kernel, bias in zip(weights[::2], weights[1::2], strict=True):
        image = max_pool2d(_conv_relu(image, kernel, bias))
    return image


MAPS = {"small base": _small_base_maps, "backbone": _backbone_maps}


def _flat(maps, batch_size):
    return maps.reshape(len(maps), -1)


class _Features(NamedTuple):
    """A way of computing features: on paper, and as a student writes it."""

    rows: Callable[[np.ndarray, int], np.ndarray] = _flat
    training: bool = False
    reported: str = ""
    """What the check says in place of the features."""

    def __call__(self, images, batch_size=32, base="small base"):
        maps = np.stack([MAPS[base](image) for image in np.asarray(images)])
        return self.reported or self.rows(maps, batch_size)

    def in_keras(self, base, images, batch_size=32):
        """Do it with a Keras model."""
        if self.training:
            return self.rows(np.asarray(base(images, training=True)), batch_size)
        return self.rows(base.predict(images, batch_size=batch_size, verbose=0), batch_size)


def _whole_batches(maps, batch_size):
    return _flat(maps, batch_size)[: len(maps) // batch_size * batch_size]


def _first_batch(maps, batch_size):
    return _flat(maps, batch_size)[:batch_size]


def _some_images(n, numbers):
    return numbers(n * 32).reshape(n, 4, 4, 2)


def _pattern(size):
    return np.arange(1, size + 1) * 7 % 11 - 3


EXTRACTED = "course_utils.transfer_checks.extracted"


def _feature_probes(rng):
    def images(n):
        return _some_images(n, lambda size: rng.integers(-4, 5, size))

    photos = rng.random((3, *CIFAR_IMAGE)).round(3).astype("float32")
    return {
        "one row per image, batch after batch": [
            Call((images(7), 3), through=EXTRACTED),
            Call((images(4),), through=EXTRACTED),
        ],
        "the shipped backbone": [Call((photos, 2, "backbone"), through=EXTRACTED)],
    }


# --- 12.6 fine-tuning ----------------------------------------------------------------------

TRAIN_HEAD, UNFREEZE, ADD, JOINTLY, FREEZE = range(1, 6)
ORDER = [ADD, FREEZE, TRAIN_HEAD, UNFREEZE, JOINTLY]


def _orders(*pairs):
    """Return all orders in which the first of each pair comes before the second."""
    return tuple(
        list(order)
        for order in permutations(range(1, 6))
        if order[0] == ADD and all(order.index(a) < order.index(b) for a, b in pairs)
    )


THREE_BLOCKS = {
    "block1_conv": conv_params(3, 3, 4),
    "block2_conv1": conv_params(3, 4, 6),
    "block2_conv2": conv_params(3, 6, 6),
    "block3_conv1": conv_params(3, 6, 8),
    "block3_conv2": conv_params(3, 8, 8),
}
BACKBONE = {
    "block1_conv": conv_params(3, 3, 32),
    "block2_conv": conv_params(3, 32, 64),
    "block3_conv": conv_params(3, 64, 64),
}
# The small network halves 8×8 three times, the backbone 32×32.
NETWORKS = {
    "three blocks": (THREE_BLOCKS, {"classifier": dense_params(1 * 1 * 8, CLASSES)}),
    "backbone": (BACKBONE, {"classifier": dense_params(4 * 4 * 64, CIFAR_CLASSES)}),
    "VGG16": (VGG_BASE, _vgg_head()),
}


class _Unfreezing(NamedTuple):
    """A way of unfreezing: what follows from it, and as a student writes it."""

    base: str = "block"
    """What of the base trains: "block", "all" or "none"."""
    head: bool = True
    compiles: bool = True
    optimizer: str = "RMSprop"
    learning_rate: float | None = None
    loss: str | None = None
    hands_counters_on: bool = False
    """Compiles with ``metrics=model.metrics``."""

    def __call__(self, base, prefix, learning_rate, loss="sparse_categorical_crossentropy"):
        layers, head = NETWORKS[base]
        trains = {n: c for n, c in layers.items() if self._trains(n, prefix)}
        trains |= head if self.head else {}
        count = sum(trains.values())
        if not self.compiles:
            # Keras goes on with the step that it made when the head was trained.
            return facts(count, "Adam", 1e-3, loss, None if base == "VGG16" else list(head))
        used, rate = self.loss or loss, self.learning_rate or learning_rate
        fails = used != loss or self.hands_counters_on
        step = None if base == "VGG16" else STOPS if fails else list(trains)
        return facts(count, self.optimizer, rate, used, step)

    def _trains(self, name, prefix):
        return self.base == "all" or (self.base == "block" and name.startswith(prefix))

    def in_keras(self, model, base, prefix, learning_rate):
        """Do it to a Keras model."""
        from keras import optimizers

        base.trainable = True
        for layer in base.layers:
            layer.trainable = self._trains(layer.name, prefix)
        for layer in model.layers:
            if layer is not base:
                layer.trainable = self.head
        if self.compiles:
            optimizer = getattr(optimizers, self.optimizer)(self.learning_rate or learning_rate)
            metrics = model.metrics if self.hands_counters_on else ["accuracy"]
            model.compile(optimizer, self.loss or model.loss, metrics=metrics)


UNFREEZING = "course_utils.transfer_checks.unfreezing_facts"


def _unfreeze(*args):
    return Call(args, through=UNFREEZING)


def _unfreeze_probes(rng):
    rate = float(rng.integers(2, 9)) * 1e-5
    return {
        "VGG16": [_unfreeze("VGG16", "block5", 1e-5)],
        "the shipped backbone": [_unfreeze("backbone", "block3", rate)],
        "other blocks and losses": [
            _unfreeze("three blocks", "block3_conv2", rate, "categorical_crossentropy"),
            _unfreeze("three blocks", "block1", 2e-4),
        ],
    }


# --- 12.8 the comparison -------------------------------------------------------------------

WAYS = ("scratch", "feature_extraction", "fine_tuning")
MARGIN, SLACK, LEARNED = 0.15, 0.05, 0.9


def _results(scratch, feature_extraction, fine_tuning):
    """Return a table from a (train, test) pair of accuracies for each way."""
    pairs = dict(zip(WAYS, (scratch, feature_extraction, fine_tuning), strict=True))
    return {
        "train_accuracy": {way: pair[0] for way, pair in pairs.items()},
        "test_accuracy": {way: pair[1] for way, pair in pairs.items()},
    }


EXERCISES = [
    ShapeList(
        "cifar10_shapes",
        points=1,
        answer=_cifar10(),
        mistakes=(
            Mistake(
                "labels without a column",
                "Keras' CIFAR-10 labels are a column: one label per row, so (N, 1).",
                values=(_cifar10(label=()),),
            ),
            Mistake(
                "all images in the training set",
                "60,000 is all of them: 50,000 for training and 10,000 for testing.",
                values=(_cifar10(n_train=N_TRAIN + N_TEST),),
            ),
            Mistake(
                "one-hot labels",
                "The labels are class numbers, not yet one-hot rows.",
                values=(_cifar10(label=(CIFAR_CLASSES,)),),
            ),
            Mistake(
                "no colour",
                "Colour images have three channels.",
                values=(_cifar10(image=CIFAR_IMAGE[:2]), _cifar10(image=(*CIFAR_IMAGE[:2], 1))),
            ),
        ),
    ),
    Number(
        "convnetjs_params",
        points=1,
        answer=_browser_params(),
        mistakes=(
            Mistake(
                "forgot the biases",
                "Biases: 16 + 20 + 20 + 10 of them.",
                values=(_browser_params(use_bias=False),),
            ),
            Mistake(
                "two poolings",
                "Three poolings: 32 becomes 4, not 8.",
                values=(_browser_params(poolings=2),),
            ),
            Mistake(
                "convolutions only",
                "That are the convolutions. The softmax layer has weights, too.",
                values=(_browser_params() - dense_params(4 * 4 * 20, CIFAR_CLASSES),),
            ),
            Mistake(
                "global average",
                "There is no global average: all 4·4·20 numbers go into the softmax layer.",
                values=(
                    _browser_params()
                    - dense_params(4 * 4 * 20, CIFAR_CLASSES)
                    + dense_params(20, CIFAR_CLASSES),
                ),
            ),
        ),
    ),
    Prediction("predict_adadelta_accuracy", points=0),
    Choice(
        "why_skip_dense",
        points=1,
        answer="B",
        mistakes=(
            Mistake(
                "cannot be saved",
                "All layers are saved in the same way.",
                values=("A",),
            ),
            Mistake(
                "too few parameters",
                "On the contrary: most of VGG16's parameters are in its dense layers.",
                values=("C",),
            ),
            Mistake("licence", "The layers of a network share its licence.", values=("D",)),
        ),
    ),
    Function(
        "extract_features",
        points=2,
        reference=_Features(),
        student_form=lambda way: way.in_keras,
        examples=(
            Call((_some_images(5, _pattern), 2), through=EXTRACTED),
            Call((_some_images(3, _pattern),), through=EXTRACTED),
        ),
        probes=_feature_probes,
        mistakes=(
            Mistake(
                "maps, not rows",
                "The maps still have height, width and channels: flatten them per image.",
                function=_Features(lambda maps, size: maps),
            ),
            Mistake(
                "one long row",
                "That is one long row for all images. Keep the first axis: one row per image.",
                function=_Features(lambda maps, size: maps.reshape(-1)),
            ),
            Mistake(
                "averaged",
                "That averages over the positions. Keep all numbers of a map: flatten.",
                function=_Features(lambda maps, size: maps.mean(axis=(1, 2))),
            ),
            Mistake(
                "last batch lost",
                "Images are missing: the last batch may be smaller than the others.",
                function=_Features(_whole_batches),
            ),
            Mistake(
                "first batch only",
                "That is the first batch only. Go through all of them.",
                function=_Features(_first_batch),
            ),
            Mistake(
                "training mode",
                "The base must work in inference mode: predict, or training=False. Your call "
                "changed what its batch normalisation remembers.",
                function=_Features(training=True, reported=WEIGHTS_CHANGED),
            ),
            Mistake(
                "shuffled",
                "The rows are right, but in another order than the images: they would get the "
                "labels of other images. Is something shuffled?",
                function=_Features(
                    lambda maps, size: np.roll(_flat(maps, size), 1, axis=0), reported=OTHER_ORDER
                ),
            ),
        ),
    ),
    Shape(
        "vgg16_base_output",
        points=1,
        answer=_vgg_output(CIFAR_IMAGE[0]),
        mistakes=(
            Mistake("for 224 pixels", "That is for 224.", values=(_vgg_output(224),)),
            Mistake("for 150 pixels", "That is for 150.", values=(_vgg_output(150),)),
            Mistake(
                "four halvings",
                "Five halvings: 32 is 2 to the power of 5.",
                values=(_vgg_output(64),),
            ),
            Mistake(
                "the image's channels",
                "The depth is the number of filters of the last block.",
                values=((1, 1, 3),),
            ),
        ),
    ),
    Number(
        "vgg16_base_params",
        points=1,
        answer=BASE,
        mistakes=(
            Mistake(
                "with the dense top",
                "That is the whole VGG16. Without the dense top, please.",
                values=(BASE + _vgg_top(),),
            ),
            Mistake(
                "the dense top",
                "That is what is left out: the dense layers.",
                values=(_vgg_top(),),
            ),
            Mistake(
                "without biases",
                "Every filter has a bias.",
                values=(BASE - sum(n * f for n, f in VGG_BLOCKS),),
            ),
        ),
    ),
    NumberList(
        "fine_tuning_order",
        points=1,
        answer=ORDER,
        mistakes=(
            Mistake(
                "unfrozen before the head is trained",
                "Large errors of a random head would destroy the base: when may it be unfrozen?",
                values=_orders((UNFREEZE, TRAIN_HEAD)),
            ),
            Mistake(
                "head trained on an unfrozen base",
                "What happens to the base while you train a random head, if it is not yet frozen?",
                values=_orders((TRAIN_HEAD, FREEZE), (TRAIN_HEAD, UNFREEZE)),
            ),
            Mistake(
                "joint training before unfreezing",
                "Both can only train jointly when both can train.",
                values=_orders((FREEZE, TRAIN_HEAD), (TRAIN_HEAD, JOINTLY), (JOINTLY, UNFREEZE)),
            ),
            Mistake(
                "joint training before the head",
                "Joint training is the last step: it needs a head that already works.",
                values=_orders((FREEZE, TRAIN_HEAD), (JOINTLY, TRAIN_HEAD), (TRAIN_HEAD, UNFREEZE)),
            ),
            Mistake(
                "frozen before anything is added",
                "Freezing first works as well. Begin with the network here, as the lecture does.",
                values=([FREEZE, ADD, TRAIN_HEAD, UNFREEZE, JOINTLY],),
            ),
        ),
        chained=True,
    ),
    Prediction("predict_thawed_layer", points=0),
    Function(
        "unfreeze_top_block",
        points=3,
        reference=_Unfreezing(),
        student_form=lambda way: way.in_keras,
        examples=(
            _unfreeze("three blocks", "block3", 1e-4),
            _unfreeze("three blocks", "block2", 5e-5, "categorical_crossentropy"),
        ),
        probes=_unfreeze_probes,
        mistakes=(
            Mistake(
                "the base stays frozen",
                "The block is still frozen. base.trainable = False reaches into the base and "
                "freezes every layer in it again, so whatever you set for the whole base must "
                "come first; then go layer by layer.",
                function=_Unfreezing(base="none"),
            ),
            Mistake(
                "the whole base",
                "The whole base trains now: base.trainable = True switches on every layer in it. "
                "Do that first, then freeze the layers whose name does not start with the prefix.",
                function=_Unfreezing(base="all"),
            ),
            Mistake(
                "looks at the layers of the model",
                "Nothing trains any more. For the model the whole base is one layer: go through "
                "base.layers, and leave the layers outside the base alone.",
                function=_Unfreezing(base="none", head=False),
            ),
            Mistake(
                "freezes the head",
                "The layers outside the base must go on training.",
                function=_Unfreezing(head=False),
            ),
            Mistake(
                "no compile",
                "`trainable` takes effect at compile: without it the model goes on training what "
                "it trained before.",
                function=_Unfreezing(compiles=False),
            ),
            Mistake(
                "default learning rate",
                "RMSprop learns at its default rate now. Use the learning_rate that is given.",
                function=_Unfreezing(learning_rate=1e-3),
            ),
            Mistake(
                "another optimizer",
                "RMSprop is asked for.",
                function=_Unfreezing(optimizer="Adam"),
            ),
            Mistake(
                "loss written down",
                "Other models have other losses: take the one this model was compiled with, "
                "model.loss.",
                function=_Unfreezing(loss="sparse_categorical_crossentropy"),
            ),
            Mistake(
                "metrics=model.metrics",
                "Training stops with an error. model.metrics holds Keras' own counters; write "
                'metrics=["accuracy"].',
                function=_Unfreezing(hands_counters_on=True),
            ),
        ),
    ),
    NumberList(
        "trainable_counts",
        points=3,
        answer=_trainable(),
        mistakes=(
            Mistake(
                "one dense layer",
                "There are two dense layers: the second one, with 10 units, has weights, too.",
                values=(_trainable(head=HIDDEN),),
            ),
            Mistake(
                "without the head",
                "Plus your own classifier: its layers train in all three cases.",
                values=(_trainable(head=0),),
            ),
            Mistake(
                "the base for 224 pixels",
                "With 32×32 images Flatten gives 512 numbers: see vgg16_base_output.",
                values=(_trainable(head=sum(_vgg_head(224).values())),),
            ),
            Mistake(
                "two blocks",
                "That is block 4 and block 5 together.",
                values=(_trainable(block5=BLOCK4 + BLOCK5),),
            ),
            Mistake(
                "block 4",
                "That is block 4. The last block is the fifth; its first convolution reads 512 "
                "channels.",
                values=(_trainable(block5=BLOCK4),),
            ),
        ),
    ),
    Table(
        "transfer_vs_scratch",
        points=4,
        columns={"train_accuracy": "fraction", "test_accuracy": "fraction"},
        rows=WAYS,
        answer=_results((1.0, 0.3), (0.95, 0.75), (1.0, 0.77)),
        claims=(
            Claim(
                f"training from scratch reaches {LEARNED} on its 400 training images",
                ("scratch", "train_accuracy"),
                at_least=LEARNED,
            ),
            Claim(
                f"feature extraction is better on the test images by {MARGIN} or more",
                ("feature_extraction", "test_accuracy"),
                at_least=("scratch", "test_accuracy"),
                margin=MARGIN,
            ),
            Claim(
                f"fine-tuning loses no more than {SLACK} of it",
                ("fine_tuning", "test_accuracy"),
                at_least=("feature_extraction", "test_accuracy"),
                margin=-SLACK,
            ),
        ),
        mistakes=(
            Mistake(
                "scratch began with the backbone",
                "From scratch is as good as transfer. Did 'scratch' start from the loaded weights?",
                values=(_results((1.0, 0.77), (0.95, 0.75), (1.0, 0.77)),),
            ),
            Mistake(
                "other pixels",
                "All three stay near guessing. Are the pixels scaled as the backbone's training "
                "data were, 0 to 1?",
                values=(_results((0.1, 0.1), (0.1, 0.1), (0.1, 0.1)),),
            ),
            Mistake(
                "scratch stopped early",
                "The network from scratch has not learned its 400 images yet. Can all its layers "
                "train (a clone of a frozen base is frozen)? If so, train it longer.",
                values=(_results((0.4, 0.2), (0.95, 0.75), (1.0, 0.77)),),
            ),
            Mistake(
                "fine-tuning destroyed the base",
                "Fine-tuning made it much worse. Was the head trained first, and is the learning "
                "rate low enough?",
                values=(_results((1.0, 0.3), (0.95, 0.75), (0.8, 0.5)),),
            ),
        ),
    ),
    Prediction("predict_fine_tuning_gain", points=0),
    Written("transfer_written", points=2),
]
