"""Build a model again from its description and its weights, and let it predict.

What a student's process says about a model is plain data. Built from that, in a process in which
no code of the student ever ran, the model can only do what its layers do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.answer_types import Unsuitable
from course_utils.networks.layers import AUGMENTERS, KERAS_NAMES, KINDS
from course_utils.networks.network import INPUT, LayerCall, Network, read_network
from course_utils.networks.work import multiply_adds

if TYPE_CHECKING:
    import keras

MOST_WEIGHTS = 5_000_000
MOST_MULTIPLY_ADDS = 10**8
# Outside of training they give back what they get.
_PASS_ON = frozenset({*AUGMENTERS, "RandomFlip", "Dropout", "SpatialDropout2D", "GaussianNoise"})


def require_affordable(network: Network) -> None:
    """Check that the network may be built, and asked about some hundred examples.

    Raises
    ------
    Unsuitable
        If it has too many weights, or needs too much computing for one example.
    """
    if network.params > MOST_WEIGHTS:
        raise Unsuitable(f"The model has more than {MOST_WEIGHTS:,} weights: make it smaller.")
    try:
        work = multiply_adds(network)
    except ValueError:
        raise Unsuitable("The model's input must have a fixed height and width.") from None
    if work > MOST_MULTIPLY_ADDS:
        raise Unsuitable(
            f"The model needs more than {MOST_MULTIPLY_ADDS:,} multiplications for one example: "
            "make it smaller."
        )


def rebuild(description: dict[str, Any]) -> keras.Model:
    """Return a new Keras model with the layers, connections and weights of a description.

    Parameters
    ----------
    description : dict
        As of ``model_description.describe_trained_model``.

    Raises
    ------
    Unsuitable
        If it is over the budget, or the weights do not belong to the layers.
    Ungradable
        If it has layers that the course does not know.
    """
    import keras

    network = read_network(description)
    require_affordable(network)
    made: dict[int, keras.Layer] = {}
    results: list[Any] = []
    for call in network.calls:
        if call.name == INPUT:
            results.append(keras.Input(call.shape))
            continue
        given = [results[parent] for parent in call.parents]
        if call.layer not in made:
            made[call.layer] = _layer(keras, call)
        results.append(made[call.layer](given if KINDS[call.name].merges else given[0]))
    if len(network.inputs) != 1 or len(network.outputs) != 1:
        raise Unsuitable("The model must have one input and one output.")
    model = keras.Model(results[network.inputs[0]], results[network.outputs[0]])
    weights = description.get("weights")
    if type(weights) is not dict:
        raise Unsuitable("The model came without its weights.")
    for number, layer in made.items():
        _set_weights(layer, weights.get(str(number), []))
    return model


def predict(description: dict[str, Any], examples: np.ndarray) -> np.ndarray:
    """Return what the described model says about `examples`; see `rebuild`."""
    return predictions(rebuild(description), examples)


def predictions(model: keras.Model, examples: np.ndarray) -> np.ndarray:
    """Return what a Keras model says about `examples`, outside of training."""
    batches = [examples[start : start + 100] for start in range(0, len(examples), 100)]
    return np.concatenate([np.asarray(model(batch, training=False)) for batch in batches])


def _layer(keras: Any, call: LayerCall) -> keras.Layer:
    if call.name in _PASS_ON:
        return keras.layers.Identity()
    options = {
        KERAS_NAMES.get((call.name, option), option): value
        for option, value in call.options.items()
    }
    return getattr(keras.layers, call.name)(**options)


def _set_weights(layer: keras.Layer, weights: Any) -> None:
    own = layer.weights
    arrays = list(weights) if type(weights) in (list, tuple) else []
    fit = len(arrays) == len(own) and all(
        isinstance(array, np.ndarray) and array.dtype.kind == "f" and array.shape == one.shape
        for array, one in zip(arrays, own, strict=True)
    )
    if not fit:
        raise Unsuitable("The weights of the model do not belong to its layers.")
    layer.set_weights(arrays)
