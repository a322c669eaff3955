"""What instructors run: trusted exercises, isolated execution, plain nbgrader verbs.

``configuration``  ``configure(c)``: turns everything on from ``nbgrader_config.py``
``exercises``      exercises defined once: answers, typical mistakes, hidden probes
``release``        builds solutions, student notebooks and the student bundle
``intake``         reads and repairs whatever a student hands in
``checker``        runs plain nbgrader test cells away from student code
``runner``         untrusted zone: a warm zygote and one isolated child per submission
``plugins``        nbgrader preprocessors that connect the roles
``demo``           the sample class of ``make demo``
``report``         results of a class, and item analysis
``cli``            ``python -m grader <verb>``
"""

from grader.configuration import configure

__all__ = ["configure"]
