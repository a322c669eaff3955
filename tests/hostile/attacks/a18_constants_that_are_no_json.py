"""18. NaN and infinity, which no application writes into a notebook: refused as unreadable, for a
person to look at.
"""

import json

STOCK = "accepted"
SAFE = True


def write(notebook):
    notebook["metadata"]["odd"] = [float("nan"), float("inf"), "HUGE"]
    return json.dumps(notebook).replace('"HUGE"', "1e999").encode()
