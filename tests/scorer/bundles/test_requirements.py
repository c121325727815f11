"""Requirements name packages and versions; they do not say where to fetch from."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.bundles.requirements import MOST_FAULTS, MOST_REQUIREMENTS, check_requirements, choose
from scorer.environments.requirements import read_requirements

HASH = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# nothing\n\n",
        "numpy",
        "numpy==2.4.6\npandas>=2,<4  # tables\n",
        "\ufeffnumpy==2.4.6\r\nscipy==1.17.1\r\n",
        "tensorflow[and-cuda]==2.21.0 ; python_version >= '3.9'",
        f"numpy==2.4.6 \\\n    --hash={HASH} \\\n    --hash={HASH}\n    # via pandas\nsix==1.17.0 --hash={HASH}\n",
    ],
)
def test_what_pip_and_its_friends_write_is_taken(text: str):
    assert check_requirements("requirements.txt", text.removeprefix("\ufeff")) == []


@pytest.mark.parametrize(
    "line",
    [
        "-e .",
        "--editable=.",
        "-r other.txt",
        "--requirement other.txt",
        "-c constraints.txt",
        "numpy @ https://example.org/numpy.whl",
        "numpy @ file:///etc/passwd",
        "https://example.org/numpy.whl",
        "git+https://example.org/numpy.git",
        "./wheels/numpy.whl",
        "numpy==",
        "numpy=2",
        "numpy scipy",
        "numpy --global-option=x",
        "numpy --hash=md5:aa",
        "import os",
        "<html>",
        "numpy; python_version",
        "numpy; " + "(" * 900,
    ],
)
def test_what_is_no_requirement_is_named_with_its_row(line: str):
    (fault,) = check_requirements("requirements.lock", f"scipy\n# a comment\n{line}\n")
    assert (fault.file, fault.row) == ("requirements.lock", 3)
    assert fault.expected == "a name and a version, such as numpy==2.4.6, and no address or file"


@pytest.mark.parametrize(
    "line",
    [
        "-i https://example.org/simple",
        "--index-url=https://example.org/simple",
        "--extra-index-url https://example.org/simple",
        "-f wheels",
        "--find-links wheels",
        "--trusted-host example.org",
    ],
)
def test_an_option_that_reaches_out_is_a_fault(line: str):
    (fault,) = check_requirements("requirements.txt", f"{line}\nnumpy\n")
    assert str(fault).startswith("requirements.txt, row 1: expected no option that says where to fetch from")


def test_every_row_is_told_up_to_a_bound():
    assert [fault.row for fault in check_requirements("requirements.txt", "a==\nb\nc==\n")] == [1, 3]
    assert len(check_requirements("requirements.txt", "a==\n" * 1000)) == MOST_FAULTS


def test_there_is_an_end_to_requirements():
    begin = time.perf_counter()
    (fault,) = check_requirements("requirements.txt", "numpy\n" * 100_000)
    assert (fault.row, fault.expected) == (MOST_REQUIREMENTS + 1, "at most 2,000 requirements")
    assert time.perf_counter() - begin < 10


def test_what_hides_behind_an_odd_line_end_is_refused():
    (fault,) = check_requirements("requirements.txt", "numpy # a comment \u2028-e .\n")
    assert str(fault) == "requirements.txt: expected requirements, one in a row, found rows that are none as a whole"


def test_a_lock_wins():
    assert choose(["requirements.txt", "requirements.lock"]) == "requirements.lock"
    assert choose(["requirements.txt"]) == "requirements.txt"
    assert choose(["x/requirements.txt"]) is None


PIECES = [
    "numpy",
    "==",
    "1.0",
    " ",
    "\n",
    "\\\n",
    "#",
    "--hash=",
    HASH,
    "-i",
    "-e",
    ";",
    "[x]",
    "@",
    "/",
    "\u2028",
    "\x0b",
]


@given(st.text(max_size=60) | st.lists(st.sampled_from(PIECES), max_size=15).map("".join))
def test_what_is_accepted_is_read_when_the_environment_is_built(text: str):
    if not check_requirements("requirements.txt", text):
        read_requirements(text)
