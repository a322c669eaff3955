"""Messages that only the matching answer can open.

A table shipped to students holds, for each right answer and each typical mistake, a slow salted
hash (scrypt, RFC 7914) of the answer. Half of the digest finds the entry, the other half
decrypts its message, so the file shows neither answers nor hints, and trying a hundred thousand
integers takes hours.
"""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache
from typing import Any

# About 0.1 s and 32 MiB per attempt: unnoticed by a student, slow for a search.
_COST = {"n": 2**15, "r": 8, "p": 1, "dklen": 64, "maxmem": 2**26}
_FINDER_BYTES = 12


@lru_cache(maxsize=4096)
def _digest(salt: str, key: str) -> bytes:
    return hashlib.scrypt(key.encode(), salt=salt.encode(), **_COST)


def _mask(secret: bytes, length: int) -> bytes:
    return hashlib.shake_256(secret).digest(length)


def seal(salt: str, key: str, message: dict[str, Any]) -> tuple[str, str]:
    """Return (finder, sealed message), both hexadecimal text, for the answer text `key`."""
    digest = _digest(salt, key)
    plain = json.dumps(message, sort_keys=True).encode()
    # A common length hides which entry is the right answer.
    plain = plain.ljust(-(-len(plain) // 256) * 256)
    mask = _mask(digest[_FINDER_BYTES:], len(plain))
    sealed = bytes(a ^ b for a, b in zip(plain, mask, strict=True))
    return digest[:_FINDER_BYTES].hex(), sealed.hex()


def unseal(salt: str, key: str, entries: dict[str, str]) -> dict[str, Any] | None:
    """Return the message sealed for the answer text `key`, or None when there is none.

    >>> finder, sealed = seal("salt", "7", {"right": True})
    >>> unseal("salt", "7", {finder: sealed})
    {'right': True}
    >>> unseal("salt", "8", {finder: sealed}) is None
    True
    """
    digest = _digest(salt, key)
    sealed = entries.get(digest[:_FINDER_BYTES].hex())
    if sealed is None:
        return None
    data = bytes.fromhex(sealed)
    mask = _mask(digest[_FINDER_BYTES:], len(data))
    return json.loads(bytes(a ^ b for a, b in zip(data, mask, strict=True)))
