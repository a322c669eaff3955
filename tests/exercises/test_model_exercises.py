"""Models and functions that build parts of them: right, known mistakes, blank, junk, hostile."""

from __future__ import annotations

import copy
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from course_utils import checks
from course_utils.checks import examine
from course_utils.function_examples import Call, Outcome, decode_call, encode_call
from course_utils.model_description import describe_model
from course_utils.networks.facts import SHAPES
from course_utils.networks.network import read_network, takes
from grader.exercises import Block, Function, Mistake, Model, OpenModel, Requirement
from grader.exercises.models import on_paper
from grader.exercises.paper import keras as paper
from grader.exercises.tables import answer_table
from grader.plugins.plan import Plan
from grader.runner import AnswerStep, CellStep, Job, RunnerPool, describe_isolation
from tests.exercises.model_proofs import (
    prove_hints_keep_the_answer,
    prove_mistakes,
    prove_reference,
)


def small_cnn(keras, padding="same", units=10, pool="AveragePooling2D", channels=1):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 12, channels)),
            layers.Conv2D(6, 5, padding=padding, activation="tanh"),
            getattr(layers, pool)(2),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(units, activation="softmax"),
        ]
    )


def late_dropout(keras):
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(10, activation="softmax"),
        ]
    )


def two_branches(keras, order=(0, 1), join="concatenate", hidden=8):
    layers = keras.layers
    x = keras.Input((6, 6, 4))
    branches = [
        layers.Conv2D(hidden, 1, activation="relu")(x),
        layers.Conv2D(hidden, 3, padding="same", activation="relu")(x),
    ]
    joined = getattr(layers, join)([branches[index] for index in order])
    return keras.Model(x, layers.GlobalAveragePooling2D()(joined))


def chain(keras, kind="functional", depth=2):
    layers = [keras.layers.Dense(8, activation="relu") for _ in range(depth)]
    layers.append(keras.layers.Dense(3, activation="softmax"))
    if kind == "sequential":
        return keras.Sequential([keras.Input((20,)), *layers])
    first = x = keras.Input((20,))
    for layer in layers:
        x = layer(x)
    return keras.Model(first, x)


def any_size(keras, conv=True, activation="softmax", filters=8):
    layers = keras.layers
    x = first = keras.Input((None, None, 1))
    if conv:
        x = layers.Conv2D(filters, 3, activation="relu")(x)
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(first, layers.Dense(10, activation=activation)(x))


def residual_block(keras, x, filters, stride=1, always=False, relu_first=False):
    layers = keras.layers
    y = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same", activation="relu" if relu_first else None)(y)
    if always or stride > 1 or x.shape[-1] != filters:
        x = layers.Conv2D(filters, 1, strides=stride)(x)
    z = layers.add([y, x])
    return z if relu_first else layers.ReLU()(z)


def mutant(build, **changes):
    return lambda keras, *args, **kwargs: build(keras, *args, **kwargs, **changes)


CNN = Model(
    "small_cnn",
    points=4,
    build=small_cnn,
    mistakes=(
        Mistake("no padding", "Pad the first layer.", function=mutant(small_cnn, padding="valid")),
        Mistake("two", "One unit per class.", shape=(2,), function=mutant(small_cnn, units=2)),
        Mistake(
            "max pooling",
            "Average the windows.",
            facts=("has:MaxPooling2D",),
            function=mutant(small_cnn, pool="MaxPooling2D"),
        ),
        Mistake("colour", "Grey has one channel.", function=mutant(small_cnn, channels=3)),
        Mistake("late dropout", "Dropout comes earlier.", function=late_dropout),
    ),
)
TWO = Model(
    "two_branches",
    points=2,
    build=two_branches,
    mistakes=(
        Mistake("added", "Concatenate them.", function=mutant(two_branches, join="add")),
        Mistake("order", "The narrow one first.", function=mutant(two_branches, order=(1, 0))),
    ),
)
CHAIN = Model(
    "chain",
    points=2,
    build=chain,
    functional=True,
    mistakes=(
        Mistake(
            "Sequential",
            "Call layers on tensors.",
            facts=("family:Sequential",),
            function=mutant(chain, kind="sequential"),
        ),
        Mistake("one layer", "Two hidden layers.", function=mutant(chain, depth=1)),
    ),
)
OPEN = OpenModel(
    "any_size",
    points=2,
    build=any_size,
    requirements=(
        Requirement("at least one convolution", needs=("has:Conv2D", "has:SeparableConv2D")),
        Requirement("a softmax at the end", needs=("last:softmax",)),
        Requirement("no Flatten", forbids=("has:Flatten",)),
        Requirement("fewer than 500 weights", fewer_weights_than=500),
    ),
    mistakes=(
        Mistake(
            "sigmoid",
            "Ten classes share one total.",
            facts=("last:sigmoid",),
            function=mutant(any_size, activation="sigmoid"),
        ),
        Mistake("no conv", "Look at patterns first.", function=mutant(any_size, conv=False)),
    ),
)
BLOCK = Block(
    "residual_block",
    points=3,
    reference=residual_block,
    examples=(Call(((8, 8, 4), 4)), Call(((8, 8, 4), 6), {"stride": 2})),
    probes=lambda rng: {
        "identity": [Call(((12, 10, 5), 5))],
        "output shapes": [Call(((9, 9, 2), 7, 2), reading="block shape")],
        "weights": [Call(((9, 9, 3), 3), reading="block weights")],
    },
    mistakes=(
        Mistake("projects", "Identity if shapes agree.", function=mutant(residual_block, always=1)),
        Mistake(
            "relu first", "Add first, then ReLU.", function=mutant(residual_block, relu_first=True)
        ),
    ),
)
MODELS = (CNN, TWO, CHAIN, OPEN)
ALL = (*MODELS, BLOCK)
each_model = pytest.mark.parametrize("exercise", MODELS, ids=lambda exercise: exercise.id)


@pytest.fixture(autouse=True, scope="module")
def table():
    """The sealed table of the exercises of this file."""
    table = answer_table([*ALL])
    patch = pytest.MonkeyPatch()
    patch.setattr(checks, "_table", lambda: table)
    yield table
    patch.undo()


@pytest.fixture(scope="module")
def keras():
    import keras

    return keras


@each_model
def test_reference_earns_everything(exercise):
    prove_reference(exercise)


@each_model
def test_each_mutant_draws_exactly_its_hint(exercise):
    prove_mistakes(exercise)
    prove_hints_keep_the_answer(exercise)


@pytest.mark.parametrize("blank", [..., None])
@pytest.mark.parametrize("exercise", ALL, ids=lambda exercise: exercise.id)
def test_blank_earns_nothing(exercise, blank):
    verdict = exercise.grade(blank)
    assert (verdict.earned, verdict.status) == (0, "unanswered")
    assert examine(exercise.id, blank).status == "unanswered"


def junk(keras):
    layer = keras.layers.Dense(3)
    return {
        "number": (3, "got an int"),
        "layer": (layer, "one layer"),
        "class": (keras.Sequential, "call it"),
        "tensor": (layer(keras.Input((3,))), "Model(inputs, outputs)"),
        "layers": ([layer], "a list"),
        "network": (on_paper(small_cnn), "got a Network"),
        "dictionary": (small_cnn(paper).description, "got a dict"),
        "unbuilt": (keras.Sequential([keras.layers.Dense(3)]), "begin it with Input"),
    }


@each_model
def test_what_is_no_model_earns_nothing_and_says_why(exercise, keras):
    for name, (value, told) in junk(keras).items():
        verdict = exercise.grade(value)
        assert verdict.earned == 0, name
        assert told in verdict.message, name
        assert examine(exercise.id, value).message == verdict.message


def other_ways_to_write_the_cnn(keras):
    layers, ops = keras.layers, keras.ops
    first = keras.Input((12, 12, 1))
    x = ops.tanh(layers.Conv2D(6, (5, 5), padding="SAME")(first))
    x = layers.Dropout(0.5)(layers.AveragePooling2D((2, 2), strides=2)(x))
    x = layers.Dense(10, activation=ops.softmax)(layers.Flatten()(x))
    yield keras.Model(first, x)
    inner = [
        keras.Input((12, 12, 1)),
        layers.Conv2D(6, 5, padding="same"),
        layers.Activation("tanh"),
    ]
    yield keras.Sequential(
        [
            keras.Input((12, 12, 1)),
            keras.Sequential(inner),
            layers.AveragePooling2D(2),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(10),
            layers.Softmax(),
        ]
    )


def test_the_same_model_written_otherwise_is_right(keras):
    for model in other_ways_to_write_the_cnn(keras):
        assert CNN.grade(model).status == "right"
        assert examine("small_cnn", model).status == "right"


def test_parts_that_are_right_earn_their_share_and_are_named(keras):
    model = small_cnn(keras)
    model = keras.Sequential([*model.layers[:2], keras.layers.Dropout(0.2), *model.layers[3:]])
    model.build((None, 12, 12, 1))
    verdict = CNN.grade(model)
    assert verdict.earned == 3
    assert [part.passed for part in verdict.parts] == [True, True, False, True]
    assert examine("small_cnn", model).message == (
        "Not yet. Right so far: input and output shape, layers and their connections, "
        "number of weights. Look again at: options of the layers."
    )


def test_frozen_layers_are_not_the_asked_model(keras):
    model = small_cnn(keras)
    model.layers[0].trainable = False
    assert CNN.grade(model).earned < CNN.points


def test_right_shapes_alone_earn_nothing(keras):
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((12, 12, 1)), layers.Flatten(), layers.Dense(4), layers.Dense(10)]
    )
    assert CNN.grade(model).earned == 0
    assert TWO.grade(small_cnn(keras)).earned == 0
    told = examine("two_branches", model).message
    assert "Expected input shape (6, 6, 4), got (12, 12, 1)" in told


def test_an_open_exercise_takes_any_model_that_meets_it(keras):
    layers = keras.layers
    first = keras.Input((None, None, 1))
    x = layers.SeparableConv2D(5, 3, padding="same")(first)
    x = layers.Dense(10)(layers.GlobalMaxPooling2D()(layers.BatchNormalization()(x)))
    model = keras.Model(first, keras.activations.softmax(x))
    assert OPEN.grade(model).status == "right"
    assert examine("any_size", model).status == "right"
    large = any_size(keras, filters=50)
    assert OPEN.grade(large).earned == pytest.approx(2 * 4 / 5)
    assert examine("any_size", large).message == "Not yet. Missing: fewer than 500 weights."
    assert OPEN.grade(keras.Sequential([keras.Input((2,)), layers.Dense(1)])).earned == 0


@pytest.mark.parametrize(
    ("image", "kernel", "taken"),
    [
        ((None, None, 1), 5, True),
        ((None, None, 1), 9, False),
        ((8, None, 1), 3, True),
        ((9, 9, 1), 3, False),
        ((None, None, 3), 3, False),
    ],
)
def test_a_network_can_be_asked_whether_it_takes_a_shape(keras, image, kernel, taken):
    layers = keras.layers
    given = keras.Input(image)
    x = layers.GlobalAveragePooling2D()(layers.Conv2D(4, kernel)(given))
    model = keras.Model(given, layers.Dense(2)(x))
    assert takes(read_network(describe_model(model)), (8, 8, 1)) is taken


def test_a_requirement_can_name_shapes_that_must_be_taken(keras):
    asked = Requirement("a result for 8×8 images", takes=((8, 8, 1), (20, 12, 1)))
    exercise = OpenModel("sizes", points=1, build=any_size, requirements=(asked,), mistakes=())
    assert all(exercise.parts(on_paper(any_size)).values())
    small = on_paper(lambda keras: _nothing_left(keras, kernel_size=9))
    assert exercise.parts(small) == {SHAPES: True, asked.name: False}


def _nothing_left(keras, kernel_size):
    given = keras.Input((None, None, 1))
    x = keras.layers.Conv2D(3, kernel_size)(given)
    return keras.Model(given, keras.layers.Dense(10)(keras.layers.GlobalMaxPooling2D()(x)))


def test_a_layer_on_paper_keeps_the_weights_of_its_first_call(keras):
    for module in (keras, paper):
        conv = module.layers.Conv2D(3, 3, padding="same")
        conv(module.Input((8, 8, 2)))
        conv(module.Input((5, 5, 2)))
        with pytest.raises(ValueError, match=r"(?i)conv2d"):
            conv(module.Input((8, 8, 5)))


def unreadable(keras):
    class Conv2D(keras.layers.Layer):
        def call(self, x):
            return x

    class Net(keras.Model):
        def __init__(self):
            super().__init__()
            self.dense = keras.layers.Dense(2)

        def call(self, x):
            return self.dense(x)

    net = Net()
    net(np.zeros((1, 3), "float32"))
    first = keras.Input((12, 12, 1))
    return [
        keras.Sequential([first, keras.layers.Lambda(lambda x: x)]),
        keras.Sequential([first, Conv2D()]),
        keras.Sequential([first, keras.layers.Dense(2, activation=lambda x: x)]),
        keras.Model(first, first + 1),
        keras.Model(first, keras.ops.flip(first, axis=1)),
        net,
    ]


def test_layers_of_ones_own_are_left_to_a_person(keras):
    for model in unreadable(keras):
        verdict = CNN.grade(model)
        assert (verdict.status, verdict.earned, verdict.needs_review) == ("wrong", 0, True)
        assert "cannot be checked automatically" in verdict.message
        result = examine("small_cnn", model)
        assert (result.status, result.message) == ("recorded", verdict.message)


def student(exercise, function):
    """Return a function of the definition as written in a student's notebook."""
    written = exercise.as_written(function)
    return lambda *args, **kwargs: written(*args, **kwargs)


def test_a_block_is_judged_by_what_it_builds(keras):
    assert BLOCK.grade(student(BLOCK, residual_block)).status == "right"
    assert examine("residual_block", student(BLOCK, residual_block)).status == "right"
    for mistake in BLOCK.mistakes:
        function = student(BLOCK, mistake.function)
        assert BLOCK.grade(function).mistake == mistake.label
        assert BLOCK.grade(function).earned < BLOCK.points
        assert examine("residual_block", function).message == mistake.hint


def test_a_block_may_be_written_with_operators_and_functions(keras):
    layers = keras.layers

    def written(x, filters, stride=1):
        y = layers.Conv2D(filters, (3, 3), stride, "same")(x)
        y = layers.Conv2D(filters, 3, padding="same")(layers.Activation("relu")(y))
        if x.shape[-1] != filters or stride != 1:
            x = layers.Conv2D(filters, 1, strides=stride, padding="same")(x)
        return keras.ops.relu(x + y)

    assert BLOCK.grade(written).status == "right"


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda x, filters, stride=1: None, "returned None"),
        (lambda x, filters, stride=1: 3, "no Keras tensor or model"),
        (lambda x, filters, stride=1: x, "output shape (8, 8, 4)"),
        (lambda x, filters, stride=1: x * 2, "Your instructor will look at it."),
        (lambda x: x, "raised TypeError"),
        (
            lambda x, filters, stride=1: sys.modules["keras"].Model(x, x),
            "returned a Model, not a tensor",
        ),
    ],
)
def test_wrong_blocks_earn_nothing_and_say_what_they_are(keras, function, told):
    verdict = BLOCK.grade(function)
    assert verdict.earned == 0
    assert told in examine("residual_block", function).message
    assert verdict.needs_review == ("instructor" in told)


def test_a_function_without_a_tensor_may_return_a_whole_model(keras):
    exercise = Block(
        "make_chain",
        points=1,
        reference=lambda keras, depth: chain(keras, depth=depth),
        examples=(Call((1,)),),
        probes=lambda rng: {"deeper": [Call((3,))]},
    )
    assert exercise.grade(student(exercise, exercise.reference)).status == "right"
    wrong = student(exercise, lambda keras, depth: chain(keras, depth=1))
    assert exercise.grade(wrong).status == "partly"


def kernel_of(function, *args):
    """What this file's exercise looks at in a layer that a student's function returns."""
    return np.asarray(function(*args).kernel)


def test_a_call_may_go_through_a_function_that_reads_the_result(keras):
    def in_keras(function):
        def conv(*args):
            layer = keras.layers.Conv2D(1, 1, use_bias=False)
            layer.build((None, None, None, 3))
            layer.set_weights([function(*args)])
            return layer

        return conv

    weights = np.array([0.25, 0.5, 0.25], "float32").reshape(1, 1, 3, 1)
    one = Call((2,), through="tests.exercises.test_model_exercises.kernel_of")
    assert decode_call(encode_call(one)) == one
    exercise = Function(
        "mixing_conv",
        points=1,
        reference=lambda scale: weights * scale,
        examples=(one,),
        probes=lambda rng: {"other": [Call((3,), through=one.through)]},
        student_form=in_keras,
        mistakes=(Mistake("unscaled", "Scale.", function=lambda scale: weights),),
    )
    assert exercise.grade(student(exercise, exercise.reference)).status == "right"
    wrong = student(exercise, exercise.mistakes[0].function)
    assert exercise.grade(wrong).mistake == "unscaled"


HONEST = small_cnn(paper).description


def hostile():
    """Descriptions that no Keras model has."""
    yield from (None, 3, "x", [], {}, {"calls": 3}, {"calls": [3]}, {"calls": [{}] * 3000})
    yield from ({"calls": HONEST["calls"]}, {**HONEST, "outputs": [99]}, {**HONEST, "inputs": [3]})
    yield from ({**HONEST, "outputs": []}, {**HONEST, "family": 3}, {**HONEST, "calls": []})
    yield {**HONEST, "outputs": [True]}
    conv = HONEST["calls"][1]["options"]
    changes = [
        (0, "options", {"shape": (-28, 28, 1)}),
        (0, "options", {"shape": [10**30, 28, 1]}),
        (0, "options", {"shape": [1] * 100}),
        (0, "options", {}),
        (1, "options", {}),
        (1, "options", None),
        (1, "options", {**conv, "filters": -6}),
        (1, "options", {**conv, "filters": True}),
        (1, "options", {**conv, "filters": 10**400}),
        (1, "options", {**conv, "filters": float("nan")}),
        (1, "options", {**conv, "kernel_size": np.ones(5)}),
        (1, "options", {**conv, "activation": "x" * 10**6}),
        (1, "options", {**conv, "groups": 5}),
        (1, "options", {**conv, "more": 5}),
        (3, "options", {"rate": float("inf")}),
        (1, "parents", [1]),
        (1, "parents", [-1]),
        (1, "parents", [0] * 10**5),
        (1, "parents", [0.0]),
        (1, "parents", "0"),
        (1, "layer", 0),
        (1, "layer", [1]),
        (1, "trainable", "yes"),
        (1, "class", "Conv2D\n" * 1000),
        (1, "class", ["Conv2D"]),
        (1, "class", "__init__"),
    ]
    for index, key, value in changes:
        description = copy.deepcopy(HONEST)
        description["calls"][index][key] = value
        yield description
    bomb = copy.deepcopy(HONEST)
    upsampling = {"class": "UpSampling2D", "options": {"size": (10**7, 10**7)}, "trainable": True}
    for index in range(1, 50):
        bomb["calls"].insert(index, {**upsampling, "parents": [index - 1], "layer": 100 + index})
    yield bomb


@pytest.mark.parametrize("exercise", [CNN, OPEN], ids=["exact", "open"])
def test_hostile_descriptions_earn_nothing_and_raise_nothing(exercise):
    for description in hostile():
        verdict = exercise.grade_outcome(Outcome(value=description))
        assert verdict.earned == 0
        assert verdict.status == "wrong"
        assert len(verdict.message) < 300


def test_hostile_results_of_a_block_earn_nothing_and_raise_nothing():
    for description in hostile():
        outcomes = [one.read(Outcome(value=description)) for one in BLOCK.calls]
        assert BLOCK.grade_outcomes(outcomes).earned == 0


def test_claimed_numbers_mean_nothing():
    claim = {**copy.deepcopy(HONEST), "params": 61706, "trainable": 61706}
    assert CNN.grade_outcome(Outcome(value=claim)).status == "right"
    claim["calls"][1]["options"] = {**claim["calls"][1]["options"], "filters": 7}
    claim["calls"][1]["params"] = 156
    assert CNN.grade_outcome(Outcome(value=claim)).earned < CNN.points


def test_a_very_deep_model_is_read():
    def deep(keras):
        layers = [keras.layers.Conv2D(2, 3, padding="same") for _ in range(1500)]
        return keras.Sequential([keras.Input((9, 9, 2)), *layers])

    assert on_paper(deep).params == 1500 * 38
    exercise = Model("deep", points=1, build=deep)
    assert exercise.grade_outcome(Outcome(value=deep(paper).description)).status == "right"


def test_grading_needs_no_tensorflow():
    code = (
        "import sys; from tests.exercises.test_model_exercises import *; "
        "d = small_cnn(paper).description; "
        "assert CNN.grade_outcome(Outcome(value=d)).status == 'right'; "
        "assert BLOCK.expected and BLOCK.messages() and CNN.messages(); "
        "assert not {'keras', 'tensorflow'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


SUBMISSION = """
import keras
from keras import layers

small_cnn = keras.Sequential([
    keras.Input((12, 12, 1)),
    layers.Conv2D(6, 5, padding="same", activation="tanh"),
    layers.AveragePooling2D(2),
    layers.Dropout(0.5),
    layers.Flatten(),
    layers.Dense(10, activation="softmax"),
])
two_branches = keras.Sequential([keras.Input((6, 6, 4)), layers.Lambda(lambda x: x)])
chain = layers.Dense(3)
any_size = 7

def residual_block(x, filters, stride=1):
    y = layers.Conv2D(filters, 3, strides=stride, padding="same", activation="relu")(x)
    y = layers.Conv2D(filters, 3, padding="same")(y)
    x = layers.Conv2D(filters, 1, strides=stride)(x)
    return layers.ReLU()(layers.add([y, x]))
"""


def test_a_submission_is_graded_through_the_runner():
    problem = describe_isolation().problem
    if problem:
        pytest.skip(f"this machine cannot isolate processes: {problem}")
    exercises = {exercise.id: exercise for exercise in ALL}
    cells = [SimpleNamespace(role="test", grade_id=name, cell_type="code") for name in exercises]
    sources = {name: f'check("{name}", {name})' for name in exercises}
    points = {name: exercise.points for name, exercise in exercises.items()}
    plan = Plan(cells, sources, points, exercises)
    assert all(isinstance(step, AnswerStep) for step in plan.steps)
    with RunnerPool(1) as pool:
        job = Job((CellStep("answers", SUBMISSION), *plan.steps))
        result = pool.submit("models", job).result(120)
    assert result.ended == "finished"
    verdicts = {name: one for name, (one,) in plan.verdicts(result, "ada", set()).items()}
    assert verdicts["small_cnn"].earned == CNN.points
    assert verdicts["two_branches"].needs_review
    assert "the layer Lambda" in verdicts["two_branches"].message
    assert "one layer (Dense)" in verdicts["chain"].message
    assert "got an int" in verdicts["any_size"].message
    assert verdicts["residual_block"].mistake == "projects"
