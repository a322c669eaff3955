"""Files as the applications students use really save them."""

import json

import pytest

from grader.intake import read_submission
from grader.intake.reader import COLAB, VS_CODE

from .builders import (
    ANSWERS,
    STUBS,
    answered,
    answers,
    extras,
    hand_in,
    index,
    kinds,
    released,
    without_ids,
)


def colab(nb, keep_metadata):
    """Save `nb` as Colab does: format 4.0, its own cell metadata, lines as lists, a name."""
    nb = nb if keep_metadata else without_ids(nb)
    for i, raw in enumerate(nb["cells"]):
        raw["source"] = raw["source"].splitlines(keepends=True)
        raw["metadata"] |= {"id": f"Xy{i:010d}"}
        if raw["cell_type"] == "code":
            user = {"displayName": "Ada Lovelace", "userId": "01234567890123456789"}
            raw["metadata"] |= {
                "colab": {"base_uri": "https://localhost:8080/"},
                "executionInfo": {"status": "ok", "elapsed": 3, "user": user, "user_tz": -60},
                "outputId": "5d1c-ab",
            }
            raw |= {"execution_count": i, "outputs": []}
    nb["metadata"] = {
        "colab": {"provenance": [], "gpuType": "T4"},
        "kernelspec": {"name": "python3", "display_name": "Python 3"},
        "accelerator": "GPU",
        "widgets": {"application/vnd.jupyter.widget-state+json": {}},
    }
    return nb | {"nbformat_minor": 0}


@pytest.mark.parametrize("keep_metadata", [True, False])
def test_colab_file_gives_all_answers(keep_metadata):
    rebuilt = hand_in(colab(answered(), keep_metadata))
    assert answers(rebuilt) == ANSWERS
    assert extras(rebuilt) == []
    assert not any("Lovelace" in repair.for_student for repair in rebuilt.repairs)
    reported = [kind for kind, _ in kinds(rebuilt)]
    assert reported[0] == "personal_data_dropped"
    if keep_metadata:
        assert reported == ["personal_data_dropped"]
    else:
        assert set(reported[1:]) == {"ids_lost", "answer_by_names", "answer_by_position"}


def test_colab_is_named():
    data = json.dumps(colab(answered(), True)).encode()
    submitted = read_submission(data)
    assert submitted.application == COLAB
    assert "Google Colab had stored personal data" in submitted.repairs[0].for_student


@pytest.mark.parametrize("keep_metadata", [True, False])
def test_untouched_colab_file_is_unanswered(keep_metadata):
    rebuilt = hand_in(colab(released(), keep_metadata))
    assert answers(rebuilt) == STUBS
    assert not any(c.answered for c in rebuilt.cells)


def test_colab_code_cell_turned_into_text():
    nb = colab(answered(), True)
    nb["cells"][index(nb, "output_size")]["cell_type"] = "markdown"
    rebuilt = hand_in(nb)
    assert answers(rebuilt) == ANSWERS
    assert ("type_restored", "output_size") in kinds(rebuilt)


def test_colab_ignores_locks_so_tests_may_be_missing():
    nb = colab(answered(), False)
    nb["cells"] = [raw for raw in nb["cells"] if "assert " not in "".join(raw["source"])]
    rebuilt = hand_in(nb)
    assert answers(rebuilt) == ANSWERS
    assert {("cell_deleted", "test_output_size"), ("cell_deleted", "test_dense_params")} <= set(
        kinds(rebuilt)
    )


def test_vs_code_file():
    nb = answered()
    for i, raw in enumerate(nb["cells"]):
        raw["id"] = f"{i:08x}"
        if raw["cell_type"] == "code":
            raw["metadata"]["vscode"] = {"languageId": "python"}
            raw |= {"execution_count": None, "outputs": []}
    nb["metadata"] = {
        "kernelspec": {"display_name": ".venv", "language": "python", "name": "python3"},
        "language_info": {"name": "python", "version": "3.12.3"},
        "orig_nbformat": 4,
        "vscode": {"interpreter": {"hash": "0f1e"}},
    }
    data = json.dumps(nb, indent=1).replace("\n", "\r\n").encode()
    assert read_submission(data).application == VS_CODE
    rebuilt = hand_in(data)
    assert answers(rebuilt) == ANSWERS
    assert rebuilt.repairs == []


def test_old_format_3_file():
    cells = []
    for raw in answered()["cells"]:
        raw = dict(raw)
        if raw["cell_type"] == "code":
            raw["input"] = raw.pop("source")
        cells.append(raw)
    nb = {"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": cells}], "metadata": {}}
    rebuilt = hand_in(nb)
    assert answers(rebuilt) == ANSWERS
    assert kinds(rebuilt) == [("old_format", None)]
