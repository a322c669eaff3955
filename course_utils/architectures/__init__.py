"""Networks that the notebooks show, one module for each family.

Import a builder from its module, ``from course_utils.architectures.depth import digit_depth_net``:
nothing is re-exported, so a notebook depends on the family it shows and on no other.
Builders return new Keras models with random weights. Importing the package does not import
TensorFlow.
"""
