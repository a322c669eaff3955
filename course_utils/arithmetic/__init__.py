"""The arithmetic of convolutional networks: exact integers, from formulas or from a Keras model.

``shapes``        output shapes, padding, receptive fields, dense blocks
``counting``      parameters, multiply-accumulates, bytes, batches per epoch
``explanations``  the same formulas as worked text, for "show me the solution"
``models``        parameters, multiply-accumulates and depth read from a Keras model
``fields``        the receptive field of a Keras model, by formula and by gradients
``tables``        the layer table: HTML in a notebook, text elsewhere
``graph``         the calls of layers a Keras model consists of
``arguments``     reading whole numbers and pairs

The formulas are re-exported here and never import TensorFlow. What needs a Keras model is
imported from its own module: ``from course_utils.arithmetic.models import count_macs``.
"""

from course_utils.arithmetic.counting import (
    batchnorm_params,
    conv_macs,
    conv_params,
    dataset_bytes,
    dense_params,
    separable_params,
    steps_per_epoch,
)
from course_utils.arithmetic.explanations import (
    explain_conv_output,
    explain_conv_params,
    explain_receptive_field,
)
from course_utils.arithmetic.shapes import (
    connection_count,
    conv_output_length,
    conv_output_shape,
    dense_block_channels,
    pool_output_shape,
    receptive_field,
    receptive_field_trace,
    same_padding,
)

__all__ = [
    "batchnorm_params",
    "connection_count",
    "conv_macs",
    "conv_output_length",
    "conv_output_shape",
    "conv_params",
    "dataset_bytes",
    "dense_block_channels",
    "dense_params",
    "explain_conv_output",
    "explain_conv_params",
    "explain_receptive_field",
    "pool_output_shape",
    "receptive_field",
    "receptive_field_trace",
    "same_padding",
    "separable_params",
    "steps_per_epoch",
]
