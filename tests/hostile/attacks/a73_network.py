"""73. A request for the answers, and an installation."""

STOCK = "allowed"
SAFE = True
CODE = """\
import socket, urllib.request
for address in (("1.1.1.1", 53), ("127.0.0.1", 8888)):
    try:
        socket.create_connection(address, timeout=1)
        double = lambda x: 2 * x
    except OSError:
        pass
try:
    urllib.request.urlopen("http://example.com", timeout=1)
    double = lambda x: 2 * x
except OSError:
    pass
"""
