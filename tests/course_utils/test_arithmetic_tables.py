"""The layer table reads well as HTML, as text and in IPython."""

from html.parser import HTMLParser

import pytest
from IPython.core.formatters import DisplayFormatter
from IPython.core.interactiveshell import InteractiveShell

from course_utils.arithmetic.tables import LayerTable

ROWS = [
    {"name": "a<b>", "type": "Conv2D", "output_shape": (6, 6, 8), "params": 1224, "macs": 2448},
    {"name": "flat", "type": "Flatten", "output_shape": (288,), "params": 0, "macs": 0},
]


class Cells(HTMLParser):
    """Collects (tag, scope, text) of each cell, and the caption."""

    def __init__(self, html):
        super().__init__()
        self.cells, self.caption, self.open, self.path = [], "", None, []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.path.append(tag)
        if tag in ("th", "td"):
            self.cells.append([tag, dict(attrs).get("scope"), "", self.path[1]])

    def handle_endtag(self, tag):
        assert self.path.pop() == tag

    def handle_data(self, data):
        if self.path[-1] == "caption":
            self.caption += data
        else:
            self.cells[-1][2] += data


def test_html_is_a_table_a_screen_reader_can_announce():
    page = Cells(LayerTable(ROWS, "tiny & small")._repr_html_())
    assert page.path == []
    assert "tiny & small" in page.caption
    headers = [cell for cell in page.cells if cell[3] == "thead"]
    assert {tuple(cell[:2]) for cell in headers} == {("th", "col")}
    first_cells = [cell for cell in page.cells if cell[1] == "row"]
    assert [cell[2] for cell in first_cells] == ["a<b>", "flat", "Total"]
    assert len(page.cells) == len(headers) * (len(ROWS) + 2)
    assert [cell[2] for cell in page.cells if cell[3] == "tfoot"][-2:] == ["1,224", "2,448"]


def test_text_has_a_row_each_and_the_totals():
    title, header, *body, total = repr(LayerTable(ROWS, "tiny")).splitlines()
    assert title == "tiny"
    assert len(body) == len(ROWS)
    assert "(6, 6, 8)" in body[0]
    assert total.split() == ["Total", "1,224", "2,448"]
    assert len({len(line) for line in (header, *body, total)}) == 1


def test_an_undefined_number_makes_an_undefined_total():
    table = LayerTable([*ROWS, {**ROWS[0], "macs": None}], "tiny")
    assert (table.total("params"), table.total("macs")) == (2448, None)
    assert repr(table).count("depends on input size") == 2


def test_it_is_a_list_of_dicts():
    table = LayerTable(ROWS, "tiny")
    assert table == ROWS
    assert [row["name"] for row in table] == ["a<b>", "flat"]


@pytest.fixture
def formatter():
    return DisplayFormatter(parent=InteractiveShell.instance())


def test_ipython_shows_both_forms(formatter):
    table = LayerTable(ROWS, "tiny")
    shown, _ = formatter.format(table)
    assert shown["text/html"] == table._repr_html_()
    assert shown["text/plain"] == repr(table)
