"""What is wrong with a CSV file of a corpus, and where: refused with file, line, column, expected and found."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data_spec.challenge import Challenge
from data_spec.csv_files import (
    CsvError,
    CsvFault,
    read_labels,
    read_stream,
    read_template,
    write_stream,
    write_template,
)
from data_spec.modality import Modality
from data_spec.stream import Stream

NAMED = Modality(name="body", folder="body", rate=50, features=3, header="names")
UNNAMED = NAMED.model_copy(update={"header": "ignored"})

# One file that each example overwrites is enough.
one_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)

bad_numbers = st.sampled_from(
    ["", " ", "nan", "NaN", "-nan", "inf", "-Infinity", "1e999", "abc", "1_000", "0x1F", "1 2", "--1", "1e", ".", "1;2",
     '"1"', "1.2.3", "true", "None", "١", "é", "=1+1", "\x00", "1\x0b"]
)  # fmt: skip


def fault_of(read: Callable[[], object]) -> CsvFault:
    """The fault for which a file is refused; its message holds all of it."""
    with pytest.raises(CsvError) as caught:
        read()
    fault = caught.value.fault
    message = str(caught.value)
    assert str(fault.file) in message
    assert fault.line is None or f"line {fault.line}" in message
    assert fault.column is None or repr(fault.column) in message
    assert f"expected {fault.expected}, found {fault.found}" in message
    return fault


@one_folder
@given(
    frames=st.integers(1, 40),
    modality=st.sampled_from([NAMED, UNNAMED]),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from(["", "\ufeff"]),
    bad=bad_numbers,
    data=st.data(),
)
def test_a_cell_that_is_no_number_is_refused_with_its_line_and_column(
    tmp_path: Path, frames: int, modality: Modality, end: str, mark: str, bad: str, data: st.DataObject
) -> None:
    header = ["Time", "a", "b", "c"]
    table = [[f"{row}.25", "1.5", "-2", "3e-5"] for row in range(frames)]
    row, column = data.draw(st.integers(0, frames - 1)), data.draw(st.integers(0, 3))
    table[row][column] = bad
    path = tmp_path / "id0.csv"
    path.write_bytes((mark + end.join(map(",".join, [header, *table])) + end).encode())
    fault = fault_of(lambda: read_stream(path, modality))
    expected_column = header[column] if modality is NAMED or column == 0 else str(column)
    assert (fault.file, fault.line, fault.column) == (path, row + 2, expected_column)
    assert fault.expected == "a number"
    assert fault.found == (repr(bad) if bad else "nothing")


@one_folder
@given(frames=st.integers(1, 40), fields=st.integers(0, 9).filter(lambda n: n != 4), data=st.data())
def test_a_row_of_another_length_is_refused_with_its_line(
    tmp_path: Path, frames: int, fields: int, data: st.DataObject
) -> None:
    lines = ["Time,a,b,c", *(f"{row},1,2,3" for row in range(frames)), "1000,1,2,3"]
    row = data.draw(st.integers(0, frames - 1))
    lines[row + 1] = ",".join(["5"] * fields)
    path = tmp_path / "id0.csv"
    path.write_text("\n".join(lines))
    fault = fault_of(lambda: read_stream(path, NAMED))
    assert (fault.line, fault.column, fault.expected) == (row + 2, None, "4 columns")
    assert fault.found == (str(fields) if fields else "an empty line")


@one_folder
@given(frames=st.integers(2, 40), back=st.floats(0, 3), data=st.data())
def test_a_time_that_does_not_go_on_is_refused_with_its_line(
    tmp_path: Path, frames: int, back: float, data: st.DataObject
) -> None:
    times = np.arange(frames, dtype=np.float64) + 10
    row = data.draw(st.integers(1, frames - 1))
    times[row] = times[row - 1] - back
    path = tmp_path / "id0.csv"
    write_stream(path, Stream(times, np.ones((frames, 3), dtype=np.float32)), NAMED)
    fault = fault_of(lambda: read_stream(path, NAMED))
    assert (fault.line, fault.column) == (row + 2, "Time")
    assert fault.expected == f"a time after {9 + row}"
    assert float(fault.found) == times[row]


@pytest.mark.parametrize(
    ("content", "modality", "line", "column", "expected", "found"),
    [
        (b"", NAMED, 1, None, "a header", "an empty file"),
        (b"", UNNAMED, 1, None, "a header", "an empty file"),
        (b"Time,a,b,c", NAMED, 2, None, "at least one row", "the end of the file"),
        (b"Time,a,b,c\n", NAMED, 2, None, "at least one row", "the end of the file"),
        (b"\xef\xbb\xbfTime,a,b,c\r\n\r\n", NAMED, 2, None, "at least one row", "the end of the file"),
        (b"0.5,1,2,3\n", UNNAMED, 2, None, "at least one row", "the end of the file"),
        (b"Time,a,b\n0,1,2\n", NAMED, 1, None, "4 columns", "3"),
        (b"Time,a,b,c,d\n0,1,2,3\n", NAMED, 1, None, "4 columns", "5"),
        (b"Time;a;b;c\n0;1;2;3\n", NAMED, 1, None, "4 columns", "1"),
        (b"time,a,b,c\n0,1,2,3\n", NAMED, 1, None, "a header that begins with 'Time'", "'time'"),
        (b"0.5,1,2,3\n1,1,2,3\n", NAMED, 1, None, "a header that begins with 'Time'", "'0.5'"),
        (b"\xff\xfeT\x00i\x00m\x00e\x00\n", NAMED, 1, None, "a header in UTF-8", "bytes that are not"),
        (b"Time,a,b,c\n\n0,1,2,3\n", NAMED, 2, None, "4 columns", "an empty line"),
        (b"Time,a,b,c\n0,1,2,3\n\n1,1,2,3\n2,1,2,x\n", NAMED, 3, None, "4 columns", "an empty line"),
        (b"Time,a,b,c\n0,1,\xff,3\n", NAMED, 2, "b", "a number", "'\ufffd'"),
        (b"Time,a,b,c\n0,1,\"2\n\",3\n", NAMED, 2, None, "4 columns", "3"),
        (b"Time,a,b,c\n0,1,2," + b"9" * 50 + b"x\n", NAMED, 2, "c", "a number", repr("9" * 39 + "…")),
        (b"Time,a,b,c\n0,1,2,3\n1,1,3.5e38,3\n", NAMED, 3, "b", "a number that 32 bits can hold", "3.5e+38"),
        (b"Time,a,b,c\n0,1,2,\x1b[31m\n", NAMED, 2, "c", "a number", r"'\x1b[31m'"),
    ],
)  # fmt: skip
def test_a_broken_stream_is_refused_with_its_place(
    tmp_path: Path, content: bytes, modality: Modality, line: int, column: str | None, expected: str, found: str
) -> None:
    (tmp_path / "id0.csv").write_bytes(content)
    fault = fault_of(lambda: read_stream(tmp_path / "id0.csv", modality))
    assert (fault.line, fault.column, fault.expected, fault.found) == (line, column, expected, found)


LABELS_HEADER = "Time,Call,Song,No sound,Certainty"


@pytest.mark.parametrize(
    ("lines", "line", "column", "expected", "found"),
    [
        (["Time,Song,Call,No sound,Certainty", "0,1,0,0,1"], 1, "Call", f"the header {LABELS_HEADER}", "'Song'"),
        (["Time,Call,Song,No sound,Agreement", "0,1,0,0,1"], 1, "Certainty", f"the header {LABELS_HEADER}",
         "'Agreement'"),
        ([LABELS_HEADER, "0,1,0,0,1", "1,1,0,0,1.01"], 3, "Certainty", "0 to 1", "1.01"),
        ([LABELS_HEADER, "0,1,0,0,1", "1,1,0,0,-0.1"], 3, "Certainty", "0 to 1", "-0.1"),
        ([LABELS_HEADER, "0,1,0,0,1", "1,0,0.5,0,1"], 3, "Song", "0 or 1", "0.5"),
        ([LABELS_HEADER, "0,1,0,0,1", "1,0,2,-1,1"], 3, "Song", "0 or 1", "2"),
        ([LABELS_HEADER, "0,1,0,0,1", "1,0,1,1,1"], 3, None, "one label with a 1", "2 of them"),
        ([LABELS_HEADER, "0,1,0,0,1", "1,1,1,0,0.5"], 3, None, "one label with a 1", "2 of them"),
        ([LABELS_HEADER, "0,0,0,0,0.5", "1,0,0,0,0.51"], 3, None, "one label with a 1", "0 of them"),
        ([LABELS_HEADER, "0,1,0,0,1", "1,1,0,0,nan"], 3, "Certainty", "a number", "'nan'"),
        ([LABELS_HEADER, "0,1,0,0,1", "0,1,0,0,1"], 3, "Time", "a time after 0", "0"),
        ([LABELS_HEADER], 2, None, "at least one row", "the end of the file"),
    ],
)  # fmt: skip
def test_broken_labels_are_refused_with_their_place(
    tmp_path: Path, bird_calls: Challenge, lines: Sequence[str], line: int, column: str, expected: str, found: str
) -> None:
    (tmp_path / "id0.csv").write_text("\n".join(lines))
    fault = fault_of(lambda: read_labels(tmp_path / "id0.csv", bird_calls.task))
    assert (fault.line, fault.column, fault.expected, fault.found) == (line, column, expected, found)


def test_a_template_of_another_challenge_is_refused(tmp_path: Path, merc2017: Challenge, bird_calls: Challenge) -> None:
    other = merc2017.task.model_copy(update={"labels": ("Call", "Song", "Silence")})
    write_template(tmp_path / "id0.csv", np.arange(3.0), bird_calls.task)
    fault = fault_of(lambda: read_template(tmp_path / "id0.csv", other))
    assert (fault.line, fault.column, fault.found) == (1, "Silence", "'No sound'")


@pytest.mark.parametrize("kind", ["nothing", "a folder", "a link to nothing"])
def test_a_file_that_cannot_be_opened_is_refused_by_its_name(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "id0.csv"
    if kind == "a folder":
        path.mkdir()
    elif kind == "a link to nothing":
        path.symlink_to("nowhere")
    fault = fault_of(lambda: read_stream(path, NAMED))
    assert (fault.line, fault.expected) == (None, "a readable file")


@one_folder
@given(
    content=st.binary(max_size=200)
    | st.text("0123456789.,-+eE \t\r\n\"nai", max_size=200).map(lambda text: b"Time,a,b,c\n" + text.encode()),
    modality=st.sampled_from([NAMED, UNNAMED]),
)  # fmt: skip
def test_whatever_a_file_holds_it_is_read_or_refused_and_nothing_else_happens(
    tmp_path: Path, content: bytes, modality: Modality
) -> None:
    (tmp_path / "id0.csv").write_bytes(content)
    with contextlib.suppress(CsvError):
        stream = read_stream(tmp_path / "id0.csv", modality)
        assert stream.values.shape == (len(stream.times), 3)
        assert np.isfinite(stream.values).all()
        assert (np.diff(stream.times) > 0).all()
