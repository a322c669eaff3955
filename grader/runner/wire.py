"""Frames on the socket between grader and runner, and the bounds both ends agree on.

A frame is two 4-byte big-endian lengths, an ASCII JSON header and a blob of raw bytes. The header
holds the structure of a value, the blob its long strings, bytes and array buffers in the order in
which the header mentions them. `encode` writes frames' contents, `decode` reads them.
"""

from __future__ import annotations

import struct

LENGTHS = struct.Struct(">II")

MAX_DEPTH = 20
MAX_ITEMS = 100_000
# Members of a set may be made to collide in a hash table, so keep the square of this small.
MAX_SET = 4096
MAX_INT_DIGITS = 4000
MAX_DIMENSIONS = 32
# Of all empty arrays together: their sides that are not 0, multiplied.
MAX_EMPTY = 2**16
MAX_NAME = 200
MAX_MESSAGE = 2000

# Requests carry arguments inside a dictionary, which needs a little more of both.
MESSAGE_DEPTH = MAX_DEPTH + 4
MESSAGE_ITEMS = MAX_ITEMS + 1000

# Replies hold outputs, names and messages; an answer follows in a frame of its own.
REPLY_DEPTH = 6
REPLY_ITEMS = 1000
REPLY_OVERHEAD = 64 * 1024

DTYPES = frozenset(
    "|b1 |i1 <i2 <i4 <i8 |u1 <u2 <u4 <u8 <f2 <f4 <f8 <c8 <c16".split()  # kinds b i u f c
)


def frame(header: bytes, blob: bytes) -> bytes:
    """Return the frame that carries `header` and `blob`."""
    return LENGTHS.pack(len(header), len(blob)) + header + blob
