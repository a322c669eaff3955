"""Runs on other machines, through Dask distributed: ``c.Grader.scheduler = "tcp://..."``.

``pool``    `ClusterPool`: the interface of `RunnerPool`, with runs sent to workers
``worker``  what each worker starts, and the one task it is given

Only bytes of inert values travel, in the form in which they leave a run; never pickled work of
students. ``docs/scale.md`` says how to start a cluster.
"""
