"""16. A hundred thousand brackets: a parser that recurses dies."""

STOCK = "the student fails"
SAFE = True


def write(notebook):
    return b'{"cells": ' + b"[" * 100_000
