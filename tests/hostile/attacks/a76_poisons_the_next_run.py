"""76. Whatever a run can reach of the process that all runs come from is changed."""

STOCK = "each run has its own kernel"
SAFE = True
CODE = """\
import builtins, numpy, sys
builtins.len = lambda x: 6
numpy.array_equal = lambda *a: True
for module in list(sys.modules.values()):
    try:
        module.poisoned = True
    except Exception:
        pass
"""
