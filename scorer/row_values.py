"""What stands in the rows of a prediction file after their times: one label, or numbers.

Which of the two follows from the task: `row_values_of`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from data_spec.stream import Flags
from data_spec.task import AnyTask, Range
from scorer.verdict import Fault, shown

ZEROS = frozenset({b"0", b"0.0"})
ONES = frozenset({b"1", b"1.0"})
NUMBER_BYTES = b"0123456789+-.eE"

MAX_NUMBER_BYTES = 64
"""More than any number needs: it bounds what is read of a file before its rows are counted."""

REFUSED = -1
"""Stands in place of a label's index for a row that names no label."""


class RowValues(Protocol):
    """How the values of rows are read."""

    @property
    def most_bytes(self) -> int:
        """No legal row has more after its time."""

    def read(self, texts: Sequence[bytes]) -> tuple[NDArray[Any], Flags]:
        """The values of each row, and which rows are wrong, from what follows their times and a comma."""

    def faults(self, file: str, row: int, values: Sequence[bytes]) -> Iterator[Fault]:
        """What is wrong with the values of one row, of which there are as many as columns."""


def row_values_of(task: AnyTask) -> RowValues:
    """How the rows of a task's prediction files are read."""
    names = task.columns[1:]
    return OneHotValues(names) if task.prediction_ranges is None else NumberValues(names, task.prediction_ranges)


class OneHotValues:
    """One of the values of a row is a one, and the others are zeros: the index of the one.

    >>> OneHotValues(("Sad", "Happy")).read([b"0,1", b"1,1"])
    (array([ 1, -1], dtype=int8), array([False,  True]))
    """

    def __init__(self, names: Sequence[str]) -> None:
        self._names = tuple(names)
        self._known: dict[bytes, int] = {}
        """The label of each legal text of a row: there are few, and many rows."""

    @property
    def most_bytes(self) -> int:
        """No legal row has more after its time."""
        return len(b",1.0") * len(self._names)

    def read(self, texts: Sequence[bytes]) -> tuple[NDArray[Any], Flags]:
        """The label of each row, int8 of shape (rows,), and which rows name none."""
        labels = np.array([self._label(text) for text in texts], dtype=np.int8)
        return labels, labels == REFUSED

    def _label(self, text: bytes) -> int:
        if (known := self._known.get(text)) is not None:
            return known
        # One field more than belongs there shows that there are too many: a line can have a million.
        values = text.split(b",", len(self._names))
        ones = [index for index, value in enumerate(values) if value in ONES]
        zeros = sum(value in ZEROS for value in values)
        if len(values) != len(self._names) or len(ones) != 1 or zeros != len(values) - 1:
            return REFUSED
        self._known[text] = ones[0]
        return ones[0]

    def faults(self, file: str, row: int, values: Sequence[bytes]) -> Iterator[Fault]:
        """Each value that is neither, or how many ones there are."""
        illegal = [(name, value) for name, value in zip(self._names, values, strict=True) if value not in ZEROS | ONES]
        for name, value in illegal:
            yield Fault(file, row, name, "0 or 1", shown(decoded(value)))
        ones = [name for name, value in zip(self._names, values, strict=True) if value in ONES]
        if not illegal:
            yield Fault(file, row, None, "one 1 among the labels", " and ".join(ones) if ones else "none")


class NumberValues:
    """Every value of a row is a decimal number within the range of its column.

    >>> NumberValues(("arousal",), ((-1.0, 1.0),)).read([b"0.5", b"2"])
    (array([[0.5],
           [2. ]]), array([False,  True]))
    """

    def __init__(self, names: Sequence[str], ranges: Sequence[Range]) -> None:
        self._names, self._ranges = tuple(names), tuple(ranges)
        self._least, self._most = np.array(ranges, dtype=np.float64).T

    @property
    def most_bytes(self) -> int:
        """No legal row has more after its time."""
        return (1 + MAX_NUMBER_BYTES) * len(self._names)

    def read(self, texts: Sequence[bytes]) -> tuple[NDArray[Any], Flags]:
        """The numbers of each row, float64 of shape (rows, columns), and which rows have a wrong one."""
        numbers = np.array([self._row(text) for text in texts], dtype=np.float64).reshape(-1, len(self._names))
        return numbers, ~((numbers >= self._least) & (numbers <= self._most)).all(axis=1)

    def _row(self, text: bytes) -> list[float]:
        values = text.split(b",", len(self._names))
        if len(values) != len(self._names):
            return [np.nan] * len(self._names)
        return [parse_number(value) for value in values]

    def faults(self, file: str, row: int, values: Sequence[bytes]) -> Iterator[Fault]:
        """Each value that is no number, or outside its range."""
        for name, (least, most), value in zip(self._names, self._ranges, values, strict=True):
            if not least <= parse_number(value) <= most:
                yield Fault(file, row, name, f"a number from {least:g} to {most:g}", shown(decoded(value)))


def parse_number(text: bytes) -> float:
    """A decimal number in any notation; NaN where a text is none, or longer than any that is meant."""
    # float() takes more than numbers: spaces, underscores, "nan", "infinity".
    if len(text) > MAX_NUMBER_BYTES or text.translate(None, NUMBER_BYTES):
        return np.nan
    try:
        return float(text)
    except ValueError:
        return np.nan


def decoded(text: bytes) -> str:
    """The text of bytes from a stranger."""
    return text.decode("utf-8", errors="replace")
