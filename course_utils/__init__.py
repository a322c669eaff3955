"""The small package every notebook imports.

``environment``   one line that sets up a notebook: seeds, figure style, versions
``checks``        the immediate check of an exercise, and predictions
``drills``        personal drills and endless practice with worked solutions
``arithmetic``    output shapes, parameters, multiply-accumulates, receptive fields
``conv_ops``      convolution and pooling in readable NumPy
``datasets``      real data when it is there, an embedded stand-in otherwise
``plots``         figures
``explore``       figures with sliders
``training``      short quiet training runs
``nas``           architecture search in miniature
``networks``      shapes, weights and wiring of whole models without TensorFlow

``answer_types``, ``answer_keys``, ``function_examples``, ``readings``, ``model_description``,
``model_checks`` and ``sealed`` serve the checks; ``answers/`` holds their sealed messages.
Importing the package does not import TensorFlow.
"""

from course_utils import environment
from course_utils.checks import check, compare, practice
from course_utils.drills.practice import drill, practice_drill

__all__ = ["check", "compare", "drill", "environment", "practice", "practice_drill"]
