"""49. A daemon that waits for the end of grading."""

STOCK = "survives, and acts afterwards"
SAFE = False
CODE = """\
import os, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
        open("/tmp/owned-by-daemon", "w").write("here")
    os._exit(0)
"""
