"""Turn values into header and blob (see `wire`): exact, inert, bounded.

Runs in the student's process for answers and in the grader's for arguments. A student's subclass
is written as the value of its base class, read with the base class's own methods.
"""

from __future__ import annotations

import json
import math
import sys
from typing import Any

import numpy as np

from .wire import (
    DTYPES,
    MAX_DEPTH,
    MAX_DIMENSIONS,
    MAX_EMPTY,
    MAX_INT_DIGITS,
    MAX_ITEMS,
    MAX_NAME,
    MAX_SET,
    frame,
)

_MAX_INT_BITS = int(MAX_INT_DIGITS * 3.3219)  # log2(10) rounded down
_NOT_IN_HEADER = frozenset('"\\,[{')


class UnencodableError(Exception):
    """A value of a type, or of a size, that may not leave the runner."""

    def __init__(self, type_name: str, reason: str) -> None:
        super().__init__(f"{type_name}: {reason}")
        self.type_name = type_name
        self.reason = reason


def type_name(value: object) -> str:
    """Return the dotted name of `value`'s class, without ``builtins.``.

    >>> type_name(3), type_name(np.float32(1))
    ('int', 'numpy.float32')
    """
    cls = type(value)
    name = str(getattr(cls, "__qualname__", "?"))
    module = str(getattr(cls, "__module__", "?"))
    return (name if module == "builtins" else f"{module}.{name}")[:MAX_NAME]


def encode(
    value: Any,
    *,
    max_bytes: int,
    max_depth: int = MAX_DEPTH,
    max_items: int = MAX_ITEMS,
) -> bytes:
    """Return the frame that holds `value`.

    Raises
    ------
    UnencodableError
        If `value` has a type outside the allowed ones or exceeds a bound.
    """
    writer = _Writer(max_bytes, max_items)
    tree = writer.node(value, max_depth)
    header = json.dumps(tree, separators=(",", ":")).encode("ascii")
    if len(header) + writer.size > max_bytes:
        raise UnencodableError(type_name(value), f"larger than {max_bytes} bytes")
    return frame(header, b"".join(writer.parts))


class _Writer:
    """Builds the header tree and collects the blob."""

    def __init__(self, max_bytes: int, max_items: int) -> None:
        self.parts: list[bytes] = []
        self.size = 0
        self.items = 0
        self.max_bytes = max_bytes
        self.max_items = max_items

    def node(self, value: Any, depth: int) -> Any:
        self.items += 1
        if self.items > self.max_items:
            raise UnencodableError(type_name(value), f"more than {self.max_items} items")
        if depth < 0:
            raise UnencodableError(type_name(value), "nested too deeply")
        if value is None or value is True or value is False:
            return value
        if isinstance(value, np.generic | np.ndarray):
            return self._numpy(value)
        for base, write in _BY_BASE:
            if isinstance(value, base):
                return write(self, value, depth)
        array = _tensor_to_array(value)
        if array is None:
            raise UnencodableError(type_name(value), "type not allowed")
        return self._numpy(array)

    def _append(self, data: bytes, owner: Any) -> None:
        self.size += len(data)
        if self.size > self.max_bytes:
            raise UnencodableError(type_name(owner), f"larger than {self.max_bytes} bytes")
        self.parts.append(data)

    def _int(self, value: int, depth: int) -> Any:
        exact = int.__int__(value)
        if exact.bit_length() > _MAX_INT_BITS:
            raise UnencodableError(type_name(value), f"more than {MAX_INT_DIGITS} digits")
        return exact

    def _float(self, value: float, depth: int) -> Any:
        return ["f", float.__float__(value).hex()]

    def _complex(self, value: complex, depth: int) -> Any:
        exact = complex.__complex__(value)
        return ["c", exact.real.hex(), exact.imag.hex()]

    def _str(self, value: str, depth: int) -> Any:
        exact = str.__str__(value)
        simple = len(exact) <= 64 and exact.isascii() and exact.isprintable()
        if simple and _NOT_IN_HEADER.isdisjoint(exact):
            return exact
        data = exact.encode("utf-8", "replace")
        self._append(data, value)
        return ["s", len(data)]

    def _bytes(self, value: bytes | bytearray, depth: int) -> Any:
        data = bytes(memoryview(value))
        self._append(data, value)
        return ["b", len(data)]

    def _list(self, value: list, depth: int) -> Any:
        return ["l", self._nodes(list.__getitem__(value, slice(None)), depth)]

    def _tuple(self, value: tuple, depth: int) -> Any:
        return ["t", self._nodes(tuple.__getitem__(value, slice(None)), depth)]

    def _set(self, value: set | frozenset, depth: int) -> Any:
        base = set if isinstance(value, set) else frozenset
        members = list(base.__iter__(value))
        if len(members) > MAX_SET:
            raise UnencodableError(type_name(value), f"more than {MAX_SET} members")
        return ["e", self._nodes(members, depth)]

    def _dict(self, value: dict, depth: int) -> Any:
        flat = []
        for key, entry in list(dict.items(value)):
            if not isinstance(key, str):
                raise UnencodableError(type_name(value), f"key of type {type_name(key)}")
            flat += [self._str(key, depth), self.node(entry, depth - 1)]
        return ["d", flat]

    def _nodes(self, values: Any, depth: int) -> list:
        return [self.node(value, depth - 1) for value in values]

    def _numpy(self, value: np.generic | np.ndarray) -> Any:
        if isinstance(value, np.str_):
            return self._str(value, 0)
        if isinstance(value, np.bytes_):
            return self._bytes(value, 0)
        array = np.asarray(value)
        if array.nbytes > self.max_bytes:
            raise UnencodableError(type_name(value), f"larger than {self.max_bytes} bytes")
        if array.dtype.kind in "fc" and array.dtype.itemsize > (
            16 if array.dtype.kind == "c" else 8
        ):
            array = array.astype("c16" if array.dtype.kind == "c" else "f8")
        if array.dtype.name == "bfloat16":
            array = array.astype("f4")
        array = np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape)
        code = array.dtype.str
        if code not in DTYPES or array.ndim > MAX_DIMENSIONS:
            raise UnencodableError(type_name(value), f"array of {array.dtype}, {array.ndim} axes")
        if 0 in array.shape and math.prod(size for size in array.shape if size) > MAX_EMPTY:
            raise UnencodableError(type_name(value), f"empty array of shape {array.shape}")
        self._append(array.tobytes(), value)
        if isinstance(value, np.generic):
            return ["n", code]
        return ["a", code, list(array.shape)]


_BY_BASE = (
    (int, _Writer._int),
    (float, _Writer._float),
    (str, _Writer._str),
    (complex, _Writer._complex),
    (bytes, _Writer._bytes),
    (bytearray, _Writer._bytes),
    (list, _Writer._list),
    (tuple, _Writer._tuple),
    (dict, _Writer._dict),
    (set, _Writer._set),
    (frozenset, _Writer._set),
)


def _tensor_to_array(value: Any) -> np.ndarray | None:
    """Return the numbers of a TensorFlow or Keras tensor or variable, else None."""
    tensorflow, keras = sys.modules.get("tensorflow"), sys.modules.get("keras")
    try:
        if tensorflow and isinstance(value, tensorflow.Tensor | tensorflow.Variable):
            return np.asarray(value.numpy())
        if keras and isinstance(value, keras.Variable):
            return np.asarray(value.numpy())
    except Exception as error:  # symbolic and string tensors have no array
        raise UnencodableError(type_name(value), "no concrete numbers") from error
    return None
