"""A report says something under each heading that the rules ask for."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.bundles.report import check_report

TITLES = ("Model", "Missing data")


def faults(text: str) -> list[str]:
    return [str(fault) for fault in check_report(text, TITLES)]


@pytest.mark.parametrize(
    "text",
    [
        "# Model\nA forest.\n# Missing data\nNone.\n",
        "###### MODEL ######\r\n\r\nA forest.\r\n\r\n##   missing   DATA\r\nNone.",
        "Ours\n====\nModel\n-----\nA forest.\n\nMissing data\n------------\nNone.\n",
        "## 1. Model\nA forest.\n## 2.1 **Missing data**:\nNone.\n",
        "# Model\n## Architecture\n### Trees\nA forest.\n# _Missing data_\n```\npd.isna(x)\n```\n",
        "# Missing data\nNone.\n# Model\n\n# Model\nA forest.\n",
        "Our words\n# Model\n- one\n- two\n# Missing data\n| a | b |\n|---|---|\n| 1 | 2 |\n",
    ],
)
def test_headings_of_any_level_and_spelling_are_found(text: str):
    assert faults(text) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "no heading"),
        ("Model\nA forest.\nMissing data\nNone.\n", "no heading"),
        ("# Models\nx\n# Data\ny\n", "only Models, Data"),
        ("#Model\nA forest.\n", "no heading"),
        ("    # Model\nA forest.\n", "no heading"),
        ("```\n# Model\n```\nA forest.\n", "no heading"),
        ("<!--\n# Model\nA forest.\n-->", "no heading"),
        ("####### Model\nA forest.\n", "no heading"),
        ("# x\x1b[2J\n", "only 'x\\x1b[2J'"),
        ("".join(f"# {number}\n" for number in range(12)), "only 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more"),
    ],
)
def test_a_heading_that_is_not_there_is_named_with_those_that_are(text: str, found: str):
    assert faults(text)[0] == f"REPORT.md: expected a heading 'Model', found {found}"


@pytest.mark.parametrize(
    "below",
    ["", "\n\n", "\n---\n", "\n***\n", "\n<!-- nothing yet -->\n", "\n## Architecture\n\n", "\n```\n```\n", "..."],
)
def test_a_heading_with_nothing_beneath_is_a_fault(below: str):
    text = f"# Report\nWords.\n# Model\n{below}\n# Missing data\nNone.\n"
    assert faults(text) == ["REPORT.md, row 3: expected some text under the heading 'Model', found none"]


def test_what_is_left_to_do_is_a_fault():
    text = "# Model\nTODO: a forest\n# Missing data\nTODO\nTODOS are many.\n"
    assert faults(text) == ["REPORT.md, row 2: expected your own words, found a TODO (and 1 more of them)"]
    assert faults("# Model\nA forest <!-- TODO -->\n# Missing data\nNone.\n") == []


def test_rows_are_counted_as_an_editor_does():
    text = "<!--\n\n-->\r\n# Model\rA forest.\n\x0c# Missing data\n"
    assert faults(text)[-1] == "REPORT.md, row 6: expected some text under the heading 'Missing data', found none"


def test_where_nothing_is_asked_anything_goes():
    assert check_report("TODO", ()) == []


@pytest.mark.parametrize(
    "text",
    [
        "# Model\n" * 125_000,
        "<!--" * 250_000,
        "#" * 999_999,
        "# " + "1" * 999_990,
        "# " + "1." * 499_990,
        "a\n-\n" * 250_000,
        "# " + " #" * 499_990,
        "-" * 999_999,
        "```\n" * 250_000,
        "# Model\n" + "".join(f"{'#' * (1 + n % 6)} x\n" for n in range(100_000)),
    ],
)
def test_a_megabyte_of_anything_is_read_in_seconds(text: str):
    begin = time.perf_counter()
    faults(text)
    assert time.perf_counter() - begin < 20


@given(st.text(max_size=100) | st.lists(st.sampled_from([*"#-=`~ \n*x1.", "<!--", "-->", "Model"])).map("".join))
def test_no_text_raises(text: str):
    assert all(line.isprintable() for line in faults(text))
