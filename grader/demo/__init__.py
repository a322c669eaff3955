"""``make demo``: a sample class, graded by plain nbgrader.

``saved``      how applications save (and damage) a notebook: Colab, VS Code, copy and paste
``answers``    fill a released notebook with answers
``classroom``  the sample students, what each did, and the points an honest marker gives
``simulated``  a made-up class of any size, from a seed
``course``     sets the sample course up in a folder of its own
``tables``     the gradebook, what was repaired, why points were lost
``run``        does it all
"""
