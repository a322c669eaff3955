"""formgrader's autograde button: how long a click takes, and how long others wait for the server.

Usage, in a course folder: ``python benchmarks/formgrader_clicks.py ASSIGNMENT STUDENT...``. Prints,
as JSON, the seconds of the first click, which starts the grading process; the median of those that
follow, one for each other student; and the longest time the server's loop stood still meanwhile.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time

from nbgrader.apps.baseapp import NbGrader

from grader.formgrader.button import Clicks, settings_of

TICK = 0.01


async def main(assignment: str, students: list[str]) -> None:
    """Click for each student in turn, and print what it took."""
    app = NbGrader()
    app.initialize([])
    course, clicks, waits = settings_of(app.coursedir), Clicks(), []
    ticking = asyncio.create_task(_tick(waits))
    seconds = []
    for student in students:
        start = time.perf_counter()
        said = await clicks.autograde(course, assignment, student)
        seconds.append(time.perf_counter() - start)
        if not said["success"]:
            raise RuntimeError(said["error"])
    ticking.cancel()
    warm = statistics.median(seconds[1:])
    print(json.dumps({"first click": seconds[0], "click": warm, "others wait": max(waits)}))


async def _tick(waits: list[float]) -> None:
    while True:
        start = time.perf_counter()
        await asyncio.sleep(TICK)
        waits.append(time.perf_counter() - start - TICK)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2:]))
