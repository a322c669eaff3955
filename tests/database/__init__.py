"""Grading with another database than SQLite.

``server``           a PostgreSQL server of the tests' own
``test_postgresql``  a class graded into it, also by two graders at once
"""
