"""71. A data file that a test reads is overwritten."""

STOCK = "works for files that the source does not bring"
SAFE = False
WHY_NOT = "Tests of the course read no files; what plain test cells read is the checker's own copy."
