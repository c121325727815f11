"""The CSV files of a corpus: streams, labels and templates, read and written as the 2017 challenge had them.

A first line, then one line of finite numbers for each frame. Lines end in LF or CRLF, the last one may end
in neither, and empty lines may follow it, though none may stand between. A byte order mark and spaces around
a number are read over; quotes are not. Where the challenge says that a first line is ignored, it is: be it
numbers, empty or no text at all.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import attrgetter
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv as pa_csv
from numpy.typing import NDArray

from data_spec.modality import Modality
from data_spec.stream import NO_LABEL, Flags, Labels, Stream, Times
from data_spec.task import AnyTask, Attribute, ClipRatings
from data_spec.whole_file import whole_file

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_END = re.compile(rb"\r\n|\r|\n")
STEP_TOLERANCE = 0.01
"""How far a label may lie from a multiple of its attribute's step, in steps: thirds are printed with few digits."""

LARGEST_BLOCK = 1 << 30
"""Bytes of a CSV file that are parsed as one block; pyarrow counts them in 32 bits."""

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")


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


def csv_files_in(folder: Path) -> list[Path]:
    """The files of a folder of recordings, sorted. Hidden ones, such as macOS leaves, are nobody's recordings."""
    return files_in(folder, ".csv")


def files_in(folder: Path, suffix: str) -> list[Path]:
    """As `csv_files_in`, of another form."""
    return [folder / entry.name for entry in entries_in(folder, suffix)]


def entries_in(folder: Path, suffix: str) -> list[os.DirEntry[str]]:
    """As `files_in`, each with what the system tells of it. Where there is no such folder there are no files."""
    try:
        with os.scandir(folder) as entries:
            found = [one for one in entries if one.name.endswith(suffix) and not one.name.startswith(".")]
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
    return sorted(found, key=attrgetter("name"))


def read_stream(path: Path, modality: Modality) -> Stream:
    """One modality of one recording from its file.

    Raises:
        CsvError: the file cannot be read or is not of the modality's form; names line and column.
    """
    table = _read_table(path, modality.features + 1, has_names=modality.header == "names")
    if table.header[0] != "Time":
        raise CsvError(CsvFault(path, 1, None, "a header that begins with 'Time'", _shown(table.header[0])))
    _check_times(path, table.times)
    with np.errstate(over="ignore"):
        values = table.numbers.astype(np.float32, order="C")
    is_finite: Flags = np.isfinite(values)
    if not is_finite.all():
        row, number = np.argwhere(~is_finite)[0].tolist()
        column_name, found = table.header[number + 1], f"{table.numbers[row, number]:g}"
        raise CsvError(CsvFault(path, row + 2, column_name, "a number that 32 bits can hold", found))
    return Stream(times=table.times, values=values)


def read_labels(path: Path, task: AnyTask) -> Labels:
    """What the annotators said of one recording.

    Raises:
        CsvError: not of the challenge's form, a row without exactly one label although the annotators agreed, an
            agreement outside 0 to 1, or an attribute outside its range or between its steps.
    """
    header = task.label_columns
    table = _read_table(path, len(header))
    _check_header(path, header, table.header)
    _check_rows(path, table.times, task)
    classes, values = np.split(table.numbers, [table.numbers.shape[1] - len(task.attributes)], axis=1)
    index, agreement = _read_classes(path, classes, task)
    for attribute, column in zip(task.attributes, values.T, strict=True):
        _check_attribute(path, attribute, column)
    return Labels(table.times, index, agreement, np.ascontiguousarray(values))


def _read_classes(
    path: Path, columns: NDArray[np.float64], task: AnyTask
) -> tuple[NDArray[np.int8], NDArray[np.float64]]:
    """The label of each row and its agreement, from the columns of the labels and the one of the agreement."""
    if not task.labels:
        rows = len(columns)
        return np.full(rows, NO_LABEL, dtype=np.int8), np.ones(rows)
    one_hot, agreement = columns[:, :-1], columns[:, -1].copy()
    if (bad := _first((agreement < 0) | (agreement > 1))) is not None:
        raise CsvError(CsvFault(path, bad + 2, task.agreement_column, "0 to 1", f"{agreement[bad]:g}"))
    is_flag = (one_hot == 0) | (one_hot == 1)
    if (bad := _first(~is_flag.all(axis=1))) is not None:
        label = int(np.argmin(is_flag[bad]))
        raise CsvError(CsvFault(path, bad + 2, task.labels[label], "0 or 1", f"{one_hot[bad, label]:g}"))
    ones = one_hot.sum(axis=1)
    # A tie has no label. It can only be a tie when no label has more than half of what was given.
    tie = (ones == 0) & (agreement <= 0.5)
    if (bad := _first((ones != 1) & ~tie)) is not None:
        raise CsvError(CsvFault(path, bad + 2, None, "one label with a 1", f"{ones[bad]:g} of them"))
    return np.where(tie, NO_LABEL, one_hot.argmax(axis=1)).astype(np.int8), agreement


def _check_attribute(path: Path, attribute: Attribute, values: NDArray[np.float64]) -> None:
    least, most = attribute.range
    if (bad := _first((values < least) | (values > most))) is not None:
        raise CsvError(CsvFault(path, bad + 2, attribute.name, f"{least:g} to {most:g}", f"{values[bad]:g}"))
    if attribute.step is None:
        return
    steps = (values - least) / attribute.step
    if (bad := _first(np.abs(steps - np.rint(steps)) > STEP_TOLERANCE)) is not None:
        expected = f"{least:g} and multiples of {attribute.step:.6g} from there"
        raise CsvError(CsvFault(path, bad + 2, attribute.name, expected, f"{values[bad]:g}"))


def read_template(path: Path, task: AnyTask) -> Times:
    """The times of the rows to predict, in seconds, shape (rows,). Raises CsvError."""
    table = _read_table(path, len(task.columns))
    _check_header(path, task.columns, table.header)
    _check_rows(path, table.times, task)
    return table.times


def write_stream(path: Path, stream: Stream, modality: Modality, names: Sequence[str] | None = None) -> None:
    """Write one modality of one recording. Where its header says nothing, the first line is made of numbers.

    Args:
        path: of the file.
        stream: of the modality's columns.
        modality: says whether the header has names.
        names: of the columns, without `Time`; numbered by default, as in the 2017 challenge, which told none.

    Raises:
        ValueError: the stream is not of the modality's shape, or a value in it is not finite; or it has other columns
            than there are names.
    """
    if stream.values.shape != (len(stream.times), modality.features):
        expected = f"values of shape {(len(stream.times), modality.features)}"
        raise ValueError(f"{path}: expected {expected}. Received: {stream.values.shape}")
    if not (np.isfinite(stream.values).all() and np.isfinite(stream.times).all()):
        raise ValueError(f"{path}: expected finite numbers. Received: NaN or infinity")
    if modality.header == "names":
        header = ["Time", *(names or (f"{modality.name}_{number}" for number in range(modality.features)))]
        if len(header) != modality.features + 1:
            raise ValueError(f"{path}: expected names of {modality.features} columns. Received: {len(header) - 1}")
    else:
        header = [str(number) for number in range(modality.features + 1)]
    columns = [pa.array(column) for column in np.ascontiguousarray(stream.values.T)]
    _write_table(path, header, [_float_texts(stream.times), *columns])


def write_labels(path: Path, labels: Labels, task: AnyTask) -> None:
    """Write the labels of one recording: one `1` a row, none where the annotators tied; then the attributes.

    Raises:
        ValueError: the labels have other attributes than the task.
    """
    if labels.values.shape[1] != len(task.attributes):
        raise ValueError(
            f"{path}: expected values of {len(task.attributes)} attributes. Received: {labels.values.shape[1]}"
        )
    columns = [pa.array((labels.index == label).astype(np.int8)) for label in range(len(task.labels))]
    if task.labels:
        columns.append(pa.array(labels.agreement))
    columns += [pa.array(column) for column in np.ascontiguousarray(labels.values.T)]
    _write_table(path, list(task.label_columns), [_float_texts(labels.times), *columns])


def write_template(path: Path, times: Times, task: AnyTask) -> None:
    """Write what a participant fills in: the times, and beside each `template_values`."""
    columns = [pa.array([value] * len(times)) for value in template_values(task)]
    _write_table(path, list(task.columns), [_float_texts(times), *columns])


def template_values(task: AnyTask) -> list[str]:
    """What stands beside a time that nobody has filled in: zeros, or the legal number that is nearest to zero.

    >>> from data_spec.challenge import load_challenge
    >>> template_values(load_challenge("mspface").task)[-4:]
    ['0', '1', '1', '1']
    """
    if task.prediction_ranges is None:
        return ["0"] * len(task.labels)
    return [f"{np.clip(0.0, *limits):g}" for limits in task.prediction_ranges]


def format_time(seconds: float) -> str:
    """A time as the 2017 files print it: all 17 digits of the float.

    >>> format_time(2.32)
    '2.3199999999999998'
    """
    return f"{seconds:.17g}"


def _float_texts(times: Times) -> pa.Array:
    return pa.array([format_time(time) for time in times.tolist()])


def _write_table(path: Path, header: Sequence[str], columns: Sequence[pa.Array]) -> None:
    options = pa_csv.WriteOptions(include_header=False, quoting_style="none")
    with whole_file(path) as file:
        file.write((",".join(header) + "\n").encode())
        pa_csv.write_csv(pa.table(columns, names=list(map(str, range(len(columns))))), file, options)


@dataclass(frozen=True)
class _Table:
    """The numbers of a file, every one finite.

    Attributes:
        header: the names of all columns, that of the time too.
        times: the first column, shape (rows,), one row or more.
        numbers: the other columns, shape (rows, columns - 1).
    """

    header: Sequence[str]
    times: Times
    numbers: NDArray[np.float64]


def _read_table(path: Path, width: int, has_names: bool = True) -> _Table:
    """All numbers of a file, or the first fault in it."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CsvError(CsvFault(path, None, None, "a readable file", error.strerror or str(error))) from error
    if not content:
        raise CsvError(CsvFault(path, 1, None, "a header", "an empty file"))
    end = _LINE_END.search(content)
    first_line, start = (content[: end.start()], end.end()) if end else (content, len(content))
    # Column 0 is the time, as in the first lines that are no header.
    header = _names(path, first_line, width) if has_names else ["Time", *map(str, range(1, width))]
    numbers = _read_fast(content, start, width)
    if numbers is None:
        numbers = _read_slowly(path, content[start:].decode(errors="replace"), header)
    return _Table(header, numbers[:, 0].copy(), numbers[:, 1:])


def _names(path: Path, line: bytes, width: int) -> list[str]:
    try:
        names = line.removeprefix(BYTE_ORDER_MARK).decode().split(",")
    except UnicodeDecodeError as error:
        raise CsvError(CsvFault(path, 1, None, "a header in UTF-8", "bytes that are not")) from error
    if len(names) != width:
        raise CsvError(CsvFault(path, 1, None, f"{width} columns", f"{len(names)}"))
    return names


def _read_fast(content: bytes, start: int, width: int) -> NDArray[np.float64] | None:
    """The numbers after the byte `start`, shape (rows, width), or None where anything is out of the ordinary."""
    names = list(map(str, range(width)))
    try:
        table = pa_csv.read_csv(
            pa.BufferReader(pa.py_buffer(content).slice(start)),
            # One thread: the readers of a corpus are parallel over files. One block: its columns need not be joined.
            read_options=pa_csv.ReadOptions(
                column_names=names, use_threads=False, block_size=min(len(content), LARGEST_BLOCK)
            ),
            # An empty line that is skipped would make every later line number wrong.
            parse_options=pa_csv.ParseOptions(quote_char=False, ignore_empty_lines=False),
            convert_options=pa_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.float64()), null_values=[], strings_can_be_null=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    batches = table.combine_chunks().to_batches()
    if not batches:
        return None
    numbers: NDArray[np.float64] = batches[0].to_tensor(row_major=False).to_numpy()
    return numbers if np.isfinite(numbers).all() else None


def _read_slowly(path: Path, text: str, header: Sequence[str]) -> NDArray[np.float64]:
    """What `_read_fast` reads, line by line, up to the first fault. Raises CsvError."""
    lines = re.split(r"\r\n|\r|\n", text)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise CsvError(CsvFault(path, 2, None, "at least one row", "the end of the file"))
    rows = []
    for number, line in enumerate(lines, start=2):
        fields = line.split(",")
        if len(fields) != len(header):
            found = f"{len(fields)}" if line else "an empty line"
            raise CsvError(CsvFault(path, number, None, f"{len(header)} columns", found))
        rows.append([_number(field) for field in fields])
        if None in rows[-1]:
            column = rows[-1].index(None)
            found = _shown(fields[column]) if fields[column] else "nothing"
            raise CsvError(CsvFault(path, number, header[column], "a number", found))
    return np.array(rows, dtype=np.float64)


def _number(text: str) -> float | None:
    # float() takes more than numbers: underscores, other scripts' digits, "nan", "infinity".
    text = text.strip(" \t")
    number = float(text) if _NUMBER.fullmatch(text) else np.inf
    return number if np.isfinite(number) else None


def _shown(text: str) -> str:
    """A text from a file, in a message: not too long, and with nothing in it that a terminal obeys."""
    return repr(text if len(text) <= 40 else f"{text[:39]}…")


def _check_header(path: Path, expected: Sequence[str], found: Sequence[str]) -> None:
    for wanted, name in zip(expected, found, strict=True):
        if wanted != name:
            header = f"the header {','.join(expected)}"
            raise CsvError(CsvFault(path, 1, wanted, header, _shown(name)))


def _check_rows(path: Path, times: Times, task: AnyTask) -> None:
    if isinstance(task, ClipRatings) and len(times) > 1:
        raise CsvError(CsvFault(path, 3, None, "the end of the file: a clip has one row", "another row"))
    _check_times(path, times)


def _check_times(path: Path, times: Times) -> None:
    if (bad := _first(np.diff(times) <= 0)) is not None:
        raise CsvError(
            CsvFault(path, bad + 3, "Time", f"a time after {format_time(times[bad])}", format_time(times[bad + 1]))
        )


def _first(flags: Flags) -> int | None:
    return int(np.argmax(flags)) if flags.any() else None
