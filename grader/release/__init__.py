"""The build: text source -> executed solution notebook -> student notebook -> student bundle.

``sources``    reads ``solutions/<assignment>/<assignment>.py`` and completes it
``front``      the badges and the setup cell that every notebook starts with
``execution``  runs a solution notebook and keeps clean outputs
``clearing``   nbgrader preprocessors that make the student version
``readme``     the README's table of notebooks
``build``      does it all, or tells what is out of date
``bundle``     a folder and zip holding only what students may see
"""
