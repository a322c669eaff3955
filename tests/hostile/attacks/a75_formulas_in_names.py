"""75. A student's name that a spreadsheet would compute."""

STOCK = "exported as it is"
SAFE = False
WHY_NOT = (
    "Names come from the instructor's list of students, not from submissions; the export makes "
    "formulas text."
)
