"""nbgrader's configuration: the course's name; layout and plugins come from ``grader``."""

from pathlib import Path

from grader import configure

c = get_config()  # noqa: F821 - given by traitlets
c.CourseDirectory.course_id = "convnets"
configure(c, root=Path(__file__).parent)
