"""74. Cell magics, shell commands and `%reset`."""

STOCK = "executed"
SAFE = True
CODE = """\
!echo owned > /tmp/owned-by-magic
%env SECRET=1
%cd /
%load_ext autoreload
%reset -f
"""
