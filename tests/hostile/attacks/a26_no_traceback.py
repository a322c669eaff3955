"""26. `showtraceback` shows nothing."""

STOCK = "no effect"
SAFE = True
CODE = """\
get_ipython().showtraceback = lambda *a, **k: None
type(get_ipython()).showtraceback = lambda *a, **k: None
"""
