"""Rows of numbers in a prediction file: every notation passes, everything else is refused in its row and column."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_spec.challenge import load_challenge
from scorer.prediction_file import FileVerdict, PredictionReader
from scorer.row_values import NumberValues, parse_number, row_values_of

COLUMNS = ("Time", "arousal", "valence")
TIMES = np.array([0.0, 0.04])


def read(content: bytes, times: np.ndarray = TIMES) -> FileVerdict:
    values = NumberValues(COLUMNS[1:], ((-1.0, 1.0), (-1.0, 1.0)))
    return PredictionReader(COLUMNS, values, 1e-6).read("prediction/id0.csv", content, times)


def with_first_row(text: str) -> bytes:
    return f"Time,arousal,valence\n{text}\n0.04,0,0\n".encode()


in_range = st.floats(-1, 1)


@given(
    st.lists(st.tuples(in_range, in_range), min_size=2, max_size=2), st.sampled_from(["{!r}", "{:.17e}", "{:+.20f}"])
)
def test_numbers_are_read_as_they_were_written_in_any_notation(rows: list[tuple[float, float]], notation: str):
    lines = [
        ",".join([repr(time), *(notation.format(value) for value in row)])
        for time, row in zip(TIMES.tolist(), rows, strict=True)
    ]
    verdict = read("\n".join(["Time,arousal,valence", *lines]).encode())
    assert verdict.faults == ()
    assert verdict.values == pytest.approx(np.array(rows), abs=1e-16)


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("0,1.0000001,0", "arousal", "a number from -1 to 1"),
        ("0,0,-1e1", "valence", "a number from -1 to 1"),
        ("0,nan,0", "arousal", "a number from -1 to 1"),
        ("0,inf,0", "arousal", "a number from -1 to 1"),
        ("0,1e999,0", "arousal", "a number from -1 to 1"),
        ("0,,0", "arousal", "a number from -1 to 1"),
        ("0, 0,0", "arousal", "a number from -1 to 1"),
        ("0,1_0,0", "arousal", "a number from -1 to 1"),
        ('0,"0",0', "arousal", "a number from -1 to 1"),
        ("0,--1,0", "arousal", "a number from -1 to 1"),
        ("0,0x1,0", "arousal", "a number from -1 to 1"),
        ("0,١,0", "arousal", "a number from -1 to 1"),
        ("0,0", None, "3 columns"),
        ("0,0,0,0", None, "3 columns"),
        ("0.01,0,0", "Time", "0.0"),
        (f"0,{'0' * 100},0", "arousal", "a number from -1 to 1"),
    ],
)
def test_what_is_no_number_in_its_range_is_refused_in_its_row(row: str, column: str | None, expected: str):
    (fault,) = read(with_first_row(row)).faults
    assert (fault.row, fault.column, fault.expected) == (2, column, expected)


@given(st.text(alphabet="0123456789+-.eE_ xnaif", max_size=12))
def test_a_number_is_what_float_takes_without_its_extras(text: str):
    try:
        expected = float(text)
    except ValueError:
        expected = np.nan
    if set(text) & set("_ xnaif"):
        expected = np.nan
    found = parse_number(text.encode())
    assert found == expected or (np.isnan(found) and np.isnan(expected))


@pytest.mark.parametrize("name", ["mosei", "mspface", "recola"])
def test_each_column_of_a_challenge_has_its_own_range(name: str):
    task = load_challenge(name).task
    values = row_values_of(task)
    for column, (least, most) in enumerate(task.prediction_ranges):
        row = [limits[0] for limits in task.prediction_ranges]
        for value, is_wrong in ((least, False), (most, False), (least - 0.01, True), (most + 0.01, True)):
            row[column] = value
            assert values.read([",".join(map(repr, row)).encode()])[1].tolist() == [is_wrong]
