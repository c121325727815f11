from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.environments.environment import EnvironmentRefused
from scorer.environments.requirements import read_requirements

HASH = "0123456789abcdef" * 4

LOCK = f"""\
# This file is made by pip-compile
--index-url https://pypi.org/simple
--extra-index-url=https://example.org/simple

numpy==2.4.6 \\
    --hash=sha256:{HASH} \\
    --hash=sha256:{HASH[::-1]}
    # via -r requirements.in
Keras_Hub[nlp] >= 1, != 1.5 ; python_version > "3"  # the newest
"""


def test_a_lock_of_pip_compile_is_read() -> None:
    numpy, keras = read_requirements(LOCK)
    assert (numpy.name, str(numpy.requirement.specifier), numpy.row) == ("numpy", "==2.4.6", 5)
    assert numpy.hashes == {HASH, HASH[::-1]}
    assert (keras.name, keras.requirement.extras, keras.hashes, keras.row) == ("keras-hub", {"nlp"}, frozenset(), 9)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "# nothing\n", "\ufeff# nothing", "-i https://pypi.org/simple", "\\\n\\\n"]
)
def test_a_text_may_ask_for_nothing(text: str) -> None:
    assert read_requirements(text) == ()


@pytest.mark.parametrize(
    "line", ["-r other.txt", "-c constraints.txt", "-e .", "--editable=.", "--no-binary=:all:", "--pre", "-rother.txt"]
)
def test_an_option_that_would_make_pip_read_or_run_something_is_refused(line: str) -> None:
    with pytest.raises(
        EnvironmentRefused, match=r"line 2: expected a requirement such as numpy==2\.4\.6, found the opt"
    ):
        read_requirements(f"numpy\n{line}\n")


@pytest.mark.parametrize(
    "line", ["./mine", "mine.whl", "file:///etc/passwd", "https://example.org/x.whl", "..", "a b c"]
)
def test_a_path_or_an_address_is_refused(line: str) -> None:
    with pytest.raises(EnvironmentRefused, match="line 1: expected a requirement"):
        read_requirements(line)


def test_a_requirement_with_an_address_is_refused() -> None:
    with pytest.raises(EnvironmentRefused, match="line 1: expected a version of mine, found an address"):
        read_requirements("mine @ file:///bundle/mine.whl")


@pytest.mark.parametrize("found", ["md5:0123", "sha256:0123", f"sha512:{HASH}{HASH}", f"sha256:{HASH.upper()}"])
def test_another_hash_than_sha256_is_refused(found: str) -> None:
    with pytest.raises(EnvironmentRefused, match="64 hexadecimal digits"):
        read_requirements(f"numpy==2 --hash={found}")


def test_a_marker_that_no_end_can_be_seen_of_is_refused() -> None:
    with pytest.raises(EnvironmentRefused, match=r"line 1: expected at most 1,000 characters"):
        read_requirements("a; " + "(" * 100_000)
    with pytest.raises(EnvironmentRefused, match="expected at most 2,000,000 characters"):
        read_requirements("a\n" * 1_100_000)
    with pytest.raises(EnvironmentRefused, match="expected at most 5,000, found 5,001"):
        read_requirements("a\n" * 5_001)


def test_a_marker_decides_whether_a_requirement_applies() -> None:
    lines = ['a; python_version > "3"', 'b; sys_platform == "win32"', 'c; extra == "x"', "d"]
    assert [one.name for one in read_requirements("\n".join(lines)) if one.applies] == ["a", "d"]


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused_with_its_line(text: str) -> None:
    said = ""
    try:
        assert all(one.row >= 1 and one.name for one in read_requirements(text))
    except EnvironmentRefused as refusal:
        said = str(refusal)
    assert not said or (said.startswith("requirements, line ") and said.isprintable())


@given(
    st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,20}[A-Za-z0-9])?", fullmatch=True),
    st.from_regex(r"(==|>=|~=|<)[0-9]{1,4}\.[0-9]{1,4}", fullmatch=True),
    st.lists(st.from_regex(r"[0-9a-f]{64}", fullmatch=True), max_size=3),
)
def test_what_is_written_is_read(name: str, version: str, hashes: list[str]) -> None:
    pins = "".join(f" \\\n    --hash=sha256:{digest}" for digest in hashes)
    (one,) = read_requirements(f"{name}{version}{pins}\n")
    assert (one.requirement.name, str(one.requirement.specifier), one.hashes) == (name, version, frozenset(hashes))
