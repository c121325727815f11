"""Tables of texts and numbers, as annotations are kept in: read up to the first fault, written whole."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from data_spec.csv_files import CsvError, CsvFault
from data_spec.task import Attribute
from data_spec.whole_file import whole_file

Row = tuple[int, list[str]]
"""A line, counted from 1, the header's, and its fields."""


def read_table(path: Path) -> tuple[list[str], list[Row]]:
    """The header of a file, and its rows, which are one or more and have as many fields.

    Raises:
        CsvError: the file cannot be read or is not such a table; names the line.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file, strict=True)
            rows = [(reader.line_num, row) for row in reader]
    except OSError as error:
        raise CsvError(CsvFault(path, None, None, "a readable file", error.strerror or str(error))) from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise CsvError(CsvFault(path, None, None, "a CSV file in UTF-8", str(error))) from error
    while rows and not rows[-1][1]:
        rows.pop()
    if not rows:
        raise CsvError(CsvFault(path, 1, None, "a header", "an empty file"))
    (_, header), *body = rows
    if not body:
        raise CsvError(CsvFault(path, 2, None, "at least one row", "the end of the file"))
    for line, row in body:
        if len(row) != len(header):
            found = str(len(row)) if row else "an empty line"
            raise CsvError(CsvFault(path, line, None, f"{len(header)} columns", found))
    return header, body


def check_header(path: Path, expected: Sequence[str], found: Sequence[str]) -> None:
    """Raises CsvError where a header is not the one that is expected."""
    if list(expected) != list(found):
        raise CsvError(CsvFault(path, 1, None, f"the header {','.join(expected)}", repr(",".join(found))))


def write_table(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a table. Raises OSError."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([header, *rows])
    with whole_file(path) as file:
        file.write(text.getvalue().encode())


def texts(path: Path, rows: Iterable[Row], column: int, name: str) -> Iterator[tuple[int, str]]:
    """The line and the text of a column, which is nowhere empty and nowhere the same twice. Raises CsvError."""
    seen = set()
    for line, row in rows:
        if not row[column] or row[column] in seen:
            raise CsvError(CsvFault(path, line, name, "a name, every one once", repr(row[column])))
        seen.add(row[column])
        yield line, row[column]


def whole_number(path: Path, line: int, name: str, text: str) -> int:
    """The number from 1 on, of nine digits at most, that a text says. Raises CsvError."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise CsvError(CsvFault(path, line, name, "a whole number from 1 on", repr(text)))
    return int(text)


def number(path: Path, line: int, name: str, text: str, attribute: Attribute | None = None) -> float:
    """The number that a text says, within the range of the attribute where one is given. Raises CsvError."""
    least, most = attribute.range if attribute else (-math.inf, math.inf)
    # float() takes more than numbers: underscores and other scripts' digits.
    value = _as_float(text) if text.isascii() and "_" not in text else math.nan
    if not (math.isfinite(value) and least <= value <= most):
        expected = f"a number from {least:g} to {most:g}" if attribute else "a number"
        raise CsvError(CsvFault(path, line, name, expected, repr(text)))
    return value


def _as_float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan
