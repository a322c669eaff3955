"""formgrader's autograde button, graded in a process of its own.

nbgrader grades inside the Jupyter server's only thread, which stands still for everybody until the
student's notebook has run. Here the button hands the work to a process that stays warm for the
next click, and the server goes on answering. ``configure`` and ``use_plugins`` turn it on: the
server reads ``nbgrader_config.py`` when it loads formgrader.

``button``  what the server does with a click
``worker``  what the grading process does with it
"""
