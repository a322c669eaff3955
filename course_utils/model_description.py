"""Describe a Keras model as plain data: classes of layers, their options, their connections.

Only attributes are read: nothing is trained, predicted or saved. Shapes and numbers of weights
are left out, since `course_utils.networks` computes them from the layers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.answer_types import Unsuitable
from course_utils.networks.layers import KERAS_NAMES, KINDS

if TYPE_CHECKING:
    import keras

Description = dict[str, Any]

_MERGES = ("Add", "Subtract", "Multiply", "Maximum", "Concatenate")
_ACTIVATIONS = ("relu", "tanh", "sigmoid", "softmax", "elu", "selu", "gelu", "silu", "softplus")
OWN = "your own"
_DEEPEST = 20


class NotATensor(TypeError):
    """A function that builds a part of a network returned something else."""


def describe_model(model: Any) -> Description:
    """Return the description of a Keras model, as `course_utils.networks.network` reads it.

    Models inside the model are entered, and each use of a layer is an entry. A layer that the
    course has no arithmetic for, a student's own class for example, is described by its name
    alone.

    Raises
    ------
    Unsuitable
        If it is no Keras model, or has no shapes yet.
    """
    return _read(model)[0]


def describe_trained_model(model: Any) -> Description:
    """Return the description of a Keras model and, as ``weights``, its arrays by layer number.

    Raises
    ------
    Unsuitable
        As of `describe_model`.
    """
    description, reader = _read(model)
    arrays = {
        str(number): [np.asarray(one.value, np.float32) for one in layer.weights]
        for number, layer in enumerate(reader.layers)
        if isinstance(layer, sys.modules["keras"].Layer)
    }
    return {**description, "weights": arrays}


def _read(model: Any) -> tuple[Description, _Reader]:
    from course_utils.arithmetic.graph import is_model, layer_calls

    keras = sys.modules.get("keras")
    if keras is None or not isinstance(model, keras.Model):
        raise Unsuitable(_not_a_model(model))
    if not model.built:
        raise Unsuitable(
            "The model has no shapes yet: begin it with Input((height, width, channels))."
        )
    reader = _Reader(layer_calls)
    inputs: list[int] = []
    outputs: list[int] = []
    family = "Sequential" if isinstance(model, keras.Sequential) else "Functional"
    if is_model(model):  # and not a subclass that computes in code of its own
        inputs, outputs = reader.read(model, [], bool(model.trainable), depth=0)
    description = {"family": family, "inputs": inputs, "outputs": outputs, "calls": reader.calls}
    return description, reader


def describe_block(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Description | None:
    """Call a function that builds a part of a network, and describe what it built.

    Parameters
    ----------
    function : callable
        From a tensor and numbers to a tensor, or from numbers to a model.
    args
        A first argument that is a shape (a tuple) reaches the function as a tensor of that
        shape.

    Returns
    -------
    dict
        As of `describe_model`; empty when the function returned neither tensor nor model.

    Raises
    ------
    NotATensor
        If it was given a tensor and returned a model.
    """
    import keras

    tensor = None
    if args and isinstance(args[0], tuple):
        tensor = keras.Input(args[0])
        args = (tensor, *args[1:])
    result = function(*args, **kwargs)
    if result is None:
        return None
    if tensor is not None and isinstance(result, keras.Model):
        raise NotATensor("a Model")
    if isinstance(result, keras.KerasTensor):
        result = keras.Model(tensor, result)
    try:
        return describe_model(result)
    except Unsuitable:
        return {}


class _Reader:
    """Walks through models and collects the calls of their layers."""

    def __init__(self, layer_calls: Callable[[Any], list[Any]]):
        self._layer_calls = layer_calls
        self._numbers: dict[int, int] = {}
        self.layers: list[Any] = []
        self.calls: list[Description] = []

    def read(
        self, model: keras.Model, given: list[int], trainable: bool, depth: int
    ) -> tuple[list[int], list[int]]:
        """Add the calls of `model`, called on the results `given`; return inputs and outputs."""
        from course_utils.arithmetic.graph import is_model, producer

        inputs = [producer(tensor) for tensor in model.inputs]
        results = dict(zip(map(id, inputs), given, strict=False))
        for call in self._layer_calls(model):
            if id(call) in results:
                continue
            parents = [results[id(parent)] for parent in call.parent_nodes]
            inner = call.operation
            if is_model(inner) and len(inner.outputs) == 1 and depth < _DEEPEST:
                _, (result,) = self.read(inner, parents, trainable, depth + 1)
                results[id(call)] = result
            else:
                results[id(call)] = len(self.calls)
                self.calls.append(self._entry(call, parents, trainable))
        outputs = [results[id(producer(tensor))] for tensor in model.outputs]
        return [results[id(call)] for call in inputs if id(call) in results], outputs

    def _entry(self, call: Any, parents: list[int], trainable: bool) -> Description:
        layer = call.operation
        name, options = _name_and_options(call)
        if id(layer) not in self._numbers:
            self._numbers[id(layer)] = len(self.layers)
            self.layers.append(layer)
        return {
            "class": name,
            "options": options,
            "parents": parents,
            "layer": self._numbers[id(layer)],
            "trainable": trainable and bool(getattr(layer, "trainable", True)),
        }


def _name_and_options(call: Any) -> tuple[str, Description]:
    from keras import layers

    layer = call.operation
    name = type(layer).__name__
    if type(layer) is layers.InputLayer:
        return name, {"shape": [None if n is None else int(n) for n in layer.batch_shape[1:]]}
    if not isinstance(layer, layers.Layer):
        return _function_as_layer(layer, len(call.parent_nodes))
    if type(layer) is not getattr(layers, name, None):
        return f"the class {name}, which is not one of Keras' layers", {}
    if name not in KINDS:
        return f"the layer {name}", {}
    if getattr(layer, "data_format", None) == "channels_first":
        return f"the layer {name} with channels first", {}
    options = {
        option: _plain(getattr(layer, KERAS_NAMES.get((name, option), option)))
        for option in KINDS[name].options
    }
    if options.get("activation") == OWN:
        return f"an activation function of your own in {name}", {}
    return name, options


def _function_as_layer(operation: Any, tensors: int) -> tuple[str, Description]:
    """Return the layer that does the same as a function of tensors, such as ``a + b``."""
    name = type(operation).__name__
    given = vars(operation)
    if type(operation).__module__.startswith("keras.src."):
        if name in _MERGES and tensors > 1:
            return name, {"axis": int(given["axis"])} if "axis" in given else {}
        if name == "ReLU":
            return name, {option: _plain(given[option]) for option in KINDS[name].options}
        if name.lower() in _ACTIVATIONS and given.get("axis", -1) == -1:
            return "Activation", {"activation": name.lower()}
    return f"the function {name}", {}


def _plain(value: Any) -> Any:
    """Return an option as a number, word or list; for a function its name."""
    if callable(value):
        module = getattr(value, "__module__", "") or ""
        name = getattr(value, "__name__", type(value).__name__)
        known = module.split(".")[0] in ("keras", "tensorflow")
        return name.lower() if known else OWN
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if isinstance(value, bool | int | float | str) else None


def _not_a_model(value: Any) -> str:
    keras = sys.modules.get("keras")
    name = type(value).__name__
    if isinstance(value, type):
        return f"Expected a Keras model, got the class {value.__name__}: call it."
    if keras and isinstance(value, keras.KerasTensor):
        return "That is the result of a layer. Make a model of it: Model(inputs, outputs)."
    if keras and isinstance(value, keras.Layer):
        return f"Expected a Keras model, got one layer ({name})."
    if isinstance(value, list | tuple):
        return "Expected a Keras model, got a list: give the layers to keras.Sequential."
    return f"Expected a Keras model, got {'an' if name[0] in 'aeiouAEIOU' else 'a'} {name}."
