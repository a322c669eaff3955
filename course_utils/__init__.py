"""The small package every notebook imports.

``environment``   one line that sets up a notebook: seeds, figure style, versions
``checks``        the immediate check of an exercise, and predictions
``drills``        personal drills and endless practice with worked solutions
``arithmetic``    output shapes, parameters, multiply-accumulates, receptive fields
``conv_ops``      convolution and pooling in readable NumPy
``datasets``      real data when it is there, an embedded stand-in otherwise
``plots``         figures
``explore``       figures with sliders
``architectures`` networks the notebooks show, one module for each family
``networks``      shapes, weights and wiring of whole models without TensorFlow
``training``      short quiet training runs
``live_trainer``  a network that trains before your eyes, on what ``live_batches`` gives
``gradients``     how strongly the loss pulls at each layer of a model
``backprop``      forward and backward through a chain of layers in readable NumPy
``picture_transforms``  geometric transformations of one picture
``nas``           architecture search in miniature
``transfer_runs``  the comparison of notebook 12 with very few images

``answer_types``, ``answer_tables``, ``answer_keys``, ``function_examples``, ``example_files``,
``readings``, ``model_description``, ``model_checks``, ``table_checks``, ``time_limit``,
``unseen``, ``rebuilt_models`` and ``sealed`` serve the checks, ``augmenter_facts``,
``pointwise_layers`` and ``transfer_checks`` those of one notebook each; ``answers/`` holds the
sealed messages.
Importing the package does not import TensorFlow.
"""

from course_utils import environment
from course_utils.checks import check, compare, practice
from course_utils.drills.practice import drill, practice_drill

__all__ = ["check", "compare", "drill", "environment", "practice", "practice_drill"]
