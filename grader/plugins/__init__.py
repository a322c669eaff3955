"""nbgrader plugins: where the four roles meet nbgrader's own steps.

``exporter``   loads a submission: intake, repair, isolated run
``preflight``  clear errors before a run starts
``session``    the submissions of one run; looks ahead and keeps every core busy
``graded``     what is known of one notebook when it is graded
``known_work``  judges, in another process, work whose answers are kept
``stored_runs``  what runs gave, kept on disk: equal work runs once
``pools``      the warm pool: this machine's cores, or a cluster's
``clean_room``  predictions of trained models, where no student's code runs
``handed_in``  what lies beside a notebook: links, pipes, broken timestamps
``progress``   how far a run is
``skeletons``  what was released, from the release folder and the gradebook
``plan``       from a rebuilt notebook to the runner's steps, and from answers to verdicts
``notebooks``  builds the autograded notebook
``messages``   the trusted words in it
``recorder``   preprocessor: the only writer of grades
``feedback``   preprocessor: what a student may see
``grades_csv``  export: a table without formulas
``settings``   ``c.Grader``: isolation and limits
"""
