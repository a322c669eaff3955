"""Which names a piece of code defines at its top level, read off its lines.

Student code is never compiled here: lines are enough to tell cells apart, they also serve code
with magics or syntax errors, and a regular expression cannot be made to crash the parser.
"""

from __future__ import annotations

import keyword
import re

_DEFINITION = re.compile(r"^(?:async[ \t]+)?(?:def|class)[ \t]+(\w+)", re.MULTILINE)
# name = / a, b = / (a, b) = / name: annotation =      but not == and not f(x=1)
_ASSIGNMENT = re.compile(
    r"^\(?([^\W\d][\w,* \t]*+)\)?[ \t]*+(?::[^=\n]*+)?=(?!=)",
    re.MULTILINE,
)


def bound_names(source: str) -> frozenset[str]:
    r"""Return the functions, classes and variables that `source` defines at the left margin.

    >>> sorted(bound_names("def area(r):\n    x = 3\n\nfirst, second = 1, 2\nsum(x=4) == 4"))
    ['area', 'first', 'second']
    """
    names = set(_DEFINITION.findall(source))
    for targets in _ASSIGNMENT.findall(source):
        names.update(target.strip(" \t*") for target in targets.split(","))
    return frozenset(name for name in names if name.isidentifier() and not keyword.iskeyword(name))
