"""35. Modules in `sys.modules` are replaced, and an import hook waits for others."""

STOCK = "full marks"
SAFE = True
CODE = """\
import sys, types
class Agreeable(types.ModuleType):
    def __getattr__(self, name): return lambda *a, **k: True
for name in ("numpy", "numpy.testing", "math", "course_utils"):
    sys.modules[name] = Agreeable(name)
class Finder:
    def find_spec(self, name, path=None, target=None): return None
sys.meta_path.insert(0, Finder())
import numpy as np
"""
