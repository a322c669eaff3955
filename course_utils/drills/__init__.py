"""Drills: one exercise, endless variants, drawn from a student id or a seed.

``template``           what a drill is; drawing a variant
``arithmetic_drills``  parameters, output shapes, receptive fields
``cost_drills``        multiplications with and without a bottleneck
``data_drills``        bytes of a data set, batches of an epoch
``dense_drills``       dense blocks
``separable_drills``   depthwise separable convolutions
``stack_drills``       the parameters of a whole small network
``transfer_drills``    what trains when part of a base is frozen

>>> from course_utils.drills import draw
>>> variant = draw("drill_conv_params", "student-demo")
>>> variant.answer == draw("drill_conv_params", "student-demo").answer
True
"""

from course_utils.drills import (
    arithmetic_drills,
    cost_drills,
    data_drills,
    dense_drills,
    separable_drills,
    stack_drills,
    transfer_drills,
)
from course_utils.drills.template import DEMO_STUDENT_ID, Template, Variant, WrongFormula
from course_utils.drills.template import draw as _draw

TEMPLATES = {
    **arithmetic_drills.TEMPLATES,
    **cost_drills.TEMPLATES,
    **data_drills.TEMPLATES,
    **dense_drills.TEMPLATES,
    **separable_drills.TEMPLATES,
    **stack_drills.TEMPLATES,
    **transfer_drills.TEMPLATES,
}

__all__ = ["DEMO_STUDENT_ID", "Template", "Variant", "WrongFormula", "draw", "drill_ids"]


def draw(drill_id: str, student_id: str) -> Variant:
    """Return the variant of `drill_id` that belongs to `student_id`.

    Raises
    ------
    ValueError
        When there is no such drill.
    """
    if drill_id not in TEMPLATES:
        raise ValueError(f"There is no drill {drill_id!r}. Known: {', '.join(sorted(TEMPLATES))}.")
    return _draw(TEMPLATES[drill_id], drill_id, student_id)


def drill_ids() -> tuple[str, ...]:
    """Return the ids of all drills."""
    return tuple(TEMPLATES)
