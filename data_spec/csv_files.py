"""The CSV files of a corpus: streams, labels and templates, read and written as the 2017 challenge had them.

Every file is written beside its place and then moved into it, so a half-written one is never found.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from data_spec.challenge import FramewiseOneHot, Modality
from data_spec.stream import NO_LABEL, Labels, Stream, Times


@dataclass(frozen=True)
class CsvFault:
    """What is wrong with a file of a corpus, and where. Lines count from 1, the header's."""

    file: Path
    line: int | None
    column: str | None
    expected: str
    found: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line is not None else ""
        column = f", column {self.column!r}" if self.column is not None else ""
        return f"{self.file}{line}{column}: expected {self.expected}, found {self.found}"


class CsvError(ValueError):
    """A file of a corpus that cannot be read."""

    def __init__(self, fault: CsvFault) -> None:
        super().__init__(str(fault))
        self.fault = fault


def read_stream(path: Path, modality: Modality) -> Stream:
    """One modality of one recording from its file.

    Raises:
        CsvError: the file cannot be read or is not of the modality's form; names line and column.
    """
    table = _read_table(path, modality.features + 1)
    if modality.header == "names" and table.header[0] != "Time":
        raise CsvError(CsvFault(path, 1, None, "a header that begins with 'Time'", repr(table.header[0])))
    _check_times(path, table.columns[:, 0])
    return Stream(times=table.columns[:, 0].copy(), values=table.columns[:, 1:].astype(np.float32))


def read_labels(path: Path, task: FramewiseOneHot) -> Labels:
    """The labels and agreement scores of one recording.

    Raises:
        CsvError: not of the challenge's form, a row without exactly one label although the annotators
            agreed, or an agreement outside 0 to 1.
    """
    header = (*task.columns, task.agreement_column)
    table = _read_table(path, len(header))
    if table.header != header:
        raise CsvError(CsvFault(path, 1, None, f"the header {','.join(header)}", ",".join(table.header)))
    times, one_hot, agreement = table.columns[:, 0], table.columns[:, 1:-1], table.columns[:, -1]
    _check_times(path, times)
    if (bad := _first((agreement < 0) | (agreement > 1))) is not None:
        raise CsvError(CsvFault(path, bad + 2, task.agreement_column, "0 to 1", f"{agreement[bad]:g}"))
    if (bad := _first(np.asarray(~np.isin(one_hot, (0, 1)).all(axis=1)))) is not None:
        column = task.labels[int(np.argmax(~np.isin(one_hot[bad], (0, 1))))]
        found = one_hot[bad, task.labels.index(column)]
        raise CsvError(CsvFault(path, bad + 2, column, "0 or 1", f"{found:g}"))
    ones = one_hot.sum(axis=1)
    # A tie has no label. It can only be a tie when no label has more than half of what was given.
    tie = (ones == 0) & (agreement <= 0.5)
    if (bad := _first((ones != 1) & ~tie)) is not None:
        raise CsvError(CsvFault(path, bad + 2, None, "one label with a 1", f"{ones[bad]:g}"))
    index = np.where(tie, NO_LABEL, one_hot.argmax(axis=1)).astype(np.int8)
    return Labels(times=times.copy(), index=index, agreement=agreement.copy())


def read_template(path: Path, task: FramewiseOneHot) -> Times:
    """The times of the frames to predict, in seconds, shape (frames,). Raises CsvError."""
    table = _read_table(path, len(task.columns))
    if table.header != task.columns:
        raise CsvError(CsvFault(path, 1, None, f"the header {','.join(task.columns)}", ",".join(table.header)))
    _check_times(path, table.columns[:, 0])
    return table.columns[:, 0].copy()


def write_stream(path: Path, stream: Stream, modality: Modality) -> None:
    """Write one modality of one recording. The file of a modality whose header says nothing starts with numbers."""
    if modality.header == "names":
        header = ["Time", *(f"{modality.name}_{number}" for number in range(modality.features))]
    else:
        header = [str(number) for number in range(modality.features + 1)]
    # Gaps dominate many files: a column of "0" is written faster, and as the originals had it.
    columns = [pa.array(column) for column in np.ascontiguousarray(stream.values.T)]
    _write_table(path, header, [_float_texts(stream.times), *columns])


def write_labels(path: Path, labels: Labels, task: FramewiseOneHot) -> None:
    """Write the labels of one recording: one `1` a row, none where the annotators tied."""
    one_hot = [pa.array((labels.index == label).astype(np.int8)) for label in range(len(task.labels))]
    header = [*task.columns, task.agreement_column]
    _write_table(path, header, [_float_texts(labels.times), *one_hot, pa.array(labels.agreement)])


def write_template(path: Path, times: Times, task: FramewiseOneHot) -> None:
    """Write what a participant fills in: the times, and a zero for every label."""
    zeros = pa.array(np.zeros(len(times), dtype=np.int8))
    _write_table(path, list(task.columns), [_float_texts(times), *[zeros] * len(task.labels)])


def format_time(seconds: float) -> str:
    """A time as the 2017 files print it: all 17 digits of the float.

    >>> format_time(2.32)
    '2.3199999999999998'
    """
    return f"{seconds:.17g}"


def _float_texts(times: Times) -> pa.Array:
    return pa.array([format_time(time) for time in times.tolist()])


def _write_table(path: Path, header: Sequence[str], columns: Sequence[pa.Array]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
    with aside.open("wb") as file:
        file.write((",".join(header) + "\n").encode())
        pa_csv.write_csv(pa.table(dict(zip(map(str, range(len(columns))), columns, strict=True))), file, options)
    aside.replace(path)


@dataclass(frozen=True)
class _Table:
    header: tuple[str, ...]
    columns: NDArray[np.float64]
    """Shape (rows, columns)."""


def _read_table(path: Path, width: int) -> _Table:
    """All numbers of a file, or the first fault in it."""
    try:
        with path.open("rb") as file:
            header = tuple(file.readline().decode("utf-8-sig").rstrip("\r\n").split(","))
            if len(header) != width:
                raise CsvError(CsvFault(path, 1, None, f"{width} columns", f"{len(header)}"))
            names = [str(number) for number in range(width)]
            table = pa_csv.read_csv(
                file,
                # One thread: the readers of a corpus are parallel over files.
                read_options=pa_csv.ReadOptions(column_names=names, use_threads=False),
                convert_options=pa_csv.ConvertOptions(
                    column_types=dict.fromkeys(names, pa.float64()), null_values=[], strings_can_be_null=False
                ),
            )
    except (OSError, UnicodeDecodeError) as error:
        raise CsvError(CsvFault(path, None, None, "a readable file", str(error))) from error
    except pa.ArrowInvalid as error:
        if path.stat().st_size == len(",".join(header)) + 1:
            raise CsvError(CsvFault(path, 2, None, "at least one row", "the end of the file")) from error
        raise CsvError(_locate_fault(path, width)) from error
    columns = np.column_stack([column.to_numpy() for column in table.columns])
    finite = np.isfinite(columns)
    if not finite.all():
        row, column = map(int, np.argwhere(~finite)[0])
        raise CsvError(CsvFault(path, row + 2, _column_name(header, column), "a number", f"{columns[row, column]}"))
    return _Table(header, columns)


def _locate_fault(path: Path, width: int) -> CsvFault:
    """The first line that is not `width` numbers, read slowly, once a fast reader has refused the file."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        header = tuple(file.readline().rstrip("\r\n").split(","))
        for number, text in enumerate(file, start=2):
            fields = text.rstrip("\r\n").split(",")
            if len(fields) != width:
                return CsvFault(path, number, None, f"{width} columns", f"{len(fields)}")
            for column, field in enumerate(fields):
                try:
                    float(field)
                except ValueError:
                    return CsvFault(path, number, _column_name(header, column), "a number", repr(field[:40]))
    return CsvFault(path, None, None, f"{width} columns of numbers", "a file that the CSV reader refuses")


def _column_name(header: Sequence[str], column: int) -> str:
    return "Time" if column == 0 else header[column]


def _check_times(path: Path, times: Times) -> None:
    if (bad := _first(np.diff(times) <= 0)) is not None:
        raise CsvError(
            CsvFault(path, bad + 3, "Time", f"a time after {format_time(times[bad])}", format_time(times[bad + 1]))
        )


def _first(flags: NDArray[np.bool_]) -> int | None:
    return int(np.argmax(flags)) if flags.any() else None
