"""A network as plain data: its shapes, weights and wiring, without TensorFlow.

``options``   reading the options of layers
``layers``    what each class of layers makes of shapes, and how many weights it has
``network``   from a description to a `Network`; refuses what no Keras model can be
``work``      how much computing it asks for
``wiring``    the same text for models that compute the same
``facts``     what can be said about a network, as texts that hints are found under

``course_utils.model_description`` makes the description of a Keras model.
"""
