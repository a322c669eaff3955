"""Grading that is killed at random moments, and what the next plain ``nbgrader autograde`` makes.

``half_graded``  a class in the middle of its term: marked by hand, handed in again, not yet graded
``rows``         everything a gradebook holds, as rows that can be compared
``blows``        what is killed, and when
``cut``          strikes from inside nbgrader, between two statements to the database
"""
