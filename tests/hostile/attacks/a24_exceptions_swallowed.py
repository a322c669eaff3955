"""24. The shell's `run_code` no longer tells of errors."""

STOCK = "full marks"
SAFE = True
CODE = """\
from IPython.core.interactiveshell import InteractiveShell
async def run_code(self, code_obj, result=None, *, async_=False):
    return False
InteractiveShell.run_code = run_code
"""
