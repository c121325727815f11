"""Files as most teams write them are read fast, and never otherwise than row by row."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from data_spec.csv_files import format_time
from scorer.plain_rows import MOST_DECIMALS, TemplateLayouts, read_plain_rows
from scorer.prediction_file import FileVerdict, PredictionReader
from scorer.row_values import OneHotValues
from scorer.verdict import Fault

LABELS = ("Anger", "Sad", "Happy")
COLUMNS = ("Time", *LABELS)
TOLERANCE = 1e-6
TIMES = np.array([8.5, 9.99, 10.0, 85.260000000000005, 99.99, 100.0, 1234.5])


class ValuesRowByRow:
    """Reads as `OneHotValues` does, and no fast way knows it: the oracle."""

    def __init__(self, names: Sequence[str]) -> None:
        self._values = OneHotValues(names)
        self.most_bytes = self._values.most_bytes

    def read(self, texts: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray]:
        return self._values.read(texts)

    def faults(self, file: str, row: int, values: Sequence[bytes]) -> Iterator[Fault]:
        return self._values.faults(file, row, values)


def verdicts_on(content: bytes, times: np.ndarray = TIMES) -> list[FileVerdict]:
    """Row by row; with what is fast for any file; with the layouts of templates."""
    readers = (
        PredictionReader(COLUMNS, ValuesRowByRow(LABELS), TOLERANCE),
        PredictionReader(COLUMNS, OneHotValues(LABELS), TOLERANCE),
        PredictionReader(COLUMNS, OneHotValues(LABELS), TOLERANCE, TemplateLayouts({"id0": times}, len(LABELS))),
    )
    return [reader.read("prediction/id0.csv", content, times) for reader in readers]


def assert_all_agree(content: bytes, times: np.ndarray = TIMES) -> FileVerdict:
    row_by_row, *others = verdicts_on(content, times)
    for other in others:
        assert (other.faults, other.further_rows) == (row_by_row.faults, row_by_row.further_rows)
        assert other.values.tolist() == row_by_row.values.tolist()
        assert other.values.dtype == row_by_row.values.dtype
    return row_by_row


def content_of(times: np.ndarray = TIMES, written: Callable[[float], str] = format_time, one: str = "1") -> bytes:
    zero = one.replace("1", "0")
    rows = [
        ",".join([written(time), *(one if number % 3 == label else zero for label in range(3))])
        for number, time in enumerate(times.tolist())
    ]
    return "".join(f"{line}\n" for line in [",".join(COLUMNS), *rows]).encode()


SPELLINGS: dict[str, Callable[[float], str]] = {
    "as in the template": format_time,
    "shortest": repr,
    "two decimals": "{:.2f}".format,
    "nine decimals": "{:.9f}".format,
    "no decimals": "{:.0f}.".format,
    "leading zeros": "{:012.7f}".format,
}


@pytest.mark.parametrize("one", ["1", "1.0"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_teams_write_is_not_taken_apart(
    spelling: str, one: str, end: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = np.round(TIMES) if spelling == "no decimals" else TIMES
    content = content_of(times, SPELLINGS[spelling], one)
    if spelling != "leading zeros":
        monkeypatch.delattr(PredictionReader, "_read_row_by_row")
    for changed in (content, content.removesuffix(b"\n"), b"\xef\xbb\xbf" + content):
        for layouts in (None, TemplateLayouts({"id0": times}, len(LABELS))):
            reader = PredictionReader(COLUMNS, OneHotValues(LABELS), TOLERANCE, layouts)
            assert reader.read("id0.csv", changed.replace(b"\n", end), times).values.tolist() == [0, 1, 2, 0, 1, 2, 0]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"9.99,0,1,0", b"9.99,0,2,0"),
        (b"9.99,0,1,0", b"9.99,0,0,0"),
        (b"9.99,0,1,0", b"9.98,0,0,0"),
        (b"9.99,0,1,0", b"1.99,0,0,0"),
        (b"9.99,0,1,0\n10,0,0,1", b"9.99,1,1,0\n10,0,0,0"),
        (b"9.99,0,1,0\n10,0,0,1", b"9.99,0,0,0\n10,0,1,1"),
        (b"9.99,0,1,0", b"9.99,1,1,1"),
        (b"9.99,0,1,0", b"9.99,010"),
        (b"9.99,0,1,0", b"9.99,0,1,0,"),
        (b"9.99,0,1,0", b"9.99,0;1,0"),
        (b"9.99,0,1,0", b"9.99 ,0,1,0"),
        (b"9.99,0,1,0", b"9:99,0,1,0"),
        (b"9.99,0,1,0", b"9.9.9,0,1,0"),
        (b"9.99,0,1,0", b",0,1,0"),
        (b"9.99,0,1,0", b"9.99,0,/,0"),
        (b"9.99,0,1,0", b"9.99,0,1,0\n"),
        (b"9.99,0,1,0", b"9.990000000000000000000000001,0,1,0"),
        (b"9.99,0,1,0", b"-9.99,0,1,0"),
        (b"Time,Anger", b"time,Anger"),
        (b"Time,Anger,Sad,Happy\n", b""),
    ],
)
def test_a_file_with_one_slip_is_judged_as_row_by_row(old: bytes, new: bytes) -> None:
    content = content_of()
    template_text = content.replace(b"9.9900000000000002", b"9.99")
    assert old in template_text
    verdict = assert_all_agree(template_text.replace(old, new))
    assert bool(verdict.faults) == (new != b"9.990000000000000000000000001,0,1,0")
    assert_all_agree(content.replace(b"9.9900000000000002,0,1,0", b"9.9900000000000002,0,2,0"))


near = st.one_of(
    st.floats(-1.01e-6, 1.01e-6),
    st.integers(-3, 3).map(lambda steps: TOLERANCE + steps * 1e-17),
    st.integers(-3, 3).map(lambda steps: -TOLERANCE + steps * 1e-17),
)


@given(st.floats(0, 12_000), near, st.integers(0, MOST_DECIMALS + 2))
@example(1.0, 1e-6, 6)
@example(0.0, 1e-6, 6)
@settings(deadline=None)
def test_the_edge_of_the_tolerance_is_where_it_is_row_by_row(time: float, away: float, decimals: int) -> None:
    times = np.array([time])
    assert_all_agree(f"{','.join(COLUMNS)}\n{abs(time + away):.{decimals}f},0,1,0\n".encode(), times)


@given(st.floats(0, 1), st.decimals(0, 9_999, places=8))
@example(0.0003684, Decimal("6230.43434901"))
@settings(deadline=None)
def test_a_time_that_is_a_large_tolerance_away_is_not_near_enough(time: float, written: Decimal) -> None:
    header, tolerance = b"Time,Sad\n", abs(float(written) - time)
    text = header + f"{written:f},1\n".encode()
    assert read_plain_rows(header, text, np.array([time]), tolerance, labels=1) is None


def test_lines_are_counted_before_their_places_are_kept() -> None:
    header = b"Time,Sad\n"
    text = header + b"\n" * 1_000_000
    tracemalloc.start()
    try:
        assert read_plain_rows(header, text, TIMES, TOLERANCE, labels=1) is None
        assert tracemalloc.get_traced_memory()[1] < 4_000_000
    finally:
        tracemalloc.stop()


@given(st.lists(st.floats(0, 9_999), min_size=1, max_size=8).map(sorted))
@settings(deadline=None)
def test_the_layout_of_a_template_says_its_times(times: list[float]) -> None:
    array = np.array(times)
    assert assert_all_agree(content_of(array), array).faults == ()


@st.composite
def files(draw: st.DrawFn) -> tuple[np.ndarray, bytes]:
    """A template, and a file for it, legal or nearly so."""
    times = draw(st.floats(0, 1200)) + np.arange(draw(st.integers(1, 6))) / 100
    times = np.round(times, 2) if draw(st.booleans()) else times
    spelling = SPELLINGS[draw(st.sampled_from(sorted(SPELLINGS)))]
    content = content_of(times, spelling, draw(st.sampled_from(["1", "1.0"])))
    lines = content.splitlines()
    for change in draw(st.lists(st.sampled_from(["values", "swap", "drop", "repeat"]), max_size=1)):
        row, other = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        if change == "values":
            values = draw(st.lists(st.sampled_from([b"0", b"1", b"2", b"0.0", b"1.0", b""]), min_size=2, max_size=4))
            lines[row] = b",".join([lines[row].split(b",")[0], *values])
        elif change == "swap":
            lines[row], lines[other] = lines[other], lines[row]
        elif change == "drop":
            del lines[row]
        else:
            lines.insert(row, lines[other])
    content = b"".join(line + draw(st.sampled_from([b"\n", b"\n", b"\r\n"])) for line in lines)
    return times, draw(st.sampled_from([b"", b"\xef\xbb\xbf"])) + content


some_bytes = st.lists(st.sampled_from([bytes([one]) for one in b'0123456789.,,\n\n\r+-eE "/:;\0\xff']), max_size=3)
changes = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 2), some_bytes.map(b"".join)), max_size=2)


@given(files(), changes)
@settings(max_examples=400, deadline=None)
def test_any_bytes_changed_are_judged_as_row_by_row(file: tuple[np.ndarray, bytes], changes: list) -> None:
    times, content = file
    for place, removed, inserted in changes:
        at = round(place * len(content))
        content = content[:at] + inserted + content[at + removed :]
    assert_all_agree(content, times)


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_any_digits_changed_are_judged_as_row_by_row(data: st.DataObject) -> None:
    content = bytearray(content_of(TIMES, SPELLINGS[data.draw(st.sampled_from(sorted(SPELLINGS)))]))
    digits = [at for at, byte in enumerate(content) if byte in b"0123456789"]
    for at in data.draw(st.lists(st.sampled_from(digits), min_size=1, max_size=4)):
        content[at] = data.draw(st.sampled_from(b"0012"))
    assert_all_agree(bytes(content))


def test_templates_beyond_the_bytes_that_are_kept_are_read_without_a_layout() -> None:
    other = TIMES + 1
    layouts = TemplateLayouts({"id0": TIMES, "id1": other}, len(LABELS), most_bytes=200)
    body = [np.frombuffer(content_of(times).partition(b"\n")[2], dtype=np.uint8) for times in (TIMES, other)]
    assert layouts.read(body[0], TIMES) is not None
    assert layouts.read(body[1], other) is None


def test_a_layout_is_that_of_its_own_array() -> None:
    layouts = TemplateLayouts({"id0": TIMES}, len(LABELS))
    body = np.frombuffer(content_of().partition(b"\n")[2], dtype=np.uint8)
    assert layouts.read(body, TIMES.copy()) is None


def test_a_header_without_rows_is_the_file_of_a_template_without_rows() -> None:
    assert assert_all_agree(b"Time,Anger,Sad,Happy\n", np.empty(0)).faults == ()
    assert assert_all_agree(b"Time,Anger,Sad,Happy\n\n", np.empty(0)).faults
