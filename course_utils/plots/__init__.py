"""Figures. Every function returns a matplotlib ``Figure``; none needs a screen.

``grids``      small arrays as grids of numbers, with windows marked
``images``     pictures, and a window on a picture
``responses``  what a filter answers to a picture; a layer's filters and feature maps
``fields``     receptive fields
``training``   training curves
``confusion``  the confusion matrix
``gradients``  gradients layer by layer
``live_training``  the panel of a network in training
``applications``  pretrained networks: accuracy over parameters
``diagrams``   a model as boxes; ``levels`` finds their places
``style``      colours that colour-blind readers can tell apart, sizes, the course's look
``placing``    axes at exact places

A notebook shows the figure that is the value of a cell's last line. To show several in one
cell, use ``display(figure)``. Importing the package does not import TensorFlow.
"""

from course_utils.plots.diagrams import plot_model_diagram
from course_utils.plots.fields import plot_receptive_field
from course_utils.plots.grids import Window, number_grid, plot_number_grids
from course_utils.plots.images import plot_images, plot_window
from course_utils.plots.responses import plot_feature_maps, plot_filters, plot_response
from course_utils.plots.style import new_figure
from course_utils.plots.training import plot_training_curves

__all__ = [
    "Window",
    "new_figure",
    "number_grid",
    "plot_feature_maps",
    "plot_filters",
    "plot_images",
    "plot_model_diagram",
    "plot_number_grids",
    "plot_receptive_field",
    "plot_response",
    "plot_training_curves",
    "plot_window",
]
