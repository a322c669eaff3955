"""Grading on a Dask cluster, made of real processes on this machine.

``local_cluster``  a scheduler and workers, which can be killed
``test_cluster``   the same gradebook as without; lost workers, missing schedulers
"""
