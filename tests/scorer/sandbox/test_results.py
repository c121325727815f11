"""Whatever bytes a sandbox hands out, they are results or they are refused in words."""

from __future__ import annotations

import io
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.sandbox.job import BrokenSandbox, Ending, Limits
from scorer.sandbox.results import OddOutput, Results, read_results
from tests.scorer.sandbox.tars import REPORT, tar

LIMITS = Limits(output_bytes=1000, files=3)


def read(content: bytes) -> Results:
    return read_results(io.BytesIO(content), LIMITS)


def test_files_and_the_report_are_read() -> None:
    results = read(tar({"files/prediction/a.csv": b"1", "files/b": b""}, {**REPORT, "out_of_memory": True}))
    assert results == Results({"prediction/a.csv": b"1", "b": b""}, 0, None, 1.5, 2048, True)


def test_a_job_that_could_not_be_started_has_a_reason_and_no_exit_code() -> None:
    results = read(tar({}, {**REPORT, "exit_code": None, "not_started": "no such file"}))
    assert (results.exit_code, results.not_started) == (None, "no such file")


@pytest.mark.parametrize(
    "report",
    [
        {},
        [],
        "text",
        3,
        b"not json",
        b"\xff",
        b"",
        b"[" * 50_000,
        b'{"exit_code": ' + b"9" * 10_000 + b"}",
        {**REPORT, "exit_code": None},
        {**REPORT, "exit_code": True},
        {**REPORT, "exit_code": 1.0},
        {**REPORT, "exit_code": "0"},
        {**REPORT, "exit_code": None, "not_started": 3},
        {**REPORT, "cpu_seconds": None},
        {**REPORT, "cpu_seconds": -1},
        {**REPORT, "cpu_seconds": float("nan")},
        {**REPORT, "cpu_seconds": float("inf")},
        {**REPORT, "cpu_seconds": "x"},
        {**REPORT, "largest_process_bytes": -1},
        {**REPORT, "largest_process_bytes": float("inf")},
        {**REPORT, "largest_process_bytes": []},
        {**REPORT, "odd": "x"},
        {**REPORT, "odd": [1, 2, 3]},
        {**REPORT, "odd": 7},
        {**REPORT, "padding": "x" * 70_000},
    ],
)
def test_a_report_that_no_launcher_writes_is_a_broken_sandbox(report: object) -> None:
    with pytest.raises(BrokenSandbox, match=r"expected the (results of the launcher|launcher's report)"):
        read(tar({}, report))


def test_without_a_report_the_launcher_did_not_come_to_its_end() -> None:
    with pytest.raises(BrokenSandbox, match="ended before its job was"):
        read(tar({"files/a": b"1"}))


@pytest.mark.parametrize("length", [0, 1, 511, 512, 700, 1024])
def test_a_tar_that_is_cut_off_is_broken(length: int) -> None:
    with pytest.raises(BrokenSandbox):
        read(tar({"files/a": b"x" * 600}, REPORT)[:length])


@pytest.mark.parametrize(
    "name",
    ["a", "/etc/passwd", "files/../a", "files//a", "files/./a", "files/", "../files/a", "files/a\n", "files/\x1b[2J",
     "files/a\\b", "files/" + "x" * 256, "files/\u202ea", "files/\udcff"],
)  # fmt: skip
def test_odd_names_are_refused(name: str) -> None:
    with pytest.raises(OddOutput, match="odd name") as refused:
        read(tar({name: b""}, REPORT))
    assert refused.value.ending is Ending.OUTPUT
    assert refused.value.reason.isprintable()


@pytest.mark.parametrize("kind", [*b"123456LKSxgVMND\x00A"])
def test_only_plain_files_are_taken(kind: int) -> None:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        info = tarfile.TarInfo("files/a")
        info.type, info.linkname = bytes([kind]), "/etc/passwd"
        archive.addfile(info)
    with pytest.raises((OddOutput, BrokenSandbox)):
        read(content.getvalue() + tar({}, REPORT))


def test_a_negative_size_makes_no_room() -> None:
    content = bytearray(tar({"files/a": b"", "files/b": b"x" * 900}, REPORT))
    content[124:136] = b"\xff" * 8 + (-5000).to_bytes(4, signed=True)
    content[148:156] = b"%06o\0 " % (256 + sum(content[:148]) + sum(content[156:512]))
    with pytest.raises((OddOutput, BrokenSandbox)):
        read(bytes(content))


def test_more_bytes_or_files_than_allowed_are_refused() -> None:
    for files, reason in (
        ({"files/a": b"x" * 1001}, "more than 1,000 bytes of output"),
        ({"files/a": b"x" * 501, "files/b": b"x" * 500}, "more than 1,000 bytes of output"),
        ({f"files/{number}": b"" for number in range(4)}, "more than 3 files"),
    ):
        with pytest.raises(OddOutput) as refused:
            read(tar(files, REPORT))
        assert (refused.value.ending, refused.value.reason) == (Ending.DISK, reason)


@pytest.mark.parametrize(
    ("report", "ending", "reason"),
    [
        ({"too_many_files": True}, Ending.DISK, "more than 3 files"),
        ({"too_many_bytes": True}, Ending.DISK, "more than 1,000 bytes of output"),
        ({"odd": ["a.csv", "lrwxrwxrwx"]}, Ending.OUTPUT, "something else than a file: 'a.csv' (lrwxrwxrwx)"),
        ({"odd": ["\n" * 500, None]}, Ending.OUTPUT, f"something else than a file: {chr(10) * 80!r} (None)"),
    ],
)
def test_what_the_launcher_finds_wrong_is_said(report: dict[str, object], ending: Ending, reason: str) -> None:
    with pytest.raises(OddOutput) as refused:
        read(tar({}, {**REPORT, **report}))
    assert (refused.value.ending, refused.value.reason) == (ending, reason)


def is_results_or_refused(content: bytes) -> None:
    try:
        results = read(content)
    except (OddOutput, BrokenSandbox):
        return
    else:
        assert sum(map(len, results.files.values())) <= LIMITS.output_bytes
        assert len(results.files) <= LIMITS.files


@given(st.binary(max_size=3000))
def test_any_bytes_are_results_or_refused(content: bytes) -> None:
    is_results_or_refused(content)


WHOLE = tar({"files/a": b"x" * 300, "files/" + "n" * 150: b"y"}, REPORT)


@given(st.lists(st.tuples(st.integers(0, len(WHOLE) - 1), st.integers(0, 255)), max_size=8), st.booleans())
def test_any_change_of_a_tar_is_results_or_refused(changes: list[tuple[int, int]], sum_again: bool) -> None:
    content = bytearray(WHOLE)
    for place, byte in changes:
        content[place] = byte
    if sum_again:  # so that the change is believed
        for header in range(0, len(content) - 512, 512):
            if content[header + 257 : header + 262] == b"ustar":
                total = 256 + sum(content[header : header + 148]) + sum(content[header + 156 : header + 512])
                content[header + 148 : header + 156] = b"%06o\0 " % total
    is_results_or_refused(bytes(content))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
KEYS = st.sampled_from(["exit_code", "not_started", "cpu_seconds", "largest_process_bytes", "odd", "too_many_files"])


@given(st.dictionaries(KEYS, JSON))
def test_any_report_is_results_or_refused(report: dict[str, object]) -> None:
    is_results_or_refused(tar({}, {**REPORT, **report}))


@given(st.dictionaries(st.text(max_size=20), st.binary(max_size=50), max_size=5))
def test_any_names_are_results_or_refused(files: dict[str, bytes]) -> None:
    is_results_or_refused(tar({f"files/{name}": data for name, data in files.items()}, REPORT))
