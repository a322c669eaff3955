"""Random damage to a submission: of its bytes, of its JSON, of its cells. Seeded."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from typing import Any

Notebook = dict[str, Any]
ODD = [None, True, -1, 10**30, 1.5, "", "\x00", "x" * 5000, [], {}, [None], {"a": []}, ["a", 1]]


def mutated(data: bytes, seed: int) -> tuple[str, bytes]:
    """Return what was done to a notebook's file, and the damaged file."""
    chance = random.Random(seed)
    if chance.random() < 0.35:
        change = chance.choice(OF_BYTES)
        return change.__name__, change(data, chance)
    notebook, done = json.loads(data), []
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        change = chance.choice(OF_CELLS)
        change(notebook, chance)
        done.append(change.__name__)
    return ", ".join(done), json.dumps(notebook).encode()


def flip_bits(data: bytes, chance: random.Random) -> bytes:
    damaged = bytearray(data)
    for _ in range(chance.randint(1, 8)):
        damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    return bytes(damaged)


def cut_off(data: bytes, chance: random.Random) -> bytes:
    return data[: chance.randrange(len(data))]


def cut_out(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start + chance.randint(1, 2000) :]


def write_twice(data: bytes, chance: random.Random) -> bytes:
    start = chance.randrange(len(data))
    return data[:start] + data[start // 2 : start] + data[start:]


def another_encoding(data: bytes, chance: random.Random) -> bytes:
    text = data.decode()
    return text.encode(chance.choice(("utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7")))


def other_line_ends(data: bytes, chance: random.Random) -> bytes:
    text = json.dumps(json.loads(data), indent=1)
    return text.replace("\n", chance.choice(("\r\n", "\r", "\n\n", "\u2028"))).encode()


def a_key_twice(data: bytes, chance: random.Random) -> bytes:
    key = chance.choice((b'"cells"', b'"metadata"', b'"nbformat"', b'"source"'))
    return data.replace(key, key + b": " + chance.choice((b"[]", b"{}", b"4")) + b", " + key, 1)


def swap_type(notebook: Notebook, chance: random.Random) -> None:
    places = list(_places(notebook))
    holder, key = chance.choice(places)
    holder[key] = copy.deepcopy(chance.choice(ODD))


def drop_key(notebook: Notebook, chance: random.Random) -> None:
    places = list(_places(notebook))
    holder, key = chance.choice(places)
    del holder[key]


def drop_cell(notebook: Notebook, chance: random.Random) -> None:
    cells = _cells(notebook)
    if cells:
        del cells[chance.randrange(len(cells))]


def copy_cell(notebook: Notebook, chance: random.Random) -> None:
    cells = _cells(notebook)
    if cells:
        cells.insert(chance.randrange(len(cells)), copy.deepcopy(chance.choice(cells)))


def move_cells(notebook: Notebook, chance: random.Random) -> None:
    cells = _cells(notebook)
    if cells:
        for _ in range(chance.randint(1, 5)):
            cells.insert(chance.randrange(len(cells)), cells.pop(chance.randrange(len(cells))))


def strip_metadata(notebook: Notebook, chance: random.Random) -> None:
    share = chance.random()
    for cell in _cells(notebook):
        if isinstance(cell, dict) and chance.random() < share:
            cell["metadata"] = {}
            cell.pop("id", None)


def exchange_metadata(notebook: Notebook, chance: random.Random) -> None:
    cells = [cell for cell in _cells(notebook) if isinstance(cell, dict)]
    if len(cells) > 1:
        one, other = chance.sample(cells, 2)
        one["metadata"] = copy.deepcopy(other.get("metadata", {}))


def another_type_of_cell(notebook: Notebook, chance: random.Random) -> None:
    cells = [cell for cell in _cells(notebook) if isinstance(cell, dict)]
    if cells:
        kinds = ("code", "markdown", "raw", "heading", "")
        chance.choice(cells)["cell_type"] = chance.choice(kinds)


def another_format(notebook: Notebook, chance: random.Random) -> None:
    notebook["nbformat"] = chance.choice((1, 2, 3, 5, 99, "4", None))
    notebook["nbformat_minor"] = chance.choice((0, 2, 5, 99, None))


def another_kernel(notebook: Notebook, chance: random.Random) -> None:
    kernel = {"name": chance.choice(("ir", "", "python2", 7)), "display_name": "?"}
    notebook["metadata"] = {"kernelspec": kernel, "language_info": {"name": "R"}}


OF_BYTES: list[Callable[[bytes, random.Random], bytes]] = [
    flip_bits, cut_off, cut_out, write_twice, another_encoding, other_line_ends, a_key_twice,
]  # fmt: skip
OF_CELLS: list[Callable[[Notebook, random.Random], None]] = [
    swap_type, drop_key, drop_cell, copy_cell, move_cells, strip_metadata, exchange_metadata,
    another_type_of_cell, another_format, another_kernel,
]  # fmt: skip


def _cells(notebook: Notebook) -> list[Any]:
    cells = notebook.get("cells")
    return cells if isinstance(cells, list) else []


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Yield every container with each of its keys, however deep."""
    keys = list(value) if isinstance(value, dict) else range(len(value))
    for key in keys:
        yield value, key
        if isinstance(value[key], dict | list):
            yield from _places(value[key])
