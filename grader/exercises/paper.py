"""Keras on paper: the same names, and a model that is only shapes, weights and connections.

A definition builds its model with whatever it is given: ``keras`` here, for the grader's own
arithmetic without TensorFlow, or the real ``keras`` in the tests, which must agree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

from course_utils.networks.layers import AUGMENTERS, KINDS, Shape
from course_utils.networks.network import INPUT, shape_and_weights
from course_utils.networks.options import Options, read_options

# They change neither shapes, numbers of weights nor what is asked for.
_IGNORED = ("name", "seed", "momentum", "epsilon", "interpolation")


class Tensor:
    """The result of a layer; ``shape`` has the batch axis, as in Keras."""

    def __init__(self, layer: Layer, parents: list[Tensor], shape: Shape):
        self.layer, self.parents = layer, parents
        self.shape = (None, *shape)


class Layer:
    """A layer; see ``course_utils.networks.layers`` for what is known of its class."""

    def __init__(self, name: str, options: Options, trainable: bool = True):
        self.name, self.options, self.trainable = name, options, trainable
        self.weights: tuple[int, int] | None = None

    def __call__(self, given: Tensor | list[Tensor]) -> Tensor:
        """Return the result of this layer.

        Raises
        ------
        ValueError
            Where Keras would refuse the shapes, also since the first call fixed the weights.
        """
        parents = [given] if isinstance(given, Tensor) else list(given)
        shapes = [tensor.shape[1:] for tensor in parents]
        shape, weights = shape_and_weights(self.name, self.options, shapes)
        if self.weights not in (None, weights):
            raise ValueError(f"the weights of {self.name} are for another shape")
        self.weights = weights
        return Tensor(self, parents, shape)


class Model:
    """A model from `inputs` to `outputs`, tensors or lists of tensors."""

    family = "Functional"

    def __init__(self, inputs: Tensor | list[Tensor], outputs: Tensor | list[Tensor]):
        self.inputs = [inputs] if isinstance(inputs, Tensor) else list(inputs)
        self.outputs = [outputs] if isinstance(outputs, Tensor) else list(outputs)

    @property
    def description(self) -> dict[str, Any]:
        """What ``course_utils.model_description`` says about the model that Keras builds."""
        places: dict[Tensor, int] = {}
        numbers: dict[Layer, int] = {}
        calls: list[dict[str, Any]] = []
        stack = [(tensor, False) for tensor in reversed([*self.inputs, *self.outputs])]
        while stack:
            tensor, parents_done = stack.pop()
            if tensor in places:
                continue
            if not parents_done:
                stack.append((tensor, True))
                stack.extend((parent, False) for parent in reversed(tensor.parents))
                continue
            places[tensor] = len(calls)
            layer = tensor.layer
            calls.append(
                {
                    "class": layer.name,
                    "options": layer.options,
                    "parents": [places[parent] for parent in tensor.parents],
                    "layer": numbers.setdefault(layer, len(numbers)),
                    "trainable": layer.trainable,
                }
            )
        return {
            "family": self.family,
            "inputs": [places[tensor] for tensor in self.inputs],
            "outputs": [places[tensor] for tensor in self.outputs],
            "calls": calls,
        }


class Sequential(Model):
    """A chain of layers that begins with an ``Input``."""

    family = "Sequential"

    def __init__(self, layers: Iterable[Tensor | Layer]):
        first, *rest = layers
        last = first
        for layer in rest:
            last = layer(last)
        super().__init__(first, last)


class _Layers:
    """Stands for ``keras.layers``."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name in ("add", "multiply", "average", "maximum", "subtract", "concatenate"):
            return lambda tensors, **options: _make(name.capitalize(), (), options)(tensors)
        if name not in KINDS:
            raise AttributeError(
                f"no layer {name} on paper: add its arithmetic to course_utils.networks.layers"
            )
        return lambda *args, **options: _make(name, args, options)


def _make(name: str, args: tuple[Any, ...], given: Options) -> Layer:
    known = KINDS[name].options
    trainable = given.pop("trainable", True)
    named = {
        option: value
        for option, value in given.items()
        if option in known or not (option in _IGNORED or option.endswith("_initializer"))
    }
    if name in AUGMENTERS:
        args, named = (), {}  # how strong it is does not matter for shapes
    if len(args) > len(known):
        raise TypeError(f"{name} takes {len(known)} values at most: {', '.join(known)}")
    options = {**dict(zip(known, args, strict=False)), **named}
    return Layer(name, read_options(known, options), trainable)


def _input(shape: tuple[int | None, ...]) -> Tensor:
    return Tensor(Layer(INPUT, {"shape": tuple(shape)}), [], tuple(shape))


_layers = _Layers()
keras = SimpleNamespace(
    Input=_input,
    Model=Model,
    Sequential=Sequential,
    layers=_layers,
    models=SimpleNamespace(Model=Model, Sequential=Sequential),
)


def describe_block(function: Callable[..., Any], *args: Any, **kwargs: Any) -> dict[str, Any]:
    """Return what ``course_utils.model_description.describe_block`` says, without Keras.

    `function` is written as ``function(keras, ...)``.
    """
    tensor = None
    if args and isinstance(args[0], tuple):
        tensor = _input(args[0])
        args = (tensor, *args[1:])
    result = function(keras, *args, **kwargs)
    return (Model(tensor, result) if isinstance(result, Tensor) else result).description
