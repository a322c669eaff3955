"""What the README says of the benchmarks stands in their page."""

from __future__ import annotations

import re

from tests.conftest import ROOT


def test_the_readme_quotes_the_page():
    readme = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())
    quoted = re.search(
        r"For (\d+) submissions of notebook (\d\d) it took ([\d.]+) seconds "
        r"where our plugins took ([\d.]+), and ([\d.]+) when nothing had changed, "
        r"on (\d+) cores",
        readme,
    )
    assert quoted, "the README's sentence on stock nbgrader and ours has other words"
    size, notebook, *seconds, cores = quoted.groups()
    page = (ROOT / "docs" / "benchmarks.md").read_text(encoding="utf-8")
    assert f"typed. {cores} cores, " in page
    section = re.search(
        rf"^## {notebook}_\w+, {size} submissions\n(.*?)(?=^## |\Z)", page, re.M | re.S
    )
    rows = [row.strip("| ").split(" | ") for row in section[1].splitlines() if row.startswith("| ")]
    measured = {row[0]: row[1] for row in rows}
    assert [measured[one] for one in ("stock", "ours, cold", "nothing changed")] == seconds
