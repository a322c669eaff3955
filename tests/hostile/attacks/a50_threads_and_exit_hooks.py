"""50. Threads, signal handlers and exit hooks that race the grader."""

STOCK = "run in the kernel"
SAFE = False
CODE = """\
import atexit, signal, threading, time
def busy():
    while True:
        globals().update(agree=lambda *a: True, share=1, marker=None)
        time.sleep(0.01)
threading.Thread(target=busy, daemon=True).start()
atexit.register(lambda: time.sleep(30))
signal.signal(signal.SIGALRM, lambda *_: None)
signal.signal(signal.SIGINT, signal.SIG_IGN)
"""
