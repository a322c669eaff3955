"""77. Work handed in for another student."""

STOCK = "a warning"
SAFE = False
WHY_NOT = "Who handed a file in is known to the LMS or the exchange, not to autograde."
