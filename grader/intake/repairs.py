"""Everything intake may say about a submission, each sentence written once.

Repairs: the submission was read, and this was put right. ``info`` cannot have changed the
points; ``warning`` asks the student (and the instructor) to look.

=======================  ========  ============================================================
kind                     severity  when
=======================  ========  ============================================================
unreadable               warning   no notebook could be read; every answer counts as missing
renamed                  info      the file has another name than the released notebook
encoding_converted       info      UTF-16, UTF-32 or a byte order mark
characters_replaced      warning   invalid UTF-8, unpaired surrogates, NUL: shown as U+FFFD
old_format               info      notebook format 2 or 3
cells_skipped            warning   cells without usable type or text
cells_too_long           warning   cells above the limit of characters
pictures_dropped         info      pictures pasted into a text cell that was too long with them
personal_data_dropped    info      names or account ids stored by the application
unknown_ids              info      cells with an id this assignment does not have
ids_lost                 info      course cells without their id, recognised by their text
different_notebook       warning   not one exercise of the assignment was found
empty_notebook           warning   a notebook without any text in it
answer_missing           warning   answer cell deleted
answer_by_names          info      answer cell without id, found by the names it defines
answer_by_text           info      answer cell without id, found by its text
answer_by_position       warning   answer cell without id, found by its place only
answer_duplicated        warning   several answer cells with the same id
answer_elsewhere         warning   answer cell unchanged or deleted, another cell seems to answer
type_restored            info      answer in a cell of another type
cell_deleted             info      test, locked or task cell deleted
cell_edited              info      test, locked or task cell changed; a changed text is kept below
cell_duplicated          info      test, locked or task cell copied
cell_moved               info      a graded or locked cell in another place
answer_in_locked_cell    warning   an answer typed over a test, locked or task cell
course_cells_restored    info      other course cells deleted or moved
course_cells_edited      info      other course cells changed: original first, then the student's
demonstration_edited     info      demonstrations changed; they are skipped when grading
=======================  ========  ============================================================
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import Literal

UNREADABLE = "unreadable"
RENAMED = "renamed"
ENCODING_CONVERTED = "encoding_converted"
CHARACTERS_REPLACED = "characters_replaced"
OLD_FORMAT = "old_format"
CELLS_SKIPPED = "cells_skipped"
CELLS_TOO_LONG = "cells_too_long"
PICTURES_DROPPED = "pictures_dropped"
PERSONAL_DATA_DROPPED = "personal_data_dropped"
UNKNOWN_IDS = "unknown_ids"
IDS_LOST = "ids_lost"
DIFFERENT_NOTEBOOK = "different_notebook"
EMPTY_NOTEBOOK = "empty_notebook"
ANSWER_MISSING = "answer_missing"
ANSWER_BY_NAMES = "answer_by_names"
ANSWER_BY_TEXT = "answer_by_text"
ANSWER_BY_POSITION = "answer_by_position"
ANSWER_DUPLICATED = "answer_duplicated"
ANSWER_ELSEWHERE = "answer_elsewhere"
TYPE_RESTORED = "type_restored"
CELL_DELETED = "cell_deleted"
CELL_EDITED = "cell_edited"
CELL_DUPLICATED = "cell_duplicated"
CELL_MOVED = "cell_moved"
ANSWER_IN_LOCKED_CELL = "answer_in_locked_cell"
COURSE_CELLS_RESTORED = "course_cells_restored"
COURSE_CELLS_EDITED = "course_cells_edited"
DEMONSTRATION_EDITED = "demonstration_edited"

_WARNINGS = {
    UNREADABLE: "{reason} {remedy}",
    CHARACTERS_REPLACED: "The file holds bytes that are not text; they were replaced by the sign "
    "\N{REPLACEMENT CHARACTER}, so please check that your answers still read as you wrote them.",
    CELLS_SKIPPED: "{cells} could not be read (no usable type or text) and left out.",
    CELLS_TOO_LONG: "{cells} left out because a cell may hold at most {limit:,} characters.",
    DIFFERENT_NOTEBOOK: "None of this assignment's exercises was found in the file: please check "
    "that you handed in the right notebook.",
    EMPTY_NOTEBOOK: "The notebook has no cell with text in it, so every answer counts as missing.",
    ANSWER_MISSING: "The answer cell '{id}' was not in your notebook; we put the empty one back, "
    "so it counts as unanswered.",
    ANSWER_BY_POSITION: "The answer cell '{id}' had lost its id; we took the cell at its place, "
    "so please check that it is the right one.",
    ANSWER_DUPLICATED: "The answer cell '{id}' was there {count} times; the last one that holds "
    "an answer counts.",
    ANSWER_ELSEWHERE: "The answer cell '{id}' holds no answer, but another cell of yours seems to "
    "give it; we take that into account, but please answer in the cell made for it.",
    ANSWER_IN_LOCKED_CELL: "You wrote code into the {what} '{id}'; the original is back and your "
    "code is kept in a cell of its own.",
}
_INFOS = {
    RENAMED: "The file was called '{found}'; we took it as '{expected}'.",
    ENCODING_CONVERTED: "The file was saved as {encoding}; we read it as it is.",
    OLD_FORMAT: "The notebook was saved in the old format {version}; we read it as it is.",
    PICTURES_DROPPED: "Pictures were taken out of {cells} because the text was too long with them.",
    PERSONAL_DATA_DROPPED: "{application} had stored personal data (such as the name of your "
    "account) in the file; we dropped it.",
    UNKNOWN_IDS: "{cells} marked with an id this assignment does not have; it is ignored.",
    IDS_LOST: "{cells} recognised by the text because the ids were lost.",
    ANSWER_BY_NAMES: "The answer cell '{id}' had lost its id; we recognised it by what it defines.",
    ANSWER_BY_TEXT: "The answer cell '{id}' had lost its id; we recognised it by its text.",
    TYPE_RESTORED: "The answer cell '{id}' had become a {was} cell; we turned it back into a "
    "{now} cell.",
    CELL_DELETED: "The {what} '{id}' had been deleted; we put it back.",
    CELL_EDITED: "The {what} '{id}' had been changed; we put the original back{kept}.",
    CELL_DUPLICATED: "The {what} '{id}' was there {count} times; we kept one.",
    CELL_MOVED: "The {what} '{id}' was in another place; we moved it back.",
    COURSE_CELLS_RESTORED: "{cells} missing or moved that belong to the course; each is back in "
    "its place.",
    COURSE_CELLS_EDITED: "{cells} changed that belong to the course; the original comes first, "
    "then your version.",
    DEMONSTRATION_EDITED: "{cells} changed that only demonstrate something; such cells are not "
    "run when grading.",
}


@dataclass(frozen=True)
class Repair:
    """One thing that was put right; `for_student` is a plain sentence without any answer."""

    kind: str
    grade_id: str | None
    for_student: str
    severity: Literal["info", "warning"]


def repair(kind: str, grade_id: str | None = None, **details: str | int) -> Repair:
    """Return the repair `kind`, its sentence filled with `details`.

    >>> repair(CELL_DELETED, "test_pooled_sizes", what="test cell").for_student
    "The test cell 'test_pooled_sizes' had been deleted; we put it back."
    """
    severity = "warning" if kind in _WARNINGS else "info"
    sentence = (_WARNINGS if kind in _WARNINGS else _INFOS)[kind]
    safe = {k: printable(v) if isinstance(v, str) else v for k, v in details.items()}
    shown = None if grade_id is None else printable(grade_id)
    return Repair(kind, shown, sentence.format(id=shown, **safe), severity)


def cells(count: int, verb: bool = True) -> str:
    """Return ``"1 cell was"``, ``"3 cells were"``; without `verb` only the number.

    >>> cells(1), cells(3, verb=False)
    ('1 cell was', '3 cells')
    """
    if verb:
        return "1 cell was" if count == 1 else f"{count:,} cells were"
    return "1 cell" if count == 1 else f"{count:,} cells"


def printable(text: str, limit: int = 200) -> str:
    """Return `text` safe for a terminal and a log: invisible characters escaped, cut at `limit`.

    >>> printable("a\\x1b[31m")
    'a\\\\x1b[31m'
    """
    shown = "".join(
        c if unicodedata.category(c)[0] != "C" and c not in "\u2028\u2029" else ascii(c)[1:-1]
        for c in text[:limit]
    )
    return shown if len(text) <= limit else shown + "..."
