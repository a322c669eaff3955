"""What a layer makes of shapes and how many weights it has, by its Keras class name.

Shapes are without the batch axis; None is an open height or width. Every rule raises
ValueError where Keras would.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

from course_utils.arithmetic import (
    batchnorm_params,
    conv_output_length,
    conv_params,
    dense_params,
)
from course_utils.networks.options import REQUIRED, Options

Shape = tuple[int | None, ...]
Weights = tuple[int, int]
"""All weights, and those that training changes."""


def _no_weights(o: Options, shape: Shape) -> Weights:
    return 0, 0


class Kind(NamedTuple):
    """A class of layers; ``options`` are in the order of Keras' arguments, with its defaults."""

    options: Options
    shape: Callable[[Options, Any], Shape]
    weights: Callable[[Options, Shape], Weights] = _no_weights
    merges: bool = False
    """Takes a list of tensors; ``shape`` then gets a list of shapes."""
    commutes: bool = False


def _image(shape: Shape) -> tuple[int | None, int | None, int]:
    if len(shape) != 3 or shape[2] is None:
        raise ValueError(f"expected (height, width, channels), got {shape}")
    return shape


def _features(shape: Shape) -> int:
    if not shape or shape[-1] is None:
        raise ValueError(f"the last axis must be known, got {shape}")
    return shape[-1]


def _windows(o: Options, shape: Shape, size: str) -> Shape:
    """Return the shape after sliding windows; channels stay."""
    height, width, channels = _image(shape)
    dilation = o.get("dilation_rate", (1, 1))
    if max(o["strides"]) > 1 and max(dilation) > 1:
        raise ValueError("strides and dilation_rate cannot both be above 1")
    axes = zip((height, width), o[size], o["strides"], dilation, strict=True)
    rows, columns = (
        None if n is None else conv_output_length(n, kernel, stride, o["padding"], rate)
        for n, kernel, stride, rate in axes
    )
    return rows, columns, channels


def _conv(o: Options, shape: Shape) -> Shape:
    return (*_windows(o, shape, "kernel_size")[:2], o["filters"])


def _depthwise(o: Options, shape: Shape) -> Shape:
    rows, columns, channels = _windows(o, shape, "kernel_size")
    return rows, columns, channels * o["depth_multiplier"]


def _pool(o: Options, shape: Shape) -> Shape:
    return _windows(o, shape, "pool_size")


def _global_pool(o: Options, shape: Shape) -> Shape:
    channels = _image(shape)[2]
    return (1, 1, channels) if o["keepdims"] else (channels,)


def _dense(o: Options, shape: Shape) -> Shape:
    _features(shape)
    return (*shape[:-1], o["units"])


def _flatten(o: Options, shape: Shape) -> Shape:
    return (None if None in shape else math.prod(shape),)


def _reshape(o: Options, shape: Shape) -> Shape:
    target = o["target_shape"]
    known = math.prod(side for side in target if side != -1)
    if None in shape or target.count(-1) > 1 or not known:
        raise ValueError(f"cannot reshape {shape} to {target}")
    size = math.prod(shape)
    if size % known or (-1 not in target and size != known):
        raise ValueError(f"cannot reshape {shape} to {target}")
    return tuple(size // known if side == -1 else side for side in target)


def _same(o: Options, shape: Shape) -> Shape:
    return shape


def _resize(o: Options, shape: Shape) -> Shape:
    return o["height"], o["width"], _image(shape)[2]


def _upsample(o: Options, shape: Shape) -> Shape:
    *image, channels = _image(shape)
    sides = (None if n is None else n * by for n, by in zip(image, o["size"], strict=True))
    return (*sides, channels)


def _add_sides(shape: Shape, changes: tuple[tuple[int, ...], ...], sign: int) -> Shape:
    *image, channels = _image(shape)
    sides = [
        None if n is None else n + sign * sum(change)
        for n, change in zip(image, changes, strict=True)
    ]
    if any(side is not None and side < 1 for side in sides):
        raise ValueError(f"nothing is left of {shape}")
    return (*sides, channels)


def _pad(o: Options, shape: Shape) -> Shape:
    return _add_sides(shape, o["zeros"], 1)


def _crop(o: Options, shape: Shape) -> Shape:
    return _add_sides(shape, o["cropping"], -1)


def _merge(o: Options, shapes: list[Shape]) -> Shape:
    """Return the broadcast shape: as in Keras, an axis of length 1 fits any length."""
    if len({len(shape) for shape in shapes}) != 1:
        raise ValueError(f"shapes differ in their number of axes: {shapes}")
    return tuple(_common_side(set(sides), shapes) for sides in zip(*shapes, strict=True))


def _common_side(sides: set[int | None], shapes: list[Shape]) -> int | None:
    if len(sides - {1, None}) > 1:
        raise ValueError(f"shapes do not fit: {shapes}")
    if None in sides:
        return None
    return max(sides)


def _concatenate(o: Options, shapes: list[Shape]) -> Shape:
    axis = position(o["axis"], len(shapes[0]))
    rests = {(*shape[:axis], *shape[axis + 1 :]) for shape in shapes}
    if len({len(shape) for shape in shapes}) != 1 or len(rests) != 1:
        raise ValueError(f"shapes differ beside axis {o['axis']}: {shapes}")
    joined = [shape[axis] for shape in shapes]
    total = None if None in joined else sum(joined)
    return (*shapes[0][:axis], total, *shapes[0][axis + 1 :])


def position(axis: int, rank: int) -> int:
    """Return where Keras' `axis` (0 is the batch) is in a shape without the batch axis."""
    index = axis + rank if axis < 0 else axis - 1
    if not 0 <= index < rank:
        raise ValueError(f"there is no axis {axis}")
    return index


def _trained(weights: int) -> Weights:
    return weights, weights


def _conv_weights(o: Options, shape: Shape) -> Weights:
    channels = _image(shape)[2]
    return _trained(
        conv_params(o["kernel_size"], channels, o["filters"], o["use_bias"], o["groups"])
    )


def _depthwise_weights(o: Options, shape: Shape) -> Weights:
    maps = _image(shape)[2] * o["depth_multiplier"]
    return _trained(math.prod(o["kernel_size"]) * maps + (maps if o["use_bias"] else 0))


def _separable_weights(o: Options, shape: Shape) -> Weights:
    depthwise, _ = _depthwise_weights({**o, "use_bias": False}, shape)
    maps = _image(shape)[2] * o["depth_multiplier"]
    return _trained(depthwise + dense_params(maps, o["filters"], o["use_bias"]))


def _dense_weights(o: Options, shape: Shape) -> Weights:
    return _trained(dense_params(_features(shape), o["units"], o["use_bias"]))


def _norm_weights(o: Options, shape: Shape) -> Weights:
    if position(o["axis"], len(shape)) != len(shape) - 1:
        raise ValueError("batch normalisation must be along the channels")
    every, trained = batchnorm_params(_features(shape))
    left_out = _features(shape) * (2 - o["center"] - o["scale"])
    return every - left_out, trained - left_out


_NEURONS = {"activation": None, "use_bias": True}
_WINDOW = {"kernel_size": REQUIRED, "strides": (1, 1), "padding": "valid"}
_POOL = Kind({"pool_size": (2, 2), "strides": None, "padding": "valid"}, _pool)
_GLOBAL = Kind({"keepdims": False}, _global_pool)
_MERGE = Kind({}, _merge, merges=True, commutes=True)
_DROP = Kind({"rate": REQUIRED}, _same)

# Their strengths are a matter of taste, and not compared.
AUGMENTERS = (
    "AugMix AutoContrast RandAugment RandomBrightness "
    "RandomColorDegeneration RandomColorJitter RandomContrast RandomElasticTransform "
    "RandomErasing RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective "
    "RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear "
    "RandomTranslation RandomZoom Solarization"
).split()

KINDS: dict[str, Kind] = {
    "Conv2D": Kind(
        {"filters": REQUIRED, **_WINDOW, "dilation_rate": (1, 1), "groups": 1, **_NEURONS},
        _conv,
        _conv_weights,
    ),
    "DepthwiseConv2D": Kind(
        {**_WINDOW, "depth_multiplier": 1, "dilation_rate": (1, 1), **_NEURONS},
        _depthwise,
        _depthwise_weights,
    ),
    "SeparableConv2D": Kind(
        {
            "filters": REQUIRED,
            **_WINDOW,
            "dilation_rate": (1, 1),
            "depth_multiplier": 1,
            **_NEURONS,
        },
        _conv,
        _separable_weights,
    ),
    "Dense": Kind({"units": REQUIRED, **_NEURONS}, _dense, _dense_weights),
    "BatchNormalization": Kind({"axis": -1, "center": True, "scale": True}, _same, _norm_weights),
    "MaxPooling2D": _POOL,
    "AveragePooling2D": _POOL._replace(options={**_POOL.options, "pool_size": REQUIRED}),
    "GlobalMaxPooling2D": _GLOBAL,
    "GlobalAveragePooling2D": _GLOBAL,
    "Flatten": Kind({}, _flatten),
    "Reshape": Kind({"target_shape": REQUIRED}, _reshape),
    "Dropout": _DROP,
    "SpatialDropout2D": _DROP,
    "GaussianNoise": Kind({"stddev": REQUIRED}, _same),
    "Activation": Kind({"activation": REQUIRED}, _same),
    "ReLU": Kind({"max_value": None, "negative_slope": 0.0, "threshold": 0.0}, _same),
    "LeakyReLU": Kind({"negative_slope": 0.3}, _same),
    "Softmax": Kind({"axis": -1}, _same),
    "Add": _MERGE,
    "Multiply": _MERGE,
    "Average": _MERGE,
    "Maximum": _MERGE,
    "Subtract": Kind({}, _merge, merges=True),
    "Concatenate": Kind({"axis": -1}, _concatenate, merges=True),
    "ZeroPadding2D": Kind({"zeros": (1, 1)}, _pad),
    "Cropping2D": Kind({"cropping": ((0, 0), (0, 0))}, _crop),
    "UpSampling2D": Kind({"size": (2, 2)}, _upsample),
    "Resizing": Kind({"height": REQUIRED, "width": REQUIRED}, _resize),
    "Rescaling": Kind({"factor": REQUIRED, "offset": 0.0}, _same),
    "CenterCrop": Kind({"height": REQUIRED, "width": REQUIRED}, _resize),
    "RandomCrop": Kind({"height": REQUIRED, "width": REQUIRED}, _resize),
    "RandomFlip": Kind({"mode": "horizontal_and_vertical"}, _same),
    **{name: Kind({}, _same) for name in AUGMENTERS},
}

KERAS_NAMES = {
    ("ZeroPadding2D", "zeros"): "padding",
    ("Rescaling", "factor"): "scale",
}
"""Options whose name here is not Keras', because Keras uses that for two different things."""
