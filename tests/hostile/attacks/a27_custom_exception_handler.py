"""27. A custom exception handler and a display hook that say all is well."""

STOCK = "no effect"
SAFE = True
CODE = """\
import sys
shell = get_ipython()
shell.set_custom_exc((Exception,), lambda *a, **k: None)
sys.displayhook = lambda value: None
from IPython.display import clear_output
shell.events.register("post_run_cell", lambda *_: clear_output())
"""
