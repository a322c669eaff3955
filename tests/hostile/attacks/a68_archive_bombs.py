"""68. Zip bombs and archives in archives."""

STOCK = "unpacked without a limit"
SAFE = False
WHY_NOT = "Archives are unpacked by nbgrader's zip_collect, before any submission is graded."
