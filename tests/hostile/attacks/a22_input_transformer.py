"""22. An input transformer replaces every later cell by `pass`."""

STOCK = "full marks"
SAFE = True
CODE = """\
get_ipython().input_transformers_cleanup.append(lambda lines: ["pass\\n"])
"""
