"""Drill on transfer learning: which weights train when part of a base is frozen."""

from __future__ import annotations

from typing import Any

import numpy as np

from course_utils.arithmetic import conv_params, dense_params
from course_utils.drills.template import Template, WrongFormula

# The filters of VGG16's convolutions, block by block.
VGG16 = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
_HALVINGS = len(VGG16)
_FEATURES = VGG16[-1][-1]
_SIDES, _UNITS = (32, 64, 96, 128, 160), (32, 64, 128, 256, 512)


def _variables(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "side": _SIDES[int(rng.integers(len(_SIDES)))],
        "units": _UNITS[int(rng.integers(len(_UNITS)))],
        "classes": int(rng.integers(2, 21)),
        "blocks": int(rng.integers(3)),
    }


def _prompt(side: int, units: int, classes: int, blocks: int) -> str:
    unfrozen = (
        "all of it frozen",
        "frozen except for its last block",
        "frozen except for its last two blocks",
    )[blocks]
    return (
        f"The VGG16 base on {side}×{side}×3 images, {unfrozen}, then Flatten, Dense({units}) and "
        f"Dense({classes}). How many weights are trainable?"
    )


def _answer(side: int, units: int, classes: int, blocks: int) -> int:
    return _unfrozen(blocks) + _head(_flat(side), units, classes)


def _unfrozen(blocks: int) -> int:
    """Return the weights of the last blocks of the base."""
    counts = _block_params()
    return sum(counts[len(counts) - blocks :])


def _block_params(use_bias: bool = True) -> list[int]:
    counts, channels = [], 3
    for block in VGG16:
        counts.append(0)
        for filters in block:
            counts[-1] += conv_params(3, channels, filters, use_bias)
            channels = filters
    return counts


def _flat(side: int) -> int:
    return (side // 2**_HALVINGS) ** 2 * _FEATURES


def _head(inputs: int, units: int, classes: int) -> int:
    return dense_params(inputs, units) + dense_params(units, classes)


def _wrong(side: int, units: int, classes: int, blocks: int) -> list[WrongFormula]:
    base, head = _unfrozen(blocks), _head(_flat(side), units, classes)
    of_head = [WrongFormula(f, base + n, h) for f, n, h in _wrong_heads(side, units, classes)]
    of_base = [WrongFormula(f, n + head, h) for f, n, h in _wrong_bases(blocks)]
    # Nothing at all is no count that anybody would give.
    return [wrong for wrong in (*of_base, *of_head) if wrong.value]


def _wrong_heads(side: int, units: int, classes: int) -> list[tuple[str, int, str]]:
    """Return mistakes in counting the classifier: what is wrong, the count, a hint."""
    flat, one_halving_less = _flat(side), (side // 2 ** (_HALVINGS - 1)) ** 2 * _FEATURES
    return [
        ("no classifier", 0, "Plus your own classifier: the new dense layers always train."),
        (
            "one dense layer",
            dense_params(flat, units),
            "There are two dense layers after Flatten.",
        ),
        (
            "only the channels into Dense",
            _head(_FEATURES, units, classes),
            "Flatten keeps every position: height × width × channels numbers go into the first "
            "dense layer.",
        ),
        (
            "one halving too few",
            _head(one_halving_less, units, classes),
            f"Each of the {_HALVINGS} blocks ends with a pooling: how large is the last map?",
        ),
        (
            "dense layers without biases",
            flat * units + units * classes,
            "Every unit of a dense layer has a bias, which trains, too.",
        ),
    ]


def _wrong_bases(blocks: int) -> list[tuple[str, int, str]]:
    """Return the same for the base."""
    all_blocks = (
        "counted the frozen blocks too",
        sum(_block_params()),
        "Those are all weights. The frozen blocks do not train.",
    )
    if blocks == 0:
        return [all_blocks]
    wrong = [
        all_blocks,
        (
            "forgot the unfrozen blocks",
            0,
            "That is your classifier. What is unfrozen in the base trains with it.",
        ),
        (
            "convolutions without biases",
            sum(_block_params(use_bias=False)[-blocks:]),
            "Every filter of a convolution has a bias, which trains, too.",
        ),
        (
            "one convolution for each block",
            blocks * conv_params(3, _FEATURES, _FEATURES),
            "The last blocks of VGG16 have three convolutions each.",
        ),
        ("the other number of blocks", _unfrozen(3 - blocks), "How many blocks are unfrozen?"),
    ]
    if blocks == 2:
        hint = "The first convolution of block4 sees only the channels of block3."
        wrong.append(("two blocks like the last one", 2 * _unfrozen(1), hint))
    return wrong


def _solution(side: int, units: int, classes: int, blocks: int) -> str:
    last, flat = side // 2**_HALVINGS, _flat(side)
    lines = [
        f"base: five poolings make {side} into {last}; output {last}×{last}×{_FEATURES}, "
        f"so Flatten gives {flat}",
        f"Dense({units}): {flat}·{units} + {units} = {dense_params(flat, units)}",
        f"Dense({classes}): {units}·{classes} + {classes} = {dense_params(units, classes)}",
    ]
    for number in range(_HALVINGS, _HALVINGS - blocks, -1):
        channels = VGG16[number - 2][-1]
        lines.append(
            f"block{number}: (9·{channels}·512 + 512) + 2·(9·512·512 + 512) "
            f"= {_block_params()[number - 1]}"
        )
    if not blocks:
        lines.append("base: frozen, nothing of it trains")
    lines.append(f"trainable: {_answer(side, units, classes, blocks)}")
    return "\n".join(lines)


TEMPLATES = {
    "drill_trainable_counts": Template(
        variables=_variables,
        prompt=_prompt,
        answer=_answer,
        wrong=_wrong,
        solution=_solution,
        spec={"type": "number"},
    ),
}
