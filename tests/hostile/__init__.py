"""The attack list: 78 ways to cheat, stop or lose a grade, and what becomes of them.

``attacks``       one file for each; what is submitted, what an honest marker would give
``course``        the plain nbgrader course that is attacked
``test_attacks``  all of them in one class with honest students
"""
