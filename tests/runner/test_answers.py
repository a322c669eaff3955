"""Values and calls of student code, as the grader receives them."""

from __future__ import annotations

import numpy as np
import pytest

from grader.runner import AnswerStep, Call, Limits, ServeStep


def answer(run, source, name="x", calls=(), **limits):
    return run(source, AnswerStep("a", name, calls), **limits).answers["a"]


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        -(10**40),
        0.1,
        float("inf"),
        2 - 3j,
        "text, with [brackets] and é 😀",
        b"\x00\xff",
        [1, [2.5, ["three"]]],
        (1, (2, 3), []),
        {"loss": [0.5, 0.25], "": None},
        {1, 2, "three", (4, 5)},
    ],
)
def test_plain_values_arrive_exactly(run, value):
    got = answer(run, f"inf = float('inf')\nx = {value!r}")
    assert got.kind == "value"
    assert got.value == value
    assert type(got.value) is type(value)


def test_nan_and_negative_zero_arrive(run):
    values = answer(run, "x = [float('nan'), -0.0]").value
    assert np.isnan(values[0])
    assert np.signbit(values[1])


@pytest.mark.parametrize("dtype", ["bool", "i1", "<i8", ">u2", "f2", "<f4", ">f8", "c8", "c16"])
def test_arrays_arrive_exactly(run, dtype):
    got = answer(
        run, f"import numpy as np\nx = np.arange(24).reshape(2, 3, 4)[:, ::2].astype('{dtype}')"
    )
    expected = np.arange(24).reshape(2, 3, 4)[:, ::2].astype(dtype)
    np.testing.assert_array_equal(got.value, expected)
    assert type(got.value) is np.ndarray
    assert got.value.dtype == np.dtype(dtype).newbyteorder("<")
    assert got.value.flags.c_contiguous


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,) * 10])
def test_shapes_arrive_exactly(run, shape):
    got = answer(run, f"import numpy as np\nx = np.ones({shape})")
    assert got.value.shape == shape


def test_numpy_scalars_keep_their_type(run):
    source = "import numpy as np\nx = [np.float32(0.1), np.int64(-3), np.bool_(True)]"
    values = answer(run, source).value
    assert [type(value) for value in values] == [np.float32, np.int64, np.bool_]
    assert values == [np.float32(0.1), -3, True]


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("y = 1", "absent"),
        ("x = ...", "unanswered"),
        ("x = (n for n in [1])", "unencodable"),
        ("x = object()", "unencodable"),
        ("x = {1: 2}", "unencodable"),
        ("import numpy as np; x = np.array([object()])", "unencodable"),
        ("import numpy as np; x = np.zeros(3, dtype=[('a', 'i4')])", "unencodable"),
        ("x = list(range(200_000))", "unencodable"),
        ("x = []\nx.append(x)", "unencodable"),
        ("x = 1\nfor _ in range(50): x = [x]", "unencodable"),
        ("x = 10 ** 5000", "unencodable"),
        ("x = 'x' * 10_000_000", "unencodable"),
        ("import numpy as np; x = np.zeros(10_000_000)", "unencodable"),
        ("x = int", "callable"),
        ("x = lambda: 1", "callable"),
        ("class C:\n    def __call__(self): return 1\nx = C()", "callable"),
    ],
)
def test_everything_else_is_named_and_stays(run, source, kind):
    result = run(source, AnswerStep("a", "x"), "'next'", answer_bytes=1_000_000)
    assert result.answers["a"].kind == kind
    assert result.answers["a"].value is None
    assert result.ended == "finished"
    assert result.cells["2"].status == "ok"


def test_the_type_of_a_value_that_stays_is_told(run):
    got = answer(run, "class Mystery: pass\nx = [1, Mystery()]")
    assert got.type_name == "__main__.Mystery"


@pytest.mark.parametrize(
    ("base", "text", "plain"),
    [("int", "41", 41), ("float", "1.5", 1.5), ("str", "'a'", "a"), ("list", "[1]", [1])],
)
def test_subclasses_that_lie_become_plain_values(run, base, text, plain):
    source = f"""
class Liar({base}):
    def __eq__(self, other): return True
    def __hash__(self): return 0
    def __int__(self): return 42
    def __index__(self): return 42
    def __float__(self): return 42.0
    def __str__(self): return "42"
    def __iter__(self): return iter([42])
    def __len__(self): return 1
    def __getitem__(self, key): return 42
    def __reduce__(self): return (print, ("code",))
x = Liar({text})
"""
    value = answer(run, source).value
    assert type(value) is type(plain)
    assert value == plain


def test_an_object_equal_to_everything_is_not_a_value(run):
    assert answer(run, "from unittest import mock; x = mock.ANY").kind == "unencodable"
    assert answer(run, "from unittest import mock; x = mock.MagicMock()").kind == "callable"
    source = "class Any:\n    def __eq__(self, other): return True\nx = Any()"
    assert answer(run, source).kind == "unencodable"


def test_reading_a_value_cannot_hang_the_grader(run):
    source = """
import numpy as np
class Slow(np.ndarray):
    @property
    def dtype(self):
        while True: pass
    @property
    def nbytes(self):
        while True: pass
x = np.zeros(3).view(Slow)
"""
    assert answer(run, source, call_seconds=0.5).kind in ("timeout", "value")


def test_calls_give_one_result_each(run):
    source = """
def area(width, height=1, *, scale=1):
    if width < 0: raise BadWidth(f"no width {width}")
    return width * height * scale
class BadWidth(ValueError): pass
"""
    calls = (Call((2,)), Call((2, 3), {"scale": 10}), Call((-1,)), Call(()), Call((0.5,)))
    got = answer(run, source, "area", calls)
    assert got.kind == "callable"
    assert [result.kind for result in got.results] == ["value", "value", "error", "error", "value"]
    assert [result.value for result in got.results] == [2, 60, None, None, 0.5]
    bad = got.results[2]
    assert (bad.error_name, bad.message) == ("BadWidth", "no width -1")
    assert bad.error_bases == ("ValueError", "Exception", "BaseException")
    assert got.results[3].error_name == "TypeError"


def test_stubs_are_recognised(run):
    source = """
def stub(): raise NotImplementedError("exercise 3")
def dots(): return ...
def silent(): pass
"""
    steps = [AnswerStep(name, name, (Call(),)) for name in ("stub", "dots", "silent")]
    answers = run(source, *steps).answers
    assert answers["stub"].results[0].not_implemented
    assert answers["dots"].results[0].kind == "unanswered"
    assert answers["silent"].results[0].kind == "value"
    assert answers["silent"].results[0].value is None


def test_an_endless_call_times_out_and_the_run_goes_on(run):
    source = """
def endless():
    while True:
        try:
            while True: pass
        except BaseException: pass
def fine(): return 1
"""
    result = run(
        source,
        AnswerStep("endless", "endless", (Call(),)),
        AnswerStep("fine", "fine", (Call(),)),
        "'next'",
        call_seconds=0.3,
    )
    assert result.answers["endless"].results[0].kind == "timeout"
    assert result.answers["fine"].results[0].value == 1
    assert result.cells["3"].status == "ok"


def test_swallowing_the_interruption_earns_no_value(run):
    source = """
def late():
    try:
        while True: pass
    except BaseException: return 1
"""
    (result,) = answer(run, source, "late", (Call(),), call_seconds=0.3).results
    assert result.kind == "timeout"


def test_changing_an_argument_does_not_reach_the_next_call(run):
    source = "def f(values):\n    values.append(1)\n    values[0][:] = 9\n    return len(values)"
    argument = [np.zeros(3)]
    got = answer(run, source, "f", (Call((argument,)), Call((argument,))))
    assert [result.value for result in got.results] == [2, 2]
    assert len(argument) == 1
    assert not argument[0].any()


def test_arguments_can_be_arrays_and_results_too(run):
    source = "def f(image, *, k):\n    return image[::k, ::k].mean(axis=0)"
    image = np.random.default_rng(0).random((8, 8)).astype("float32")
    (result,) = answer(run, source, "f", (Call((image,), {"k": 2}),)).results
    np.testing.assert_array_equal(result.value, image[::2, ::2].mean(axis=0))


def test_a_function_that_ends_the_process_keeps_earlier_results(run):
    source = "import os\ndef f(n):\n    if n == 2: os._exit(0)\n    return n"
    result = run(
        "x = 5",
        AnswerStep("x", "x"),
        source,
        AnswerStep("f", "f", tuple(Call((n,)) for n in range(4))),
        "1",
    )
    assert result.ended == "exited"
    assert result.answers["x"].value == 5
    kinds = [call.kind for call in result.answers["f"].results]
    assert kinds == ["value", "value", "not_reached", "not_reached"]
    assert result.cells["4"].status == "not_reached"


def test_calls_that_come_later_are_not_in_the_students_memory(run):
    source = """
import gc
def f(word):
    def held(backwards):
        objects = [o for o in gc.get_objects() if type(o) in (tuple, list, dict)]
        return any(backwards[::-1] in str(o) for o in objects)
    return held("won-eborp"), held("retal-eborp")
"""
    got = answer(run, source, "f", (Call(("probe-now",)), Call(("probe-later",))))
    assert got.results[0].value == (True, False)


def test_an_examiner_reads_and_calls_while_the_run_waits(run):
    seen = {}

    def examiner(step, remote):
        seen["step"] = step
        seen["x"] = remote.value("x")
        seen["calls"] = [remote.call("add", (n,), {"to": 10}) for n in range(3)]
        seen["after"] = remote.value("total")
        seen["missing"] = remote.value("missing")
        with pytest.raises(ValueError, match="does not list"):
            remote.value("secret")

    source = """
x = [1, 2]
total = 0
def add(n, to):
    global total
    total += 1
    return n + to
"""
    names = ("x", "add", "total", "missing")
    result = run(source, ServeStep("serve", names), "total", examiner=examiner)
    assert result.ended == "finished"
    assert seen["step"] == "serve"
    assert seen["x"].value == [1, 2]
    assert [call.value for call in seen["calls"]] == [10, 11, 12]
    assert seen["after"].value == 3
    assert seen["missing"].kind == "absent"
    assert result.cells["2"].outputs[0]["data"]["text/plain"] == "3"


def test_without_an_examiner_the_step_is_skipped(run):
    assert run("x = 1", ServeStep("serve", ("x",)), "x").ended == "finished"


def test_an_examiner_meets_a_run_that_ends(run):
    kinds = []

    def examiner(step, remote):
        kinds.append(remote.call("die").kind)
        kinds.append(remote.value("die").kind)

    source = "import os\ndef die(): os._exit(4)"
    result = run(source, ServeStep("serve", ("die",)), "1", examiner=examiner)
    assert kinds == ["not_reached", "not_reached"]
    assert (result.ended, result.detail) == (
        "exited",
        "its code ended the process with exit code 4",
    )
    assert result.cells["2"].status == "not_reached"


def test_a_mistake_of_the_examiner_is_the_examiners(run, pool):
    def examiner(step, remote):
        raise LookupError("a bug in the test cell")

    with pytest.raises(LookupError, match="a bug"):
        run("x = 1", ServeStep("serve", ("x",)), examiner=examiner)
    assert run("1").ended == "finished"


def test_two_runs_give_the_same_answers(run):
    source = "import numpy as np, random\nx = [np.random.rand(3), random.random(), str({'a', 'b'})]"
    first, second = answer(run, source), answer(run, source)
    np.testing.assert_array_equal(first.value[0], second.value[0])
    assert first.value[1:] == second.value[1:]


def test_answers_share_one_budget(run):
    names = "abcdefgh"
    source = "import numpy as np\n" + "\n".join(f"{name} = np.zeros(50_000)" for name in names)
    result = run(source, *(AnswerStep(name, name) for name in names), answer_bytes=2_000_000)
    kinds = [result.answers[name].kind for name in names]
    assert kinds == ["value"] * 4 + ["unencodable"] * 4
    assert result.ended == "finished"


def test_limits_are_plain_numbers_with_defaults():
    assert Limits().wall_seconds == 300
    assert Limits(cell_seconds=1).cell_seconds == 1
