"""64. Other submissions, feedback and the configuration are overwritten."""

STOCK = "allowed"
SAFE = False
CODE = """\
import glob
for depth in range(1, 9):
    up = "../" * depth
    for path in glob.glob(up + "submitted/*/*/*.ipynb") + glob.glob(up + "*_config.py"):
        open(path, "a").write("spoiled")
"""
