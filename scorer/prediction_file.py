"""One prediction file: its bytes against the times of its template.

The form, and there is no other: UTF-8 text, a byte order mark or none; the header `Time` and the names of the task's
columns, spelt and ordered as in the template; then one row for each of the template's, in its order. Lines end in LF or
CRLF, the last one may end in neither. A time is a decimal number in any notation, less than the challenge's tolerance
away from the template's. What follows it stands in `scorer/row_values.py`: where the task names labels, each value is
one of `0 1 0.0 1.0`, and one value of a row is a one; else each is a decimal number in any notation within the range of
its column. No spaces, no quotes, no `true`, no empty lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from data_spec.challenge import Challenge
from data_spec.stream import Flags, Times
from scorer.plain_rows import TemplateLayouts, read_plain_rows
from scorer.row_values import NUMBER_BYTES, OneHotValues, RowValues, decoded, row_values_of
from scorer.verdict import Fault, shown

MAX_FAULTS = 10
"""How many faults of one file are listed; of the further rows with faults the number is told."""

MAX_TIME_BYTES = 224
"""More than any time needs: it bounds what is read of a file before its rows are counted."""

BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class FileVerdict:
    """What is in a prediction file.

    Attributes:
        values: what is predicted for each row, as in `scorer.verdict.Predictions`; no rows when there are faults.
        faults: the first `MAX_FAULTS`, in the order of their rows.
        further_rows: how many more rows have faults.
    """

    values: NDArray[Any]
    faults: tuple[Fault, ...] = ()
    further_rows: int = 0

    @classmethod
    def refused(cls, *faults: Fault, further_rows: int = 0) -> FileVerdict:
        """The verdict on a file with faults."""
        return cls(np.empty(0), faults, further_rows)


class PredictionReader:
    r"""Reads prediction files of one challenge.

    >>> from scorer.row_values import OneHotValues
    >>> reader = PredictionReader(("Time", "Sad", "Happy"), OneHotValues(("Sad", "Happy")), time_tolerance=1e-6)
    >>> reader.read("prediction/id0.csv", b"Time,Sad,Happy\n0.5,0,1\n", np.array([0.5])).values
    array([1], dtype=int8)
    """

    def __init__(
        self,
        columns: Sequence[str],
        row_values: RowValues,
        time_tolerance: float,
        layouts: TemplateLayouts | None = None,
    ) -> None:
        self._columns = tuple(columns)
        self._row_values = row_values
        self._tolerance = time_tolerance
        self._layouts = layouts

    @classmethod
    def of(cls, challenge: Challenge, layouts: TemplateLayouts | None = None) -> PredictionReader:
        """The reader of a challenge's prediction files; the layouts of its templates are known or not."""
        task = challenge.task
        return cls(task.columns, row_values_of(task), challenge.submission.time_tolerance_seconds, layouts)

    def most_bytes(self, times: Times) -> int:
        """No legal file for these times is larger."""
        header = len(BYTE_ORDER_MARK) + len(",".join(self._columns).encode())
        row = MAX_TIME_BYTES + self._row_values.most_bytes
        return header + len(times) * row + (len(times) + 1) * len(b"\r\n")

    def read(self, file: str, content: bytes, times: Times) -> FileVerdict:
        """Compare a file with the times of its template.

        Args:
            file: its name, for the faults.
            content: all its bytes.
            times: seconds, shape (frames,)
        """
        if not content:
            return FileVerdict.refused(Fault(file, 1, None, f"the header {','.join(self._columns)}", "an empty file"))
        text = content.removeprefix(BYTE_ORDER_MARK)
        if b"\r" in text:  # a search for one byte is a hundred times faster than one for two
            text = text.replace(b"\r\n", b"\n")
        if (labels := self._plain_labels(text, times)) is not None:
            return FileVerdict(labels)
        return self._read_row_by_row(file, text, times)

    def _plain_labels(self, text: bytes, times: Times) -> NDArray[np.int8] | None:
        """The labels of a file as nearly all are, None of one that must be taken apart."""
        header = ",".join(self._columns).encode() + b"\n"
        if not isinstance(self._row_values, OneHotValues) or not text.startswith(header):
            return None
        if not text.endswith(b"\n"):
            text += b"\n"
        if self._layouts is not None:
            body = np.frombuffer(text, dtype=np.uint8, offset=len(header))
            if (labels := self._layouts.read(body, times)) is not None:
                return labels
        return read_plain_rows(header, text, times, self._tolerance, len(self._columns) - 1)

    def _read_row_by_row(self, file: str, text: bytes, times: Times) -> FileVerdict:
        """What is in a file, or wrong with it: what every other way is held to."""
        # Not one line more is taken apart than shows that there are too many.
        header, *lines = text.split(b"\n", len(times) + 1)
        if fault := self._header_fault(file, header):
            return FileVerdict.refused(fault)
        if lines and lines[-1] == b"":
            lines.pop()
        rows = lines[: len(times)]

        parts = [row.partition(b",") for row in rows]
        values, wrong_values = self._row_values.read([text for _, _, text in parts])
        found_times = _parse_times([time for time, _, _ in parts])
        wrong_time = ~(np.abs(found_times - times[: len(rows)]) < self._tolerance)
        complete = len(lines) == len(times)
        if complete and not wrong_time.any() and not wrong_values.any():
            return FileVerdict(values)
        return self._explain(file, lines, times, wrong_values, wrong_time)

    def _header_fault(self, file: str, header: bytes) -> Fault | None:
        expected = ",".join(self._columns)
        if header == expected.encode():
            return None
        found = decoded(header)
        names = zip_longest(self._columns, found.split(",", len(self._columns)))
        column = next((wanted for wanted, name in names if wanted != name), None)
        return Fault(file, 1, column, f"the header {expected}", shown(found) if found else "an empty line")

    def _explain(
        self, file: str, lines: Sequence[bytes], times: Times, wrong_values: Flags, wrong_time: Flags
    ) -> FileVerdict:
        """Name the faults of a file that was found to have some."""
        rows = min(len(lines), len(times))
        if len(lines) != len(times) and wrong_time.any():
            # Behind a row that was left out or put in every time is another: the first tells where.
            wrong_time = np.arange(rows) == np.argmax(wrong_time)
        wrong_rows = np.flatnonzero(wrong_values | wrong_time)
        faults: list[Fault] = []
        explained = 0
        for row in wrong_rows.tolist():
            if len(faults) >= MAX_FAULTS:
                break
            explained += 1
            time = lines[row].split(b",", 1)[0]
            if not lines[row]:
                faults.append(Fault(file, row + 2, None, f"a row with {len(self._columns)} columns", "an empty line"))
                continue
            if wrong_time[row]:
                faults.append(Fault(file, row + 2, "Time", repr(float(times[row])), shown(decoded(time))))
            if wrong_values[row]:
                faults.extend(self._value_faults(file, row + 2, lines[row]))
        if len(lines) < len(times):
            missing = f"a row for the time {float(times[rows])!r} (row {rows + 2} of {len(times) + 1})"
            faults.append(Fault(file, rows + 2, None, missing, "the end of the file"))
        elif len(lines) > len(times):
            extra = decoded(lines[rows].split(b"\n", 1)[0])
            end = f"the end of the file after {len(times)} rows"
            faults.append(Fault(file, rows + 2, None, end, shown(extra) if extra else "an empty line"))
        return FileVerdict.refused(*faults, further_rows=len(wrong_rows) - explained)

    def _value_faults(self, file: str, row: int, line: bytes) -> Iterator[Fault]:
        """What is wrong with the values after the time of one row."""
        if (width := line.count(b",") + 1) != len(self._columns):
            yield Fault(file, row, None, f"{len(self._columns)} columns", f"{width:,}")
            return
        yield from self._row_values.faults(file, row, line.split(b",")[1:])


def _parse_times(texts: Sequence[bytes]) -> Times:
    """The times in seconds, NaN where a text is no decimal number, shape (rows,)."""
    if not b"".join(texts).translate(None, NUMBER_BYTES):
        try:
            return np.array([float(text) for text in texts], dtype=np.float64)
        except ValueError:
            pass
    return np.array([_parse_time(text) for text in texts], dtype=np.float64)


def _parse_time(text: bytes) -> float:
    try:
        return float(text) if not text.translate(None, NUMBER_BYTES) else np.nan
    except ValueError:
        return np.nan
