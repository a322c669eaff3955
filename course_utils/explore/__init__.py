"""Figures with sliders, which are plain pictures wherever nobody can move a slider.

``widget``    a figure redrawn when a control moves: ``interactive_figure``
``steps``     a figure played step by step: ``step_through``
``controls``  what can be moved: ``slider``, ``choice``, ``switch``
``pictures``  figures as PNG pictures, shown and replaced in a notebook

The other modules hold the explorations of single topics, built on these.
"""

from course_utils.explore.controls import choice, slider, switch
from course_utils.explore.steps import step_through
from course_utils.explore.widget import interactive_figure

__all__ = ["choice", "interactive_figure", "slider", "step_through", "switch"]
