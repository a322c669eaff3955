"""61. New namespaces, mounts, tracing, set-uid programs."""

STOCK = "possible where the kernel allows"
SAFE = False
CODE = """\
import ctypes, shutil, subprocess
libc = ctypes.CDLL(None, use_errno=True)
libc.unshare(0x10000000)
libc.mount(b"none", b"/tmp", b"tmpfs", 0, None)
libc.ptrace(0, 0, 0, 0)
if shutil.which("su"):
    subprocess.run(["su", "-c", "id"], capture_output=True)
"""
