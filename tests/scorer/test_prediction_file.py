"""One prediction file: every legal way to write it passes, every change of what it says is refused in its row."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scorer.prediction_file import MAX_FAULTS, FileVerdict, PredictionReader
from scorer.row_values import OneHotValues

LABELS = ("Anger", "Sad", "Disgust", "Happy", "Scared", "Neutral")
HEADER = ("Time", *LABELS)
TOLERANCE = 1e-6
TIMES = np.array([0.5, 0.51, 0.52])
ROWS = ["0.5,1,0,0,0,0,0", "0.51,0,0,0,1,0,0", "0.52,0,0,0,0,0,1"]


def lines_of(rows: Sequence[str], header: Sequence[str] = HEADER) -> bytes:
    return "".join(f"{line}\n" for line in [",".join(header), *rows]).encode()


def read(content: bytes, times: np.ndarray = TIMES) -> FileVerdict:
    return PredictionReader(HEADER, OneHotValues(HEADER[1:]), TOLERANCE).read("prediction/id0.csv", content, times)


def with_row(row: int, text: str) -> bytes:
    """The legal file with another text in a row of the editor."""
    return lines_of([text if number == row else line for number, line in enumerate(ROWS, start=2)])


def the_fault(content: bytes) -> tuple[int | None, str | None, str, str]:
    faults = read(content).faults
    assert len(faults) == 1
    assert faults[0].file == "prediction/id0.csv"
    return faults[0].row, faults[0].column, faults[0].expected, faults[0].found


def test_the_label_of_each_frame_is_the_column_with_the_one():
    verdict = read(lines_of(ROWS))
    assert verdict == FileVerdict(verdict.values)
    assert verdict.values.tolist() == [0, 3, 5]
    assert verdict.values.dtype == np.int8


@pytest.mark.parametrize(
    "content",
    [
        lines_of(ROWS).replace(b"\n", b"\r\n"),
        lines_of(ROWS).replace(b"\n", b"\r\n", 2),
        b"\xef\xbb\xbf" + lines_of(ROWS),
        lines_of(ROWS).removesuffix(b"\n"),
        lines_of(ROWS).replace(b"\n", b"\r\n").removesuffix(b"\r\n"),
        with_row(2, "0.5,1.0,0.0,0,0.0,0,0"),
        with_row(2, "0.5000009,1,0,0,0,0,0"),
        with_row(2, "5e-1,1,0,0,0,0,0"),
        with_row(2, "+.5E0,1,0,0,0,0,0"),
        with_row(2, "0.50000000000000000000000000001,1,0,0,0,0,0"),
    ],
    ids=["CRLF", "mixed", "BOM", "no last LF", "no last CRLF", "floats", "tolerance", "exponent", "sign", "digits"],
)
def test_another_spelling_of_the_same_is_legal(content: bytes):
    assert read(content).faults == ()
    assert read(content).values.tolist() == [0, 3, 5]


@pytest.mark.parametrize(
    "value",
    ["", "+1", "-0", "1e0", " 1", "1 ", "1.00", "1.", ".0", "00", "2", "0.5", "nan", "inf", "true", '"1"', "１"],
)
def test_a_value_other_than_0_1_and_their_floats_is_refused_with_row_and_column(value: str):
    row, column, expected, found = the_fault(with_row(3, f"0.51,0,{value},0,1,0,0"))
    assert (row, column, expected) == (3, "Sad", "0 or 1")
    assert found == repr(value)


@pytest.mark.parametrize("value", ["1\r", "\0", "0\0", "\u202e1"])
def test_characters_that_cannot_be_seen_are_refused_and_shown(value: str):
    row, column, _, found = the_fault(with_row(3, f"0.51,0,{value},0,1,0,0"))
    assert (row, column, found) == (3, "Sad", repr(value))


def test_bytes_that_are_no_text_are_refused_with_row_and_column():
    content = lines_of(ROWS).replace(b"0.51,0,0", b"0.51,0,\xff\xfe")
    assert the_fault(content)[:2] == (3, "Sad")


@pytest.mark.parametrize(
    ("one_hot", "found"), [("0,0,0,0,0,0", "none"), ("0,1,0,0,0,1.0", "Sad and Neutral"), ("0.0,0,0,0,0,0", "none")]
)
def test_a_row_without_exactly_one_1_is_refused(one_hot: str, found: str):
    assert the_fault(with_row(4, f"0.52,{one_hot}")) == (4, None, "one 1 among the labels", found)


@pytest.mark.parametrize(
    "time",
    [
        "0.511",
        "0.510001",
        "-0.51",
        "nan",
        "NaN",
        "inf",
        "1e999",
        "",
        " 0.51",
        "0.51 ",
        "0_0.51",
        "0x1",
        "１",
        "e",
    ],
)
def test_another_time_is_refused_with_its_row(time: str):
    content = with_row(3, f"{time},0,0,0,1,0,0")
    assert the_fault(content) == (3, "Time", "0.51", repr(time))


@pytest.mark.parametrize(
    ("row", "found"), [("0.51,0,0,0,1,0", "6"), ("0.51,0,0,0,1,0,0,0", "8"), ("0.51", "1"), ("0.51,", "2")]
)
def test_a_row_with_another_number_of_columns_is_refused(row: str, found: str):
    assert the_fault(with_row(3, row)) == (3, None, "7 columns", found)


def test_an_empty_line_between_rows_is_refused_where_it_is():
    content = lines_of([ROWS[0], "", *ROWS[1:]])
    first, last = read(content).faults
    assert (first.row, first.found) == (3, "an empty line")
    assert (last.row, last.expected) == (5, "the end of the file after 3 rows")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n\n"])
def test_an_empty_line_at_the_end_is_a_row_too_many(end: str):
    assert the_fault(lines_of(ROWS) + end.encode()) == (5, None, "the end of the file after 3 rows", "an empty line")


def test_a_row_too_few_is_refused_with_the_row_where_the_file_ends():
    expected = "a row for the time 0.52 (row 4 of 4)"
    assert the_fault(lines_of(ROWS[:2])) == (4, None, expected, "the end of the file")
    assert the_fault(lines_of([]))[0] == 2


def test_a_row_too_many_is_refused_with_its_row_and_text():
    content = lines_of([*ROWS, "0.53,1,0,0,0,0,0", "0.54,1,0,0,0,0,0"])
    assert the_fault(content) == (5, None, "the end of the file after 3 rows", "'0.53,1,0,0,0,0,0'")


def test_a_row_left_out_is_named_once_and_not_with_every_time_behind_it():
    first, last = read(lines_of([ROWS[0], ROWS[2]])).faults
    assert (first.row, first.column, first.expected, first.found) == (3, "Time", "0.51", "'0.52'")
    assert (last.row, last.found) == (4, "the end of the file")


@pytest.mark.parametrize(
    ("header", "column"),
    [
        (("Time", *reversed(LABELS)), "Anger"),
        (("time", *LABELS), "Time"),
        ((*HEADER[:2], "sad", *HEADER[3:]), "Sad"),
        (HEADER[:-1], "Neutral"),
        ((*HEADER, "Agreement score"), None),
        (("", *HEADER), "Time"),
        (tuple(f'"{name}"' for name in HEADER), "Time"),
        ((), "Time"),
        (("Time ", *LABELS), "Time"),
    ],
)
def test_another_header_is_refused_in_row_1(header: tuple[str, ...], column: str | None):
    row, named, expected, _ = the_fault(lines_of(ROWS, header))
    assert (row, named) == (1, column)
    assert expected == "the header Time,Anger,Sad,Disgust,Happy,Scared,Neutral"


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"\xef\xbb\xbf", lines_of(ROWS).replace(b"\n", b"\r"), lines_of(ROWS).decode().encode("utf-16")],
)
def test_what_is_no_such_text_at_all_is_refused_in_row_1(content: bytes):
    assert the_fault(content)[0] == 1


def test_a_long_list_of_faults_is_cut_and_the_other_rows_are_counted():
    times = np.arange(4000) / 100
    verdict = read(lines_of([f"{time + 1},1,0,0,0,0,0" for time in times]), times)
    assert len(verdict.faults) == MAX_FAULTS
    assert [fault.row for fault in verdict.faults] == list(range(2, 2 + MAX_FAULTS))
    assert verdict.further_rows == 4000 - MAX_FAULTS


def test_what_is_shown_of_a_file_is_short_and_has_no_control_characters():
    *_, found = the_fault(with_row(3, "0.51,0,0,0,\x1b[31m" + "9" * 10_000 + ",0,0"))
    assert len(found) < 100
    assert found.isprintable()


def test_every_fault_of_a_row_is_named():
    faults = read(with_row(3, "9,2,0,x,1,0,0")).faults
    assert [(fault.row, fault.column) for fault in faults] == [(3, "Time"), (3, "Anger"), (3, "Disgust")]


# Property tests: any template, any legal spelling of it, and any one change.

templates = st.integers(1, 12).flatmap(
    lambda frames: st.floats(0, 122).map(lambda start: start + np.arange(frames) / 100)
)
zeros, ones = st.sampled_from(["0", "0.0"]), st.sampled_from(["1", "1.0"])


@st.composite
def spelt_times(draw: st.DrawFn, time: float) -> str:
    moved = time + draw(st.floats(-9e-7, 9e-7))
    return draw(st.sampled_from(["{:.17g}", "{!r}", "{:.12e}", "{:.9f}", "{:+.9f}"])).format(moved)


@st.composite
def legal_files(draw: st.DrawFn) -> tuple[np.ndarray, list[int], list[list[str]]]:
    """Times, labels, and the fields of each row."""
    times = draw(templates)
    labels = [draw(st.integers(0, 5)) for _ in times]
    rows = [
        [draw(spelt_times(float(time))), *(draw(ones) if label == other else draw(zeros) for other in range(6))]
        for time, label in zip(times, labels, strict=True)
    ]
    return times, labels, rows


def joined(rows: Sequence[Sequence[str]]) -> list[str]:
    return [",".join(fields) for fields in rows]


@given(legal_files(), st.sampled_from([b"\n", b"\r\n"]), st.booleans(), st.booleans())
def test_any_template_filled_legally_passes(file, line_end: bytes, mark: bool, last_end: bool):
    times, labels, rows = file
    content = lines_of(joined(rows)).replace(b"\n", line_end)
    content = (b"\xef\xbb\xbf" if mark else b"") + (content if last_end else content.removesuffix(line_end))
    verdict = read(content, times)
    assert verdict.faults == ()
    assert verdict.values.tolist() == labels


@given(legal_files(), st.data())
def test_any_other_value_in_any_row_is_refused_in_this_row_and_column(file, data: st.DataObject):
    times, _, rows = file
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(1, 6))
    legal = {"0", "0.0", "1", "1.0"}
    value = data.draw(
        st.text(st.characters(codec="utf-8", exclude_characters=",\r\n")).filter(lambda v: v not in legal)
    )
    rows[row][column] = value
    (fault,) = read(lines_of(joined(rows)), times).faults
    assert (fault.row, fault.column) == (row + 2, LABELS[column - 1])


@given(legal_files(), st.data())
def test_flipping_any_value_in_any_row_is_refused_in_this_row(file, data: st.DataObject):
    times, labels, rows = file
    row, column = data.draw(st.integers(0, len(rows) - 1)), data.draw(st.integers(0, 5))
    rows[row][column + 1] = "0" if column == labels[row] else "1"
    (fault,) = read(lines_of(joined(rows)), times).faults
    assert (fault.row, fault.expected) == (row + 2, "one 1 among the labels")


@given(legal_files(), st.data())
def test_moving_any_time_is_refused_in_this_row(file, data: st.DataObject):
    times, _, rows = file
    row = data.draw(st.integers(0, len(rows) - 1))
    moved = data.draw(st.floats(1.1e-6, 1e6)) * data.draw(st.sampled_from([-1, 1]))
    rows[row][0] = repr(float(times[row]) + moved)
    (fault,) = read(lines_of(joined(rows)), times).faults
    assert (fault.row, fault.column) == (row + 2, "Time")


@given(legal_files(), st.data())
def test_leaving_out_or_repeating_any_row_is_refused_where_the_times_part(file, data: st.DataObject):
    times, _, rows = file
    row = data.draw(st.integers(0, len(rows) - 1))
    without = read(lines_of(joined(rows[:row] + rows[row + 1 :])), times).faults
    assert without[0].row == row + 2
    twice = read(lines_of(joined(rows[: row + 1] + rows[row:])), times).faults
    assert twice[0].row == row + 3


@given(legal_files(), st.data())
def test_exchanging_any_two_rows_is_refused_in_both(file, data: st.DataObject):
    times, _, rows = file
    if len(rows) < 2:
        return
    first, second = sorted(data.draw(st.sets(st.integers(0, len(rows) - 1), min_size=2, max_size=2)))
    rows[first], rows[second] = rows[second], rows[first]
    faults = read(lines_of(joined(rows)), times).faults
    assert [(fault.row, fault.column) for fault in faults] == [(first + 2, "Time"), (second + 2, "Time")]


@given(st.permutations(HEADER))
def test_any_other_order_of_columns_is_refused_in_row_1(header: Sequence[str]):
    if tuple(header) != HEADER:
        assert the_fault(lines_of(ROWS, header))[0] == 1


@given(st.binary(max_size=300), st.integers(0, 80), st.integers(0, 80))
def test_no_bytes_whatever_raise(noise: bytes, start: int, length: int):
    content = lines_of(ROWS)
    read(noise)
    read(content[:start] + noise + content[start + length :])


def test_the_largest_file_allowed_grows_with_the_labels():
    columns = ("Time", *(f"label{number}" for number in range(120)))
    reader = PredictionReader(columns, OneHotValues(columns[1:]), TOLERANCE)
    row = "0.5,1.0" + ",0.0" * 119
    content = lines_of([row] * 3, columns).replace(b"\n", b"\r\n")
    assert len(content) <= reader.most_bytes(TIMES)
    assert reader.most_bytes(TIMES) < 2 * len(content)
