"""Read header and blob (see `wire`) back into values of exact types.

This is the border: bytes may come from a hostile process. Only the constructors named here run,
every size is checked before anything of that size is made, and the only exception is
`DecodeError`.
"""

from __future__ import annotations

import json
import math
import re
from typing import Any, NoReturn

import numpy as np

from .wire import (
    DTYPES,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_EMPTY,
    MAX_INT_DIGITS,
    MAX_ITEMS,
    MAX_SET,
)

_DTYPES = {code: np.dtype(code) for code in DTYPES}
_HEX_FLOAT = re.compile(r"-?0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,4}|-?inf|nan")
_SCALARS = (bool, int, str)


class DecodeError(ValueError):
    """Bytes that are not a value we accept."""


def decode(
    header: bytes,
    blob: bytes,
    *,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
) -> Any:
    """Return the value held by `header` and `blob`.

    Raises
    ------
    DecodeError
        For anything that `encode` would not have written within the bounds.
    """
    # Strings with these characters travel in the blob, so this bounds the parsed tree.
    if header.count(b",") + header.count(b"[") > 5 * max_items + 500:
        raise DecodeError("too many items")
    if b"\\" in header or b"{" in header:
        raise DecodeError("escape or object in the header")
    try:
        tree = _PARSER.decode(header.decode("ascii"))
    except (ValueError, RecursionError) as error:
        raise DecodeError("header is not the expected JSON") from error
    reader = _Reader(blob, max_items)
    value = reader.value(tree, max_depth)
    if reader.offset != len(blob):
        raise DecodeError("blob is longer than the header says")
    return value


def _refuse(text: str) -> NoReturn:
    raise DecodeError(f"number {text[:20]} in the header")


def _bounded_int(text: str) -> int:
    if len(text) > MAX_INT_DIGITS + 1:
        raise DecodeError("integer with too many digits")
    return int(text)


_PARSER = json.JSONDecoder(parse_float=_refuse, parse_constant=_refuse, parse_int=_bounded_int)


class _Reader:
    """Walks the parsed header and takes bytes from the blob in order."""

    def __init__(self, blob: bytes, max_items: int) -> None:
        self.blob = blob
        self.offset = 0
        self.items_left = max_items
        self.empty_left = MAX_EMPTY

    def value(self, node: Any, depth: int) -> Any:
        self.items_left -= 1
        if self.items_left < 0 or depth < 0:
            raise DecodeError("too many items or nested too deeply")
        if node is None or type(node) in _SCALARS:
            return node
        if type(node) is not list or not node or type(node[0]) is not str:
            raise DecodeError("node without a tag")
        read = _READERS.get(node[0])
        if read is None:
            raise DecodeError("unknown tag")
        return read(self, node, depth)

    def take(self, count: Any) -> bytes:
        if type(count) is not int or not 0 <= count <= len(self.blob) - self.offset:
            raise DecodeError("length outside the blob")
        start = self.offset
        self.offset += count
        return self.blob[start : self.offset]

    def _float(self, node: list, depth: int) -> float:
        return _hex_float(_only(node, 2)[1])

    def _complex(self, node: list, depth: int) -> complex:
        _only(node, 3)
        return complex(_hex_float(node[1]), _hex_float(node[2]))

    def _str(self, node: list, depth: int) -> str:
        try:
            return self.take(_only(node, 2)[1]).decode("utf-8")
        except UnicodeDecodeError as error:
            raise DecodeError("string is not UTF-8") from error

    def _bytes(self, node: list, depth: int) -> bytes:
        return self.take(_only(node, 2)[1])

    def _list(self, node: list, depth: int) -> list:
        _only(node, 2)
        if type(node[1]) is not list:
            raise DecodeError("sequence without members")
        return [self.value(member, depth - 1) for member in node[1]]

    def _tuple(self, node: list, depth: int) -> tuple:
        return tuple(self._list(node, depth))

    def _set(self, node: list, depth: int) -> set:
        if len(node) == 2 and type(node[1]) is list and len(node[1]) > MAX_SET:
            raise DecodeError("set with too many members")
        members = self._list(node, depth)
        try:
            unique = set(members)
        except TypeError as error:
            raise DecodeError("set member that cannot be hashed") from error
        if len(unique) != len(members):
            raise DecodeError("set with equal members")
        return unique

    def _dict(self, node: list, depth: int) -> dict:
        flat = _only(node, 2)[1]
        if type(flat) is not list or len(flat) % 2:
            raise DecodeError("dictionary without pairs")
        result = {}
        for position in range(0, len(flat), 2):
            key = self.value(flat[position], depth - 1)
            if type(key) is not str or key in result:
                raise DecodeError("key that is not a new string")
            result[key] = self.value(flat[position + 1], depth - 1)
        return result

    def _numpy_scalar(self, node: list, depth: int) -> np.generic:
        return self._buffer(_only(node, 2)[1], ())[()]

    def _array(self, node: list, depth: int) -> np.ndarray:
        shape = _only(node, 3)[2]
        if type(shape) is not list or len(shape) > MAX_DIMENSIONS:
            raise DecodeError("array without a shape")
        if any(type(size) is not int or not 0 <= size < 2**40 for size in shape):
            raise DecodeError("array with an impossible shape")
        if 0 in shape:
            # They cost no bytes, but made into lists they have their other sides; all together.
            self.empty_left -= math.prod(size for size in shape if size)
            if self.empty_left < 0:
                raise DecodeError("array with an impossible shape")
        return self._buffer(node[1], tuple(shape))

    def _buffer(self, code: Any, shape: tuple[int, ...]) -> np.ndarray:
        dtype = _DTYPES.get(code) if type(code) is str else None
        if dtype is None:
            raise DecodeError("array of a type that is not allowed")
        data = self.take(math.prod(shape) * dtype.itemsize)
        if dtype.kind == "b" and data.strip(b"\x00\x01"):
            raise DecodeError("truth value other than 0 and 1")
        try:
            return np.frombuffer(data, dtype).reshape(shape).copy()
        except ValueError as error:  # an axis of length 0 next to a huge one
            raise DecodeError("array with an impossible shape") from error


_READERS = {
    "f": _Reader._float,
    "c": _Reader._complex,
    "s": _Reader._str,
    "b": _Reader._bytes,
    "l": _Reader._list,
    "t": _Reader._tuple,
    "e": _Reader._set,
    "d": _Reader._dict,
    "n": _Reader._numpy_scalar,
    "a": _Reader._array,
}


def _only(node: list, length: int) -> list:
    if len(node) != length:
        raise DecodeError("node of the wrong length")
    return node


def _hex_float(text: Any) -> float:
    if type(text) is not str or not _HEX_FLOAT.fullmatch(text):
        raise DecodeError("not a hexadecimal float")
    try:
        return float.fromhex(text)
    except (ValueError, OverflowError) as error:
        raise DecodeError("not a hexadecimal float") from error
