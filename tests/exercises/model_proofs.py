"""What must hold for every exercise about models: proved with the real Keras."""

from __future__ import annotations

from course_utils.checks import examine
from grader.exercises.models import Model, ModelExercise, on_paper
from grader.exercises.trained import TrainedModel


def prove_reference(exercise: ModelExercise) -> None:
    """The model that Keras builds earns everything, and has the weights we computed."""
    import keras

    model = exercise.build(keras)
    assert model.count_params() == exercise.network.params
    assert model.input_shape[1:] == exercise.network.input_shapes[0]
    assert model.output_shape[1:] == exercise.network.output_shapes[0]
    if isinstance(exercise, TrainedModel):
        assert 0 < exercise.grade(model).earned < exercise.points
        exercise.train(model)
    verdict = exercise.grade(model)
    assert (verdict.earned, verdict.status) == (exercise.points, "right")
    assert examine(exercise.id, model).message == "Right."


def prove_mistakes(exercise: ModelExercise) -> None:
    """Each mutant, built by Keras, earns less and draws exactly its hint, here and there."""
    import keras

    for mistake in exercise.mistakes:
        assert mistake.function, f"{mistake.label!r} needs a function that builds it"
        model = mistake.function(keras)
        assert model.count_params() == on_paper(mistake.function).params
        verdict = exercise.grade(model)
        assert verdict.earned < exercise.points or exercise.points == 0
        assert verdict.status in ("partly", "wrong")
        assert verdict.mistake == mistake.label
        assert verdict.message == f"Not yet. {mistake.hint}"
        assert examine(exercise.id, model).message == mistake.hint


def prove_hints_keep_the_answer(exercise: ModelExercise) -> None:
    """Where one model is right, no hint contains its number of weights."""
    if isinstance(exercise, Model):
        for mistake in exercise.mistakes:
            digits = mistake.hint.replace(",", "")
            assert str(exercise.network.params) not in digits
