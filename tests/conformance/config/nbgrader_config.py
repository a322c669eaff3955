"""What an instructor of a plain nbgrader course writes to grade with our plugins."""

from grader.configuration import use_plugins

c = get_config()  # noqa: F821 - given by traitlets
use_plugins(c)
c.Grader.cell_seconds = 10
