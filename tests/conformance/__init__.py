"""nbgrader's own tests, run with our plugins in the place of nbgrader's grading steps.

``deviations``         the tests that cannot pass, each with its reason
``config``             the configuration that all of them get
``plugin``             what pytest loads beside nbgrader's tests
``test_nbgrader_suite``  runs them and compares
"""
