"""34. The course's helper that the tests use is defined again."""

STOCK = "full marks"
SAFE = True
CODE = """\
def agree(*a, **k):
    return True
import course_utils
course_utils.check = lambda *a, **k: None
"""
