"""The README's table is built from the notebooks and from pyproject.toml."""

from __future__ import annotations

import re
import shutil

import pytest
from PIL import Image

from grader.exercises.catalogue import assignments
from grader.release.readme import BEGIN, NoTable, pictures, readme_text, shows
from tests.conftest import ROOT


@pytest.fixture
def fork(tmp_path):
    """A copy whose addresses can be changed."""
    for name in ("README.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    (tmp_path / "solutions").symlink_to(ROOT / "solutions")
    return tmp_path


def test_each_notebook_has_a_row_with_a_picture_a_time_and_a_badge(fork):
    rows = [line for line in readme_text(fork).splitlines() if "colab-badge.svg" in line]
    names = assignments(ROOT)
    assert len(rows) == len(names)
    for name, row in zip(names, rows, strict=True):
        assert f"notebooks/{name}/{name}.ipynb" in row
        assert re.search(r"\| \d+ min \| (9|1[0-2]) \|", row)
        assert (ROOT / re.search(r"\((docs/images/\S+?)\)", row)[1]).is_file()


def test_a_forks_addresses_reach_the_table(fork):
    path = fork / "pyproject.toml"
    path.write_text(path.read_text().replace("your-organisation/convnet-course", "ada/vision"))
    assert "github/ada/vision" in readme_text(fork)
    assert "your-organisation" not in readme_text(fork).split(BEGIN)[1].split("## ")[0]


def test_the_text_around_the_table_stays(fork):
    before = (fork / "README.md").read_text()
    (fork / "README.md").write_text(before.replace("| ", "| old "))
    assert readme_text(fork).split(BEGIN)[0] == before.replace("| ", "| old ").split(BEGIN)[0]


def test_a_readme_without_a_place_for_the_table_is_named(fork):
    (fork / "README.md").write_text("# My course\n")
    with pytest.raises(NoTable, match=re.escape("README.md: put the lines")):
        readme_text(fork)


def test_pictures_are_compared_by_what_they_show(tmp_path):
    _, picture = next(pictures(ROOT))
    picture.save(tmp_path / "a.png", compress_level=1)
    assert shows(tmp_path / "a.png", picture)
    picture.putpixel((3, 3), (1, 2, 3))
    assert not shows(tmp_path / "a.png", picture)
    assert not shows(tmp_path / "none.png", Image.new("RGB", (2, 2)))
