"""Bytes in, cells or one clear sentence out."""

import json
import time

import pytest

from grader.intake import IntakeLimits, SubmittedNotebook, Unreadable, read_submission
from grader.intake.reader import COLAB, JUPYTERLAB, UNKNOWN, VS_CODE

from .builders import cell, notebook

MiB = 2**20


def save(nb):
    return json.dumps(nb).encode()


def code(source, **metadata):
    return cell("code", source, **metadata)


def sources(data):
    return [c.source for c in read_submission(data).cells]


def reported(data):
    return [repair.kind for repair in read_submission(data).repairs]


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"", "empty", "is empty"),
        (b" \r\n\t", "empty", "is empty"),
        (b"\0" * 4096, "empty", "is empty"),
        (b"\xef\xbb\xbf", "empty", "is empty"),
        (b"PK\x03\x04" + bytes(40), "not_a_notebook", "zip archive"),
        (b"%PDF-1.7\n", "not_a_notebook", "a PDF"),
        (b"\x89PNG\r\n\x1a\n", "not_a_notebook", "a picture"),
        (b"<!DOCTYPE html><html></html>", "not_a_notebook", "a web page"),
        (b"<?xml version='1.0'?><a/>", "not_a_notebook", "markup"),
        (b"# %%\nimport keras\n", "not_a_notebook", "a program (.py)"),
        (bytes(range(1, 256)), "not_a_notebook", "a binary file"),
        (b"[]", "other_json", "JSON, but not a notebook"),
        (b'{"a": 1}', "other_json", "JSON, but not a notebook"),
        (b'{"cells": {"0": {}}}', "other_json", "JSON, but not a notebook"),
        (b'{"cells": null, "worksheets": []}', "other_json", "JSON, but not a notebook"),
        (b'{"worksheets": 3}', "other_json", "JSON, but not a notebook"),
        (b'{\n"cells": [],\n<<<<<<< HEAD\n}', "damaged", "in line 3"),
        (b'{"cells": [}', "damaged", "damaged"),
        (b'{"cells": []} {"cells": []}', "damaged", "damaged"),
        (b"{'cells': []}", "damaged", "damaged"),
        (b'{"cells": [], "n": NaN}', "bad_number", "NaN, Infinity"),
        (b'{"cells": [], "n": -Infinity}', "bad_number", "NaN, Infinity"),
        (b'{"cells": [], "n": 1' + b"0" * 5000 + b"}", "bad_number", "far too long"),
        (b'{"cells": [], "n": 0.' + b"1" * 5000 + b"}", "bad_number", "far too long"),
        (b"[" * 200_000, "too_deep", "100 levels"),
        (b'{"cells": ' + b'{"a":' * 200_000, "too_deep", "100 levels"),
        (b"[" * 101 + b"]" * 101, "too_deep", "100 levels"),
        (b'{"cells": [' + b"[]," * 600_000 + b"[]]}", "too_large", "lists and objects"),
        (b'{"cells": [' + b'[""],' * 600_000 + b"[]]}", "too_large", "lists and objects"),
        (b" " * (20 * MiB + 1), "too_large", "bytes"),
    ],
)
def test_unreadable_files_are_told_apart(data, kind, words):
    result = read_submission(data)
    assert isinstance(result, Unreadable)
    assert result.kind == kind
    assert words in result.reason
    for sentence in (result.reason, result.remedy):
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert "\n" not in sentence


def test_every_cut_of_a_notebook_is_called_cut_off():
    whole = save(notebook([code('print("\\"é\\u00e9")\n', tags=[True, None, 1.5])]))
    for end in range(1, len(whole)):
        result = read_submission(whole[:end])
        assert result.kind == "cut_off", whole[:end]
    assert isinstance(read_submission(whole), SubmittedNotebook)


def test_cut_off_tells_the_student_what_to_do():
    result = read_submission(b'{"cells": [{"cell_type": "code", "sour')
    assert result.reason == "The file is cut off in the middle: it is not complete JSON."
    assert result.remedy == "Download it again and hand it in once more."


def test_no_cells_is_a_notebook_without_answers():
    assert read_submission(b'{"cells": []}') == SubmittedNotebook((), (), UNKNOWN)


def test_brackets_inside_text_do_not_count():
    source = 'x = "' + "[{" * 1_000 + '\\" [['
    assert sources(save(notebook([code(source)]))) == [source]


def test_source_may_be_a_list_of_lines():
    assert sources(save(notebook([code(["a = 1\n", "b = 2"])]))) == ["a = 1\nb = 2"]


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8-sig", "byte order mark"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16"),
        ("utf-32", "UTF-32"),
    ],
)
def test_other_unicode_encodings_are_read_and_named(encoding, mark):
    text = json.dumps(notebook([code("name = 'Grüße 🙂'")]), ensure_ascii=False)
    result = read_submission(text.encode(encoding))
    assert result.cells[0].source == "name = 'Grüße 🙂'"
    assert [repair.kind for repair in result.repairs] == ["encoding_converted"]
    assert mark in result.repairs[0].for_student


def test_invalid_utf8_is_replaced_and_reported():
    data = save(notebook([code("s = 'Gr@n'")])).replace(b"@", b"\xfc")
    assert sources(data) == ["s = 'Gr\ufffdn'"]
    assert reported(data) == ["characters_replaced"]


@pytest.mark.parametrize(
    ("escaped", "expected"),
    [("\\ud83d", "\ufffd"), ("\\udc00\\ud800", "\ufffd\ufffd"), ("\\u0000", "\ufffd")],
)
def test_what_cannot_be_stored_is_replaced_and_reported(escaped, expected):
    data = b'{"cells": [{"cell_type": "code", "source": "x%s"}]}' % escaped.encode()
    assert sources(data) == ["x" + expected]
    assert reported(data) == ["characters_replaced"]
    sources(data)[0].encode()


def test_a_surrogate_pair_split_over_two_lines_is_one_character():
    data = b'{"cells": [{"cell_type": "code", "source": ["\\ud83d", "\\ude42"]}]}'
    assert sources(data) == ["🙂"]
    assert reported(data) == []


def test_nul_padding_and_raw_control_characters_are_harmless():
    data = b'{"cells": [{"cell_type": "code", "source": "a\tb\nc"}]}' + bytes(512)
    assert sources(data) == ["a\tb\nc"]


def test_last_of_two_equal_keys_counts():
    data = b'{"cells": 3, "cells": [{"cell_type": "raw", "source": "a", "source": "b"}]}'
    assert sources(data) == ["b"]


@pytest.mark.parametrize("minor", range(6))
def test_all_minor_versions_of_format_4(minor):
    nb = {**notebook([code("x = 1")]), "nbformat_minor": minor}
    assert sources(save(nb)) == ["x = 1"]


def test_format_3_is_read():
    v3 = {
        "nbformat": 3,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": "Title"},
                    {"cell_type": "code", "input": ["x = ", "1"], "language": "python"},
                    code_v3 := {
                        "cell_type": "code",
                        "input": "y = 2",
                        "metadata": {"nbgrader": {"grade_id": "y"}},
                    },
                ]
            },
            "not a worksheet",
            {"cells": [{"cell_type": "markdown", "source": "end"}]},
        ],
    }
    result = read_submission(save(v3))
    assert [c.source for c in result.cells] == ["## Title", "x = 1", code_v3["input"], "end"]
    assert [c.cell_type for c in result.cells] == ["markdown", "code", "code", "markdown"]
    assert [c.grade_id for c in result.cells] == [None, None, "y", None]
    assert [repair.kind for repair in result.repairs] == ["old_format"]


@pytest.mark.parametrize(
    "bad",
    [
        None,
        3,
        "print()",
        [],
        {},
        {"cell_type": "code"},
        {"cell_type": "code", "source": {"0": "x"}},
        {"cell_type": "code", "source": ["x", 3]},
        {"cell_type": ["code"], "source": "x"},
        {"cell_type": "sql", "source": "x"},
        {"cell_type": "heading", "source": None, "level": "x"},
    ],
)
def test_unusable_cells_are_skipped_with_a_note(bad):
    result = read_submission(save(notebook([bad, code("x = 1")])))
    assert [(c.source, c.position) for c in result.cells] == [("x = 1", 1)]
    assert [repair.kind for repair in result.repairs] == ["cells_skipped"]


@pytest.mark.parametrize(
    "metadata",
    [None, [], "x", {"nbgrader": "solution"}, {"nbgrader": {"grade_id": ["a"]}}, {"tags": 3}],
)
def test_odd_metadata_means_no_id(metadata):
    raw = {"cell_type": "code", "source": "x = 1", "metadata": metadata}
    result = read_submission(save({"cells": [raw], "metadata": metadata}))
    assert [(c.source, c.grade_id) for c in result.cells] == [("x = 1", None)]


def test_only_type_text_and_id_are_taken():
    raw = code("x", tags=["skip-execution"], nbgrader={"grade_id": "a", "points": 99})
    raw |= {"outputs": [{"output_type": "stream", "text": "2"}], "attachments": {"a": {}}}
    result = read_submission(save(notebook([raw])))
    assert vars(result.cells[0]) == {
        "cell_type": "code",
        "source": "x",
        "grade_id": "a",
        "position": 0,
    }


def test_limits_on_cells_and_text():
    limits = IntakeLimits(cells=3, cell_characters=10, all_characters=25)
    assert read_submission(save(notebook([code("x")] * 4)), limits).kind == "too_large"
    assert read_submission(save(notebook([code("x" * 9)] * 3)), limits).kind == "too_large"
    result = read_submission(save(notebook([code("x" * 11), code("y")])), limits)
    assert [c.source for c in result.cells] == ["y"]
    assert [repair.kind for repair in result.repairs] == ["cells_too_long"]
    assert "at most 10 characters" in result.repairs[0].for_student


def test_a_pasted_picture_does_not_cost_the_written_answer():
    text = "My sketch ![net](data:image/png;base64," + "A" * (MiB + 4) + ") shows two paths."
    result = read_submission(save(notebook([cell("markdown", text)])))
    assert result.cells[0].source == "My sketch ![net]() shows two paths."
    assert [repair.kind for repair in result.repairs] == ["pictures_dropped"]


@pytest.mark.parametrize(
    ("metadata", "cell_metadata", "application"),
    [
        ({"colab": {"provenance": []}}, {}, COLAB),
        ({}, {"executionInfo": {"status": "ok"}}, COLAB),
        ({"vscode": {"interpreter": {"hash": "ab"}}}, {}, VS_CODE),
        ({}, {"vscode": {"languageId": "python"}}, VS_CODE),
        ({}, {"trusted": True}, JUPYTERLAB),
        ({}, {}, UNKNOWN),
    ],
)
def test_application_is_named_as_far_as_metadata_says(metadata, cell_metadata, application):
    nb = notebook([code("x", **cell_metadata)], **metadata)
    assert read_submission(save(nb)).application == application


@pytest.mark.parametrize(
    ("metadata", "cell_metadata"),
    [
        ({}, {"executionInfo": {"user": {"displayName": "Ada Lovelace", "userId": "1815"}}}),
        ({"colab": {"provenance": [{"file_id": "1815-ada-lovelace"}]}}, {}),
        ({"authors": [{"name": "Ada Lovelace 1815"}]}, {}),
    ],
)
def test_personal_data_is_dropped_and_not_repeated(metadata, cell_metadata):
    result = read_submission(save(notebook([code("x", **cell_metadata)], **metadata)))
    assert [repair.kind for repair in result.repairs] == ["personal_data_dropped"]
    assert "lovelace" not in repr(result).lower()
    assert "1815" not in repr(result)


@pytest.mark.parametrize(
    "data",
    [
        b'{"a": "' + b'\\"' * (9 * MiB),
        b'{"a": ' + b'"",' * (6 * MiB),
        b'{"a": "' + b"\\" * (19 * MiB),
        b'{"cells": [' + b"0," * (9 * MiB) + b"0]}",
        b"[]" * (9 * MiB),
        b"{" + b"}" * (19 * MiB),
    ],
)
def test_hostile_files_are_refused_quickly(data):
    started = time.process_time()
    assert isinstance(read_submission(data), Unreadable)
    assert time.process_time() - started < 6
