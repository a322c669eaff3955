"""43. A Keras model with a Lambda layer as the answer."""

STOCK = "loaded where tests load it"
SAFE = False
CODE = """\
import keras
import os
def code(t):
    os.system("touch /tmp/owned")
    return t
primes = keras.Sequential([keras.Input((2,)), keras.layers.Lambda(code)])
def double(x):
    return primes
"""
